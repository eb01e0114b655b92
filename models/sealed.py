"""Secrets at rest: sealed with a key derived from the deployment's secret key."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet


class Seal:
    """Seals and opens bytes; one key per purpose, so that one kind of secret never opens another."""

    def __init__(self, secret_key: str, purpose: str = "platform-token") -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derived_key(secret_key, purpose)))

    def seal(self, plain: bytes) -> bytes:
        """Encrypts and authenticates."""
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """Raises `cryptography.fernet.InvalidToken` when the secret key changed."""
        return self._fernet.decrypt(sealed)


def derived_key(secret_key: str, purpose: str) -> bytes:
    """32 bytes for one purpose."""
    return hmac.new(secret_key.encode(), f"haitun/{purpose}".encode(), hashlib.sha256).digest()

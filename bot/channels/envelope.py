"""The AES/SHA1 envelope of both platforms' callbacks: wechatpy's cipher, its input guarded here."""

import binascii
import hashlib
import hmac
import secrets
import struct
import time
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wechatpy.work.crypto import PrpCrypto, WeChatCrypto

from bot.channels.base import DoorError

BLOCK = 32
HEAD = 20  # 16 random bytes and the length
LONGEST_FIELD = 128  # a signature has 40 characters, timestamp and nonce fewer


@dataclass(frozen=True)
class Opened:
    """A decrypted message and the receive id that its sender wrote behind it."""

    text: str
    receive_id: str


class _GuardedCipher(PrpCrypto):  # type: ignore[misc]
    """wechatpy's cipher with every malformed input refused, where it would raise whatever comes."""

    def get_random_string(self) -> str:
        return secrets.token_hex(8)

    def opened(self, sealed: str, receive_ids: Sequence[str]) -> Opened:
        try:
            cipher = b64decode(sealed.encode("ascii"), validate=True)
        except (ValueError, binascii.Error):
            raise DoorError(400, "bad_base64") from None
        if not cipher or len(cipher) % BLOCK:
            raise DoorError(400, "bad_block")
        plain: bytes = self.cipher.decrypt(cipher)
        pad = plain[-1]
        if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
            raise DoorError(400, "bad_padding")
        content = plain[:-pad]
        if len(content) < HEAD:
            raise DoorError(400, "bad_length")
        end = HEAD + int(struct.unpack_from("!I", content, 16)[0])
        if end > len(content):
            raise DoorError(400, "bad_length")
        try:
            opened = Opened(content[HEAD:end].decode(), content[end:].decode())
        except UnicodeDecodeError:
            raise DoorError(400, "bad_text") from None
        if opened.receive_id not in receive_ids:
            raise DoorError(403, "wrong_receiver")
        return opened


class Envelope:
    """Opens and seals for one app. `receive_ids` are accepted, the first is written unless another is named.

    Raises ValueError for an AES key that does not decode to 32 bytes; spare bits in its last character are allowed.
    """

    def __init__(self, token: str, aes_key: str, receive_ids: Sequence[str]) -> None:
        self._receive_ids = tuple(receive_ids)
        try:
            key = WeChatCrypto(token, aes_key, self._receive_ids[0]).key
        except (AssertionError, ValueError):
            raise ValueError("the AES key must be 43 characters of base64") from None
        self._token, self._cipher = _bytes(token), _GuardedCipher(key)

    def check(self, signature: str, timestamp: str, nonce: str, sealed: str) -> None:
        """Raises DoorError(401) unless the signature is genuine; to be called before anything is decrypted."""
        if max(len(signature), len(timestamp), len(nonce)) > LONGEST_FIELD:
            raise DoorError(401, "bad_signature")
        if not hmac.compare_digest(self._signature(timestamp, nonce, sealed).encode(), _bytes(signature)):
            raise DoorError(401, "bad_signature")

    def open(self, sealed: str) -> Opened:
        """The message inside; raises DoorError(400) where malformed, (403) where meant for another receiver."""
        return self._cipher.opened(sealed, self._receive_ids)

    def seal_xml(self, plain: str) -> str:
        """An encrypted and signed answer in WeCom's form."""
        stamp, nonce = str(int(time.time())), secrets.token_hex(8)
        sealed = self._cipher.encrypt(plain, self._receive_ids[0]).decode()
        signature = self._signature(stamp, nonce, sealed)
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )

    def seal_json(self, plain: str, receive_id: str = "") -> dict[str, Any]:
        """An encrypted and signed answer in DingTalk's form."""
        stamp, nonce = str(int(time.time() * 1000)), secrets.token_hex(8)
        sealed = self._cipher.encrypt(plain, receive_id or self._receive_ids[0]).decode()
        signature = self._signature(stamp, nonce, sealed)
        return {"msg_signature": signature, "timeStamp": stamp, "nonce": nonce, "encrypt": sealed}

    def _signature(self, timestamp: str, nonce: str, sealed: str) -> str:
        parts = sorted((self._token, _bytes(timestamp), _bytes(nonce), _bytes(sealed)))
        return hashlib.sha1(b"".join(parts), usedforsecurity=False).hexdigest()


def _bytes(text: str) -> bytes:
    """Also of a lone surrogate, which nobody can have signed."""
    return text.encode("utf-8", "surrogatepass")

"""The callback envelope that both platforms share, and DingTalk's two HMAC signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # PKCS#7 to 32 bytes, not to AES's 16


class BadEnvelope(Exception):
    """A signature, a padding, a length or a receiver that does not fit."""


class Envelope:
    """AES-256-CBC and SHA-1 as in WeCom 90968 and DingTalk's event push.

    `receive_id` is the corp id in WeCom and the app key in DingTalk.
    """

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        self.token, self.receive_id = token, receive_id
        # 43 characters carry 258 bits: Python's decoder ignores the two spare ones, as it must.
        self.key = base64.b64decode(aes_key + "=")
        if len(self.key) != 32:
            raise BadEnvelope("the AES key is not 43 base64 characters")

    def signature(self, timestamp: str, nonce: str, cipher: str) -> str:
        text = "".join(sorted([self.token, timestamp, nonce, cipher]))
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()  # the platforms chose it

    def verify(self, signature: str, timestamp: str, nonce: str, cipher: str) -> None:
        if not hmac.compare_digest(self.signature(timestamp, nonce, cipher).encode(), signature.encode()):
            raise BadEnvelope("the signature differs")

    def seal(self, plain: str, random16: bytes | None = None) -> str:
        body = plain.encode()
        head = secrets.token_bytes(16) if random16 is None else random16
        data = head + struct.pack("!I", len(body)) + body + self.receive_id.encode()
        pad = BLOCK - len(data) % BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(data + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def open(self, cipher: str) -> str:
        data = self._unpadded(self._decrypted(cipher))
        if len(data) < 20:
            raise BadEnvelope("too short")
        size = int(struct.unpack("!I", data[16:20])[0])
        if 20 + size > len(data):
            raise BadEnvelope("the length is beyond the end")
        if data[20 + size :] != self.receive_id.encode():
            raise BadEnvelope("the receiver differs")
        return data[20 : 20 + size].decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16]))

    def _decrypted(self, cipher: str) -> bytes:
        try:
            raw = base64.b64decode(cipher, validate=True)
        except ValueError as error:
            raise BadEnvelope("not base64") from error
        if not raw or len(raw) % 16:
            raise BadEnvelope("not whole AES blocks")
        decryptor = self._cipher().decryptor()
        return decryptor.update(raw) + decryptor.finalize()

    @staticmethod
    def _unpadded(data: bytes) -> bytes:
        pad = data[-1]
        if not 1 <= pad <= BLOCK or data[-pad:] != bytes([pad]) * pad:
            raise BadEnvelope("the padding is wrong")
        return data[:-pad]


def _hmac64(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def robot_sign(timestamp: str, secret: str) -> str:
    """Of robot callbacks (keyed with the app secret) and of webhook sends (keyed with SEC…); not URL-encoded."""
    return _hmac64(secret, f"{timestamp}\n{secret}")


def card_sign(timestamp: str, secret: str) -> str:
    """`x-ddpaas-signature` of card callbacks: over the bare timestamp."""
    return _hmac64(secret, timestamp)

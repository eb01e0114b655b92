"""The envelope written once more for the tests, so that the channels are not checked by themselves."""

import base64
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def signature(token: str, stamp: str, nonce: str, sealed: str) -> str:
    return hashlib.sha1("".join(sorted([token, stamp, nonce, sealed])).encode()).hexdigest()


def raw_seal(aes_key: str, data: bytes) -> str:
    """Encrypts bytes whose length is a multiple of 16 as they are."""
    key = base64.b64decode(aes_key + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(data) + encryptor.finalize()).decode()


def framed(text: str, receiver: str) -> bytes:
    plain = text.encode()
    return secrets.token_bytes(16) + struct.pack("!I", len(plain)) + plain + receiver.encode()


def padded(data: bytes) -> bytes:
    pad = 32 - len(data) % 32
    return data + bytes([pad]) * pad


def seal(aes_key: str, text: str, receiver: str) -> str:
    return raw_seal(aes_key, padded(framed(text, receiver)))


def unseal(aes_key: str, sealed: str) -> tuple[str, str]:
    """The message and the receiver behind it."""
    key = base64.b64decode(aes_key + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    data = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
    data = data[: -data[-1]]
    size = struct.unpack("!I", data[16:20])[0]
    return data[20 : 20 + size].decode(), data[20 + size :].decode()


def query(token: str, sealed: str, stamp: str = "1700000000", nonce: str = "n0nce") -> dict[str, str]:
    return {"msg_signature": signature(token, stamp, nonce, sealed), "timestamp": stamp, "nonce": nonce}


def outer(sealed: str) -> bytes:
    return f"<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()

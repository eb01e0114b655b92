"""The platform's side of WeCom's callback, written once more: what the load generator sends, the bare echo answers."""

import base64
import hashlib
import secrets
import struct
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


@dataclass(frozen=True)
class Tenant:
    """What both sides know."""

    corp_id: str
    token: str
    aes_key: str

    def signature(self, stamp: str, nonce: str, sealed: str) -> str:
        joined = "".join(sorted((self.token, stamp, nonce, sealed)))
        return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()

    def seal(self, text: str) -> str:
        body = text.encode()
        data = secrets.token_bytes(16) + struct.pack("!I", len(body)) + body + self.corp_id.encode()
        pad = BLOCK - len(data) % BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(data + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def unseal(self, sealed: str) -> str:
        decryptor = self._cipher().decryptor()
        data = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
        (size,) = struct.unpack_from("!I", data, 16)
        return data[20 : 20 + size].decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def message(account: str, text: str, msg_id: int) -> str:
    """A text message of a member, as WeCom writes it."""
    return (
        f"<xml><ToUserName><![CDATA[bench]]></ToUserName><FromUserName><![CDATA[{account}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{msg_id}</MsgId><AgentID>1000002</AgentID></xml>"
    )


def callback(tenant: Tenant, inner: str) -> tuple[dict[str, str], bytes]:
    """Query and body of the callback that carries it."""
    sealed, stamp, nonce = tenant.seal(inner), str(int(time.time())), secrets.token_hex(5)
    query = {"msg_signature": tenant.signature(stamp, nonce, sealed), "timestamp": stamp, "nonce": nonce}
    body = f"<xml><ToUserName><![CDATA[bench]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return query, body.encode()


def request(tenant: Tenant, path: str, inner: str) -> bytes:
    """The whole HTTP request."""
    query, body = callback(tenant, inner)
    head = (
        f"POST {path}?{urlencode(query)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body

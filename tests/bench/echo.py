"""The floor of a callback: bare ASGI that verifies, decrypts, parses and answers encrypted. No database, no thread."""

import os
import time
from urllib.parse import parse_qsl

from defusedxml import ElementTree
from starlette.types import Receive, Scope, Send

from .sealing import Tenant

TENANT = Tenant(os.environ["BENCH_CORP_ID"], os.environ["BENCH_TOKEN"], os.environ["BENCH_AES_KEY"])


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    body = b""
    while True:
        part = await receive()
        body += part.get("body", b"")
        if not part.get("more_body"):
            break
    answer = _answer(dict(parse_qsl(scope["query_string"].decode())), body) if body else b"up"
    headers = [(b"content-type", b"text/xml"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200 if answer else 401, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def _answer(query: dict[str, str], body: bytes) -> bytes:
    sealed = ElementTree.fromstring(body).findtext("Encrypt") or ""
    if TENANT.signature(query["timestamp"], query["nonce"], sealed) != query["msg_signature"]:
        return b""
    said = ElementTree.fromstring(TENANT.unseal(sealed))
    reply = (
        f"<xml><ToUserName><![CDATA[{said.findtext('FromUserName')}]]></ToUserName>"
        f"<FromUserName><![CDATA[{TENANT.corp_id}]]></FromUserName><CreateTime>{int(time.time())}</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{said.findtext('Content')}]]></Content></xml>"
    )
    answer, stamp, nonce = TENANT.seal(reply), query["timestamp"], query["nonce"]
    return (
        f"<xml><Encrypt><![CDATA[{answer}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{TENANT.signature(stamp, nonce, answer)}]]></MsgSignature>"
        f"<TimeStamp>{stamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    ).encode()

"""A bot of a few lines, with its own reading of the protocols: what the sandbox sends must satisfy it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from defusedxml.ElementTree import fromstring
from wechatpy.work.crypto import WeChatCrypto

TOKEN = "sandboxToken1"
AES_KEY = base64.b64encode(hashlib.sha256(b"sandbox").digest()).decode().rstrip("=")
CORP_ID, AGENT_ID, SECRET = "wwsandbox01", "1000002", "wecom-secret"
DING_KEY, DING_SECRET, DING_CORP = "dingsandbox", "ding-secret", "dingcorp01"


@dataclass
class Seen:
    """One callback that arrived: its path, its verified content and what was wrong with it."""

    path: str
    content: dict[str, str]
    problem: str = ""
    body: dict[str, object] = field(default_factory=dict)


@dataclass
class FakeBot:
    """Tests say what it answers; it keeps what it heard."""

    seen: list[Seen] = field(default_factory=list)
    wecom: Callable[[dict[str, str]], str] = lambda _: ""  # the plain XML of a passive reply
    dingtalk: Callable[[dict[str, object]], dict[str, object]] = lambda _: {"msgtype": "empty"}
    cards: Callable[[dict[str, object]], dict[str, object]] = lambda _: {}
    statuses: list[int] = field(default_factory=list)  # of the next answers, before 200s
    delays: list[float] = field(default_factory=list)
    card_secret: str = "card-secret"
    reply_token: str = TOKEN  # with which passive replies are signed
    url: str = ""

    def heard(self, path: str = "") -> list[Seen]:
        return [each for each in self.seen if each.path.startswith(path)]

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], raw: bytes
    ) -> tuple[int, str]:
        if self.delays:
            time.sleep(self.delays.pop(0))
        reply = self._route(method, path, query, headers, raw)
        return (self.statuses.pop(0), "") if self.statuses else (200, reply)

    def _route(self, method: str, path: str, query: dict[str, str], headers: dict[str, str], raw: bytes) -> str:
        if path == "/callbacks/wecom":
            return self._echo(query) if method == "GET" else self._wecom(path, query, raw)
        if path == "/callbacks/dingtalk/events":
            return self._event(path, query, raw)
        body: dict[str, object] = json.loads(raw)
        if path == "/callbacks/dingtalk/cards":
            stamp = headers["x-ddpaas-signature-timestamp"]
            good = _hmac(self.card_secret, stamp) == headers["x-ddpaas-signature"]
            self.seen.append(Seen(path, {}, "" if good else "sign", body))
            return json.dumps(self.cards(body))
        stamp = headers["timestamp"]
        good = _hmac(DING_SECRET, f"{stamp}\n{DING_SECRET}") == headers["sign"]
        self.seen.append(Seen(path, {}, "" if good and abs(time.time() * 1000 - int(stamp)) < 3.6e6 else "sign", body))
        return json.dumps(self.dingtalk(body))

    def _crypto(self) -> WeChatCrypto:
        return WeChatCrypto(TOKEN, AES_KEY, CORP_ID)

    def _echo(self, query: dict[str, str]) -> str:
        crypto = self._crypto()
        return str(crypto.check_signature(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"]))

    def _wecom(self, path: str, query: dict[str, str], raw: bytes) -> str:
        crypto = self._crypto()
        plain = crypto.decrypt_message(raw, query["msg_signature"], query["timestamp"], query["nonce"])
        root = fromstring(plain)
        content = {child.tag: child.text or "" for child in root}
        for item in root.iterfind("SelectedItems/SelectedItem"):
            ids = [each.text or "" for each in item.iterfind("OptionIds/OptionId")]
            content[f"selected {item.findtext('QuestionKey')}"] = " ".join(ids)
        self.seen.append(Seen(path, content))
        reply = self.wecom(content)
        out = WeChatCrypto(self.reply_token, AES_KEY, CORP_ID)
        return str(out.encrypt_message(reply, "nonce1", "1700000000")) if reply else ""

    def _event(self, path: str, query: dict[str, str], raw: bytes) -> str:
        crypto = WeChatCrypto(TOKEN, AES_KEY, DING_KEY)
        envelope = {"Encrypt": json.loads(raw)["encrypt"]}
        plain = crypto.decrypt_message(envelope, query["msg_signature"], query["timestamp"], query["nonce"])
        self.seen.append(Seen(path, {}, body=json.loads(plain)))
        root = fromstring(crypto.encrypt_message("success", "nonce2", "1700000000"))
        names = {"encrypt": "Encrypt", "msg_signature": "MsgSignature", "timeStamp": "TimeStamp", "nonce": "Nonce"}
        return json.dumps({key: root.findtext(tag) for key, tag in names.items()})


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def text_reply(content: str) -> str:
    return (
        "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content></xml>"
    )


@contextmanager
def fake_bot() -> Iterator[FakeBot]:
    bot = FakeBot()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002

        def serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            split = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, reply = bot.answer(self.command, split.path, dict(parse_qsl(split.query)), headers, raw)
            data = reply.encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = serve  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    bot.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield bot
    finally:
        server.shutdown()
        server.server_close()

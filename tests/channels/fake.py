"""A platform of a few lines: answers what a test queued, records what was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.channels.dingtalk_api import DingTalkAccount
from bot.channels.tokens import EARLY_SECONDS, Fetch
from bot.channels.wecom_api import WeComAccount

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRET = "top-secret-app-secret"
CARD_TEMPLATE = "buttons.schema"
TOKEN_PATHS = ("/cgi-bin/gettoken", "/v1.0/oauth2/accessToken")


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    at: float


@dataclass
class Fake:
    """Tokens are handed out by themselves; everything else comes from `answers`, the last one for ever."""

    url: str = ""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    tokens: int = 0
    delay: float = 0
    decide: Callable[[Asked], tuple[int, Any]] | None = None
    token_answer: tuple[int, Any] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def queue(self, *answers: Any, status: int = 200) -> None:
        """JSON values (or raw bytes) to be answered one after another."""
        self.answers += [(status, one if isinstance(one, bytes) else json.dumps(one).encode()) for one in answers]

    def calls(self) -> list[Asked]:
        """What was asked, tokens left out."""
        return [one for one in self.asked if one.path not in TOKEN_PATHS]

    def answer(self, asked: Asked) -> tuple[int, bytes]:
        with self.lock:
            self.asked.append(asked)
            if asked.path in TOKEN_PATHS:
                if self.token_answer is not None:
                    return self.token_answer[0], json.dumps(self.token_answer[1]).encode()
                self.tokens += 1
                token = f"token-{self.tokens}"
                value = {
                    "errcode": 0,
                    "access_token": token,
                    "expires_in": 7200,
                    "accessToken": token,
                    "expireIn": 7200,
                }
                return 200, json.dumps(value).encode()
            if self.decide is not None:
                status, value = self.decide(asked)
                return status, json.dumps(value).encode()
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def running() -> Iterator[Fake]:
    fake = Fake()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002

        def _serve(self) -> None:
            split = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(raw) if raw else None
            asked = Asked(self.command, split.path, dict(parse_qsl(split.query)), headers, body, time.time())
            status, data = fake.answer(asked)
            time.sleep(fake.delay)
            try:
                self.send_response(status)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except BrokenPipeError:
                self.close_connection = True

        do_GET = do_POST = do_PUT = _serve  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


class MemoryTokenStore:
    """A `TokenStore` of one process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._rows: dict[str, tuple[str, int, float]] = {}

    def get(self, app: str) -> tuple[str, int] | None:
        token, version, expires_at = self._rows.get(app, ("", 0, 0.0))
        return (token, version) if expires_at - EARLY_SECONDS > self._clock() else None

    def refresh(self, app: str, stale_version: int, fetch: Fetch) -> str:
        with self._lock:
            held = self.get(app)
            if held is not None and held[1] > stale_version:
                return held[0]
            token, seconds = fetch()
            version = self._rows.get(app, ("", stale_version, 0.0))[1] + 1
            self._rows[app] = (token, version, self._clock() + seconds)
            return token


def wecom_account(
    url: str = "https://qyapi.example", corp_id: str = "wwcorp", token: str = "tok", aes_key: str = AES_KEY
) -> WeComAccount:
    return WeComAccount(corp_id, 1000002, SECRET, token, aes_key, url)


def dingtalk_account(url: str = "https://oapi.dingtalk.com", **given: Any) -> DingTalkAccount:
    values = {
        "app_key": "dingkey",
        "app_secret": SECRET,
        "robot_code": "dingrobot",
        "corp_id": "dingcorp",
        "callback_token": "tok",
        "callback_aes_key": AES_KEY,
        "card_secret": "card-secret",
        "card_template_id": CARD_TEMPLATE,
        "api_base": url,
        "oapi_base": url,
    }
    return DingTalkAccount(**{**values, **given})

"""The page's own endpoints: what it shows, and what its phones and fault buttons do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import anyio
from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.templating import Jinja2Templates

from .config import Kind
from .faults import Fault
from .fields import Fields, as_fields, as_list, part, text
from .phones import Answer, CannotTap
from .platform import Platform
from .view import exchange_json, message_json

HERE = Path(__file__).parent
PING_SECONDS = 15
AT_ONCE = threading.BoundedSemaphore(32)
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'none';"
    " img-src 'self' data: http: https:; frame-ancestors 'self'"
)
templates = Jinja2Templates(HERE / "templates")


class Page:
    """One platform's page. Nothing here waits for the bot: the answers arrive on the stream."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    async def index(self, request: Request) -> Response:
        context = {"root": request.scope.get("root_path", "").rstrip("/"), "console": self.platform.bot_url}
        headers = {"content-security-policy": CSP, "cache-control": "no-store", "referrer-policy": "no-referrer"}
        return templates.TemplateResponse(request, "index.html", context, headers=headers)

    async def state(self, _request: Request) -> Response:
        platform = self.platform
        with platform.lock:
            shown: Fields = {
                "wecom": self._cast("wecom"),
                "dingtalk": self._cast("dingtalk"),
                "suggestions": list(platform.config.suggestions),
                "messages": [message_json(message) for message in platform.messages],
                "wire": [exchange_json(exchange) for exchange in platform.wire],
                "faults": platform.faults.pending(),
                "last_used": dict(platform.last_used),
            }
        return JSONResponse(shown, headers={"cache-control": "no-store"})

    async def events(self, _request: Request) -> Response:
        stopping = anyio.Event()
        return EventSourceResponse(
            self.platform.feed.stream(stopping), ping=PING_SECONDS, shutdown_event=stopping, shutdown_grace_period=2.0
        )

    async def act(self, request: Request) -> Response:
        """say, send, enter, press: done in a thread, 202 at once."""
        body = await _body(request)
        if body is None:
            return _no("只接受本页面发出的 JSON 请求", 400)
        kind, account = text(body, "platform"), text(body, "account")
        persona = self.platform.persona(cast(Kind, kind), account) if kind in ("wecom", "dingtalk") else None
        if persona is None:
            return _no("没有这个人", 404)
        doing = self._deed(cast(Kind, kind), account, body)
        if doing is None:
            return _no("没有这个动作", 400)
        if not AT_ONCE.acquire(blocking=False):
            return _no("还有太多消息没有回音，请稍候", 429)
        self.platform.last_used[persona.name] = cast(Kind, kind)
        threading.Thread(target=self._do, args=(kind, account, body, doing), daemon=True).start()
        return JSONResponse({"ok": True}, 202)

    async def faults(self, request: Request) -> Response:
        body = await _body(request)
        if body is None or not self._break(text(body, "kind"), text(body, "platform")):
            return _no("没有这个故障", 400)
        pending: list[object] = [*self.platform.faults.pending()]
        self.platform.feed.publish("faults", {"faults": pending})
        return JSONResponse({"ok": True, "faults": pending})

    async def clear(self, request: Request) -> Response:
        if await _body(request) is None:
            return _no("只接受本页面发出的 JSON 请求", 400)
        self.platform.forget()
        self.platform.faults.clear()
        self.platform.feed.publish("hello", {})
        return JSONResponse({"ok": True})

    async def file(self, request: Request) -> Response:
        found = self.platform.media.get(str(request.path_params["code"]))
        return Response(found[1], media_type="application/octet-stream") if found else Response(status_code=404)

    def _cast(self, kind: Kind) -> Fields:
        people = [
            {
                "account": account,
                "name": persona.name,
                "title": persona.title,
                "suggestions": list(persona.suggestions or self.platform.config.suggestions),
            }
            for persona in self.platform.people
            if (account := persona.account(kind)) is not None
        ]
        groups = [{"key": group.key, "name": group.name} for group in self.platform.groups if group.kind == kind]
        return {"people": people, "groups": groups}

    def _deed(self, kind: Kind, account: str, body: Fields) -> Callable[[], Answer] | None:
        phone, said, what = self.platform.phone(kind, account), text(body, "text").strip(), text(body, "do")
        if what == "say" and said:
            return lambda: phone.says(said, group=text(body, "group") or None)
        if what == "send":
            return lambda: phone.sends(text(body, "kind"))
        if what == "enter":
            return phone.enters
        if what == "press":
            number = text(body, "message")
            card = next((m for m in self.platform.messages if str(m.number) == number), None)
            chosen = {key: [str(each) for each in as_list(ids)] for key, ids in part(body, "selected").items()}
            if card is not None:
                return lambda: phone.press(card, text(body, "key"), chosen)
        return None

    def _do(self, kind: str, account: str, body: Fields, doing: Callable[[], Answer]) -> None:
        toast = ""
        try:
            answer = doing()
            if answer.status != 200 and text(body, "do") == "press":
                toast = "操作失败，请稍后再试"
        except CannotTap:
            toast = "这个按钮现在按不了"
        finally:
            AT_ONCE.release()
            self.platform.feed.publish(
                "done", {"platform": kind, "account": account, "message": body.get("message"), "toast": toast}
            )

    def _break(self, kind: str, platform: str) -> bool:
        faults = self.platform.faults
        everything = "/cgi-bin/*" if platform == "wecom" else "/v1.0/*"
        busy: Fields = {"errcode": 45009, "errmsg": "api freq out of limit"}
        if platform == "dingtalk":
            busy = {
                "code": "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi",
                "message": "请求过于频繁",
                "requestid": "r",
            }
        deeds: dict[str, Callable[[], None]] = {
            "drop": faults.drop_callback,
            "delay": lambda: faults.delay_callback(3),
            "repeat": faults.repeat_callback,
            "expire": self.platform.expire_tokens,
            "busy": lambda: faults.add(
                Fault(everything, 2, 200 if platform == "wecom" else 403, busy, label="接口限频")
            ),
            "down": lambda: faults.add(Fault(everything, 2, 502, {}, label="平台 502")),
            "hang": lambda: faults.add(Fault(everything, 1, delay=8, label="接口卡住")),
            "clear": faults.clear,
        }
        if kind not in deeds or platform not in ("wecom", "dingtalk"):
            return False
        deeds[kind]()
        return True


async def _body(request: Request) -> Fields | None:
    """The JSON of a request that only this page can have made: another site cannot send this content type."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        return as_fields(await request.json())
    except ValueError:
        return None


def _no(why: str, status: int) -> Response:
    return JSONResponse({"ok": False, "why": why}, status)

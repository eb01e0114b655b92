"""Around every request: an id that the logs and the person's error message share, and a bound on the body."""

import re
import secrets

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.problems import crashed, problem

LARGEST_BODY = 1 << 20
_ID = re.compile(r"^[A-Za-z0-9_-]{1,64}$")


class RequestId:
    """Takes a proxy's `X-Request-Id` or makes one; it stands in every log line of the request and in the answer, which
    is why a crash is answered here: further out nobody knows the id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"x-request-id"), "")
        ident = given if _ID.match(given) else secrets.token_hex(4)

        has_begun = False

        async def answer(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                message["headers"] = [*message["headers"], (b"x-request-id", ident.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request=ident):
            try:
                await self._app(scope, receive, answer)
            except Exception as error:
                failed = crashed(Request(scope), error)
                if has_begun:
                    raise
                await failed(scope, receive, answer)


class BodyLimit:
    """413 for a declared or actual body over 1 MiB; the callbacks look for themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        declared = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > LARGEST_BODY:
            await problem(413, "too_large", "内容太大", "最多 1 MiB")(scope, receive, send)
            return
        size = 0

        async def bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST_BODY:
                raise HTTPException(413)
            return message

        await self._app(scope, bounded, send)

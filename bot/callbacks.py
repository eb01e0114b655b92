"""The callbacks' outer skin: bare ASGI, bounded body, bounded threads; everything behind it is synchronous."""

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any
from urllib.parse import parse_qsl

import structlog
from starlette.types import Receive, Scope, Send

from bot.channels.base import Door, DoorAnswer, DoorError
from bot.channels.wecom import WeComDoor
from bot.reception import receive
from bot.wiring import Parts

LARGEST_BODY = 1 << 20
LONGEST_WAIT = 4.6
log = structlog.get_logger(__name__)


class TooLarge(Exception):
    """The body is over the limit; the rest of it is not read."""


class Callback:
    """One callback URL as an ASGI application."""

    def __init__(self, parts: Parts, pool: ThreadPoolExecutor, platform: str, door: Door) -> None:
        self._parts, self._pool, self._platform, self._door = parts, pool, platform, door

    async def __call__(self, scope: Scope, receive_: Receive, send: Send) -> None:
        began = time.monotonic()
        if scope["method"] not in ("POST", "GET") or (
            scope["method"] == "GET" and not isinstance(self._door, WeComDoor)
        ):
            await _send(send, DoorAnswer(status=405))
            return
        try:
            body = await _body(scope, receive_)
        except TooLarge:
            self._parts.metrics.count("door_refusals", platform=self._platform, reason="too_large")
            await _send(send, DoorAnswer(status=413))
            return
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        work = self._verify if scope["method"] == "GET" else self._walk
        run = copy_context().run  # the request's id stands in what the thread logs
        future = asyncio.get_running_loop().run_in_executor(self._pool, run, work, headers, query, body, began)
        done, _ = await asyncio.wait((future,), timeout=LONGEST_WAIT)  # leaves the walk running
        await _send(send, future.result() if done else DoorAnswer(status=503))

    def _verify(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, began: float) -> DoorAnswer:  # noqa: ARG002
        if not isinstance(self._door, WeComDoor):
            return DoorAnswer(status=405)
        try:
            return DoorAnswer(self._door.verify(query))
        except DoorError as error:
            return self._refused(error)

    def _walk(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, began: float) -> DoorAnswer:
        try:
            inbound = self._door.open(headers, query, body)
        except DoorError as error:
            return self._refused(error)
        answered = receive(self._parts, inbound, began=began)
        if not answered.accepted:
            return DoorAnswer(status=503)
        return self._door.answer(inbound, answered.card)

    def _refused(self, error: DoorError) -> DoorAnswer:
        self._parts.metrics.count("door_refusals", platform=self._platform, reason=error.reason)
        return DoorAnswer(status=error.status)


async def _body(scope: Scope, receive_: Receive) -> bytes:
    """The whole body up to the limit. Raises `TooLarge` by the declared length before anything is read."""
    for key, value in scope["headers"]:
        if key == b"content-length" and value.isdigit() and int(value) > LARGEST_BODY:
            raise TooLarge
    chunks: list[bytes] = []
    size = 0
    while True:
        message: Any = await receive_()
        if message["type"] == "http.disconnect":
            return b""
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST_BODY:
            raise TooLarge
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


async def _send(send: Send, answer: DoorAnswer) -> None:
    headers = [(b"content-type", answer.media_type.encode()), (b"content-length", str(len(answer.body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})

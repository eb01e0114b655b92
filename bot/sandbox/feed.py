"""Live updates: what happens in any thread reaches every open page."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import anyio
from sse_starlette.event import ServerSentEvent

from .fields import Fields

LOOK_UP_SECONDS = 0.25  # how long a server that shuts down may have to wait for a stream
NOTHING: Fields = {}
QUEUE = 500  # a page that falls further behind loads the whole state again


@dataclass(eq=False)
class Subscriber:
    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[Fields | None]


class Feed:
    """A bounded queue for each page; publishing never waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: set[Subscriber] = set()
        self._closed = False

    def publish(self, kind: str, data: Fields) -> None:
        with self._lock:
            subscribers = list(self._subscribers)
        event: Fields = {"event": kind, "data": data}
        for subscriber in subscribers:
            with suppress(RuntimeError):  # its loop is gone
                subscriber.loop.call_soon_threadsafe(self._put, subscriber, event)

    def close(self) -> None:
        """Ends every stream, so that a server that shuts down need not wait."""
        self._closed = True
        with self._lock:
            subscribers = list(self._subscribers)
        for subscriber in subscribers:
            with suppress(RuntimeError):
                subscriber.loop.call_soon_threadsafe(self._put, subscriber, None)

    async def stream(self, stopping: anyio.Event) -> AsyncIterator[ServerSentEvent]:
        """Starts with `hello`, upon which the page loads the state; ends soon after `stopping` is set."""
        subscriber = Subscriber(asyncio.get_running_loop(), asyncio.Queue(QUEUE))
        with self._lock:
            self._subscribers.add(subscriber)
        try:
            yield ServerSentEvent("{}", event="hello", retry=1000)
            while not self._closed and not stopping.is_set():
                event: Fields | None = NOTHING
                with anyio.move_on_after(LOOK_UP_SECONDS):
                    event = await subscriber.queue.get()
                if event is None:
                    return
                if event is NOTHING:
                    continue
                yield ServerSentEvent(json.dumps(event["data"], ensure_ascii=False), event=str(event["event"]))
        finally:
            with self._lock:
                self._subscribers.discard(subscriber)

    @staticmethod
    def _put(subscriber: Subscriber, event: Fields | None) -> None:
        if subscriber.queue.full():
            while not subscriber.queue.empty():
                subscriber.queue.get_nowait()
            subscriber.queue.put_nowait({"event": "hello", "data": {}})
        subscriber.queue.put_nowait(event)

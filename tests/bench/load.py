"""The load generator, a process of its own: `python -m tests.bench.load` with a job on stdin, figures on stdout.

`closed`: each client sends its next message when the last is answered, until `seconds` are over. `open`: messages are
due at `rate` a second whether or not earlier ones are answered; latency counts from when a message was due.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

from .sealing import Tenant, message, request

LONGEST, PATIENCE = 120.0, 15.0


@dataclass(frozen=True)
class Job:
    """`messages` are (account, text), sealed and signed here; `raw` are whole requests instead, a byte a character.
    `ports` are taken in turn by the clients."""

    tenant: Tenant
    ports: list[int]
    path: str
    messages: list[tuple[str, str]]
    first_id: int
    clients: int = 8
    seconds: float = 3600.0
    rate: float = 0.0
    raw: list[str] = field(default_factory=list)


@dataclass
class Figures:
    seconds: float = 0.0
    done: int = 0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)


class Client(asyncio.Protocol):
    """One kept connection; one request at a time."""

    def __init__(self, figures: Figures, statuses: Counter[str]) -> None:
        self._figures, self._statuses = figures, statuses
        self._buffer = b""
        self._answered: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionError("closed"))

    async def ask(self, data: bytes, due: float) -> None:
        assert self._transport is not None
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(data)
        await self._answered
        self._figures.latencies.append(time.perf_counter() - due)
        self._figures.done += 1

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        at = head.lower().find(b"content-length:")
        size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < size:
            return
        self._statuses[head[9:12].decode()] += 1
        self._buffer = body[size:]
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)


async def run(job: Job) -> Figures:
    sealed = [data.encode("latin-1") for data in job.raw] or [
        request(job.tenant, job.path, message(account, text, job.first_id + number))
        for number, (account, text) in enumerate(job.messages)
    ]
    figures, statuses = Figures(), Counter[str]()
    clients = [await _connect(job.ports[i % len(job.ports)], figures, statuses) for i in range(job.clients)]
    began = time.perf_counter()
    async with asyncio.timeout(min(job.seconds, LONGEST) + PATIENCE):
        if job.rate:
            await _open(clients, sealed, job.rate, began)
        else:
            waiting = iter(sealed)
            await asyncio.gather(*(_closed(client, waiting, began + job.seconds) for client in clients))
    figures.seconds = time.perf_counter() - began
    figures.statuses = dict(statuses)
    return figures


async def _connect(port: int, figures: Figures, statuses: Counter[str]) -> Client:
    _, client = await asyncio.get_running_loop().create_connection(lambda: Client(figures, statuses), "127.0.0.1", port)
    return client


async def _closed(client: Client, waiting: Iterator[bytes], until: float) -> None:
    for data in waiting:
        now = time.perf_counter()
        await client.ask(data, now)
        if time.perf_counter() >= until:
            return


async def _open(clients: list[Client], sealed: list[bytes], rate: float, began: float) -> None:
    free, slots = deque(clients), asyncio.Semaphore(len(clients))

    async def one(data: bytes, due: float) -> None:
        async with slots:
            client = free.popleft()
            await client.ask(data, due)
            free.append(client)

    async with asyncio.TaskGroup() as group:
        for number, data in enumerate(sealed):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(one(data, due))


def main() -> None:
    given = json.loads(sys.stdin.read())
    given["messages"] = [(account, text) for account, text in given["messages"]]
    job = Job(**{**given, "tenant": Tenant(**given["tenant"])})
    figures = uvloop.run(run(job))
    os.set_blocking(sys.stdout.fileno(), True)  # uvloop leaves pipes as it likes them
    print(json.dumps(asdict(figures)))


if __name__ == "__main__":
    main()

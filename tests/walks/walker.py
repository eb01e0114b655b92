"""A warm process that forks one child a task; a child kills itself with SIGKILL at the boundary it is told.

Reads one JSON task a line and answers with one JSON line: how the child ended and, where it came to its end, the
boundaries that it passed and what it answered. A boundary is the moment before an SQL statement, before a commit,
before a platform call, and the end; what happened after one is what stands before the next.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event

import bot.delivery
import bot.reception
import bot.wiring
import models.db
import workers.outbox
from bot.app import build_app  # noqa: F401 - everything that a process of Haitun imports is warm before the fork
from bot.callbacks import Callback
from bot.channels.dingtalk import DingTalkCardDoor, DingTalkRobotDoor
from bot.channels.wecom import WeComDoor
from bot.listening.grammar import Grammar
from bot.settings import load_settings
from bot.wiring import Parts, assemble
from handlers.registry import COMMANDS
from models.clock import utc_now
from models.wire import Sent, Wire
from workers import inbox, job, outbox

Task = dict[str, Any]
LEASES_ARE_OVER = timedelta(minutes=2)


class Boundaries:
    """Counts, and kills this process at the one that was asked for."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at, self.passed = kill_at, list[str]()

    def reach(self, what: str) -> None:
        self.passed.append(what)
        if len(self.passed) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, parts: Parts) -> None:
        """From now on every statement, commit and platform call of these parts is one."""
        engine, send = parts.database.engine, parts.http.send
        event.listen(engine, "checkout", self._lend)
        event.listen(engine, "commit", self._commit, insert=True)
        self._exchange = Wire._exchange

        def exchanged(line: Wire, going: Sequence[Sent]) -> Any:
            self.reach("; ".join(" ".join(one.command.decode().split()[:3]) for one in going))
            return self._exchange(line, going)

        setattr(Wire, "_exchange", exchanged)  # noqa: B010

        def watched(request: Any) -> Any:
            self.reach(f"call {request.platform} {request.url.rpartition('/')[2].partition('?')[0]}")
            return send(request)

        parts.http.send = watched  # type: ignore[method-assign]

    def unwatch(self, parts: Parts) -> None:
        event.remove(parts.database.engine, "checkout", self._lend)
        event.remove(parts.database.engine, "commit", self._commit)
        setattr(Wire, "_exchange", self._exchange)  # noqa: B010

    def _lend(self, connection: Any, *more: Any) -> None:
        boundaries = self

        class Watched(psycopg.Cursor[Any]):
            """What SQLAlchemy runs passes the driver's cursor; the rest goes over our wire."""

            def execute(self, query: Any, *values: Any, **how: Any) -> "Watched":
                boundaries.reach(" ".join(str(query).split()[:3]))
                return super().execute(query, *values, **how)

            def executemany(self, query: Any, *rows: Any, **how: Any) -> None:
                boundaries.reach(" ".join(str(query).split()[:3]))
                super().executemany(query, *rows, **how)

        connection.cursor_factory = Watched

    def _commit(self, connection: Any) -> None:
        self.reach("commit")


def walk(task: Task) -> Task:
    """One walk in this process."""
    boundaries = Boundaries(int(task["kill_at"]))
    with process(task) as parts:
        boundaries.watch(parts)
        now = datetime.fromisoformat(task["now"])
        answer = [WALKS[name](parts, now, task) for name in task["walks"]]
        boundaries.reach("end")
        boundaries.unwatch(parts)
    return {"boundaries": boundaries.passed, "answer": answer}


def message(parts: Parts, now: datetime, task: Task) -> str:
    """One callback through its door, as bytes."""
    setattr(bot.reception, "utc_now", lambda: now)  # noqa: B010
    account = {"wecom": parts.wecom, "dingtalk": parts.dingtalk}[task["platform"]]
    door: Any = DOORS[task["path"]](account)
    with ThreadPoolExecutor(1) as pool:
        return asyncio.run(_through(Callback(parts, pool, task["platform"], door), task))


def sweep(parts: Parts, now: datetime, task: Task) -> str:
    """The clock's jobs that are due."""
    job.run_due(parts, now)
    return ""


def delivery(parts: Parts, now: datetime, task: Task) -> str:
    """A worker's round, one lane after another so that the boundaries have an order."""
    inbox.run_deferred(parts, now)
    outbox.drain(parts, now)
    return ""


WALKS: dict[str, Callable[[Parts, datetime, Task], str]] = {"message": message, "sweep": sweep, "delivery": delivery}
DOORS: dict[str, Any] = {
    "/callbacks/wecom": WeComDoor,
    "/callbacks/dingtalk/robot": DingTalkRobotDoor,
    "/callbacks/dingtalk/cards": DingTalkCardDoor,
}


@contextmanager
def process(task: Task) -> Iterator[Parts]:
    """What a process of Haitun starts with; `leases_over` lets it come when all leases of a dead one have ended."""
    lanes = ThreadPoolExecutor(1)
    workers.outbox._pools = dict.fromkeys(workers.outbox._pools, lanes)
    if task.get("leases_over"):
        for room in (workers.outbox, bot.delivery):
            setattr(room, "utc_now", lambda: utc_now() + LEASES_ARE_OVER)  # noqa: B010
    settings = load_settings(task["given"])
    given = task["given"]
    with assemble(settings, database_url=given["database_url"], redis_url=given["redis_url"], threads=4) as parts:
        yield parts
    lanes.shutdown()


async def _through(callback: Callback, task: Task) -> str:
    sent: list[Any] = []
    headers = [(name.encode(), value.encode()) for name, value in task["headers"]]
    scope = {"type": "http", "method": "POST", "headers": headers, "query_string": task["query"].encode()}

    async def receive() -> Any:
        return {"type": "http.request", "body": task["body"].encode(), "more_body": False}

    async def send(what: Any) -> None:
        sent.append(what)

    await callback(scope, receive, send)
    return str(sent[0]["status"])


_engines: dict[str, Engine] = {}


def _engine(url: str, **options: Any) -> Engine:
    """One a database: an engine remembers the statements that it has compiled."""
    if url not in _engines:
        _engines[url] = create_engine(url, **options)
    return _engines[url]


def _in_child(task: Task, out: int) -> None:
    status = 1
    try:
        os.write(out, json.dumps(walk(task)).encode())
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def _forked(task: Task) -> Task:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _in_child(task, write)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    return {"killed": os.WIFSIGNALED(status), "status": status, **json.loads(text or "{}")}


def main() -> None:
    """Until there are no more tasks. `warm` ones are walked by this process, so that its children find all prepared."""
    grammar = Grammar(COMMANDS)
    setattr(bot.wiring, "Grammar", lambda commands: grammar)  # noqa: B010
    setattr(models.db, "create_engine", _engine)  # noqa: B010
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # a log line is no answer
    for line in sys.stdin:
        task = json.loads(line)
        result = walk(task) if task.get("warm") else _forked(task)
        answers.write(json.dumps(result) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()

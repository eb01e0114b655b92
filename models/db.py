"""The one place where a transaction begins and commits."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError

from models import wire


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


def _refuse_closed(connection: Any, record: object, proxy: object) -> None:
    """A server that went away has closed its end, and then an idle socket can be read; the pool connects anew.
    A question to the server would find that too, for three more round trips a transaction."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        raise DisconnectionError("the server closed an idle connection")


class Database:
    """A pool of connections to PostgreSQL. `threads` bounds it: as many connections as threads, no overflow."""

    def __init__(self, url: str, *, threads: int = 8, statement_timeout_ms: int = 0) -> None:
        # One process of the server for each question: to start more takes longer than what people ask for.
        alone = "-c max_parallel_workers_per_gather=0"
        options = f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC -c lock_timeout=4000 {alone}"
        self.engine: Engine = create_engine(
            url,
            pool_size=threads,
            max_overflow=0,
            pool_timeout=3,
            pool_recycle=1800,
            hide_parameters=True,
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
            # The driver forgets what is prepared at every rollback, ours (`models.wire`) with it: it prepares nothing.
            connect_args={"options": options, "connect_timeout": 5, "prepare_threshold": None},
        )
        event.listen(self.engine, "checkout", _refuse_closed)
        wire.share(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One event, one transaction: committed when the block ends, rolled back when it raises."""
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Closes the pool."""
        self.engine.dispose()


@contextmanager
def savepoint(db: Connection) -> Iterator[None]:
    """Undone alone when the block raises; what waits on the wire is part of it."""
    with db.begin_nested():
        yield
        wire.settle(db, wire.Wire.flush)

"""One connection's wire to the server: statements are prepared once, go out together and are answered together.

A statement through the driver's cursor takes three times the processor time, and a round trip of its own
(docs/performance.md).
"""

import select
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, cast

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

_WIRE = "wire"
_FAULTS = (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE)


@dataclass(frozen=True)
class Sent:
    """A statement with its values in the order of `$1`, `$2`, … `is_prepared` False: planned for these values."""

    command: bytes
    values: Sequence[Any] = ()
    is_prepared: bool = False


_BEGIN, _COMMIT = Sent(b"begin"), Sent(b"commit")


class Wire:
    """Sends and waits. What is told to wait goes out with the next statement that is asked, or with the commit."""

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self._driver, self._pg = driver, driver.pgconn
        self._adapt = Transformer(driver)
        self._names: dict[bytes, bytes] = {}
        self._numbers = count()
        self._waiting: list[Sent] = []
        self._readable = select.poll()
        self._readable.register(self._pg.socket, select.POLLIN)

    def later(self, *sent: Sent) -> None:
        """Nobody needs the answer: a fault shows with the next statement, or at the commit."""
        self._waiting += sent

    def ask(self, *sent: Sent) -> list[PGresult]:
        """The answers to these. Raises `psycopg.Error` for the first fault, of what waited, too."""
        going = [*self._waiting, *sent]
        self._waiting = []
        if self._pg.transaction_status == TransactionStatus.IDLE and not self._driver.autocommit:
            going.insert(0, _BEGIN)
        return self._exchange(going)[len(going) - len(sent) :]

    def rows(self, result: PGresult, limit: int) -> list[tuple[Any, ...]]:
        """The first `limit` rows of an answer, as the driver loads them."""
        self._adapt.set_pgresult(result)
        found: list[tuple[Any, ...]] = self._adapt.load_rows(0, min(result.ntuples, limit), tuple)
        return found

    def flush(self) -> None:
        """Somebody else is about to use this connection."""
        if self._waiting:
            self.ask()

    def commit(self) -> None:
        """Ends the transaction, together with what waits."""
        if self._pg.transaction_status == TransactionStatus.INERROR:  # the server would roll back without a word
            raise psycopg.errors.InFailedSqlTransaction("a fault of this transaction was passed over")
        if self._waiting or self._pg.transaction_status == TransactionStatus.INTRANS:
            self.ask(_COMMIT)

    def forget(self) -> None:
        """The transaction was rolled back."""
        self._waiting = []

    def _exchange(self, going: Sequence[Sent]) -> list[PGresult]:
        if self._pg.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection is closed")
        self._pg.enter_pipeline_mode()
        try:
            counts = [self._send(one) for one in going]
            self._pg.pipeline_sync()
            results = self._received()
        finally:
            if self._pg.status == ConnStatus.OK:
                self._pg.exit_pipeline_mode()
        self._learn(going, counts, results)
        places = [sum(counts[: number + 1]) - 1 for number in range(len(counts))]
        return [results[place] for place in places]

    def _send(self, one: Sent) -> int:
        """How many answers it will have."""
        if not one.values and not one.is_prepared:
            self._pg.send_query_params(one.command, None)
            return 1
        given = self._adapt.dump_sequence(one.values, [PyFormat.TEXT] * len(one.values))
        if not one.is_prepared:
            self._pg.send_query_params(one.command, given)
            return 1
        name = self._names.get(one.command)
        if name is not None:
            self._pg.send_query_prepared(name, given)
            return 1
        name = self._names[one.command] = b"haitun_%d" % next(self._numbers)
        self._pg.send_prepare(name, one.command)
        self._pg.send_query_prepared(name, given)
        return 2

    def _received(self) -> list[PGresult]:
        found: list[PGresult] = []
        pg = self._pg
        while pg.flush():
            self._readable.poll(10)
            pg.consume_input()
        while True:
            while pg.is_busy():
                self._readable.poll()
                pg.consume_input()
            result = pg.get_result()
            if result is None:
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                return found
            found.append(result)
            if pg.status != ConnStatus.OK:
                return found

    def _learn(self, going: Sequence[Sent], counts: Sequence[int], results: Sequence[PGresult]) -> None:
        """Raises the first fault; what was to be prepared from there on is not."""
        fault = next((n for n, result in enumerate(results) if result.status in _FAULTS), None)
        if fault is None and len(results) == sum(counts):
            return
        place = 0
        for one, answers in zip(going, counts, strict=True):
            if answers == 2 and place >= (fault or 0):
                del self._names[one.command]
            place += answers
        if fault is None:
            raise psycopg.OperationalError("the connection was lost")
        raise error_from_result(results[fault], encoding="utf-8")


def wire(db: Connection) -> Wire:
    """The wire of a connection, as long as it lasts."""
    lent = db.connection
    found: Wire | None = lent.info.get(_WIRE)
    if found is None:
        driver: Any = lent.driver_connection
        found = lent.info[_WIRE] = Wire(driver)
    return found


def fault(error: psycopg.Error, db: Connection) -> DBAPIError:
    """The driver's fault as SQLAlchemy raises it."""
    made = DBAPIError.instance(None, None, error, psycopg.Error, hide_parameters=True, dialect=db.dialect)
    return cast(DBAPIError, made)


def settle(db: Connection, do: Callable[[Wire], None]) -> None:
    """Does it with the connection's wire, where it has one; faults are SQLAlchemy's."""
    line: Wire | None = None if db.invalidated else db.connection.info.get(_WIRE)
    try:
        if line is not None:
            do(line)
    except psycopg.Error as error:
        raise fault(error, db) from error


def share(engine: Engine) -> None:
    """What SQLAlchemy itself runs, commits and rolls back on these connections keeps its place among what waits."""
    event.listen(engine, "before_cursor_execute", lambda db, *_: settle(db, Wire.flush))
    event.listen(engine, "commit", lambda db: settle(db, Wire.commit))
    event.listen(engine, "rollback", lambda db: settle(db, Wire.forget))
    event.listen(engine, "rollback_savepoint", lambda db, *_: settle(db, Wire.forget))

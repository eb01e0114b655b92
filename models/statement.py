"""A statement that is the same every time: written by SQLAlchemy once, run by libpq ever after.

SQLAlchemy's connection accompanies each execution with a context, a cached compilation and a result of its own. That
costs three times what the driver itself does with the same statement (docs/performance.md).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import psycopg
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection, Dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from models.wire import Sent, Wire, fault, wire

Values = Mapping[str, Any]
_NAMED = re.compile(r"%(?:%|\((\w+)\)s)")
_ALL = 1 << 31


class Statement:
    """Runs in the transaction of the connection that it is given; faults are SQLAlchemy's, as everywhere.

    The names of the values are the same at every run; those of an INSERT are its columns. With `planned_anew` the
    server plans it for each run's own values, as a search for a part of a text needs it.
    """

    def __init__(self, statement: ClauseElement, *, planned_anew: bool = False) -> None:
        self._statement, self._is_prepared = statement, not planned_anew
        self._command = b""
        self._constants: dict[str, Any] = {}
        self._made: dict[str, Callable[[], Any]] = {}
        self._to_driver: dict[str, Callable[[Any], Any]] = {}
        self._order: tuple[str, ...] = ()

    def rows(self, db: Connection, values: Values) -> list[tuple[Any, ...]]:
        """All rows."""
        return self._read(db, values, _ALL)

    def first(self, db: Connection, values: Values) -> tuple[Any, ...] | None:
        """The first row."""
        found = self._read(db, values, 1)
        return found[0] if found else None

    def scalar(self, db: Connection, values: Values) -> Any:
        """The first column of the first row; None where there is none."""
        row = self.first(db, values)
        return None if row is None else row[0]

    def run(self, db: Connection, *rows: Values) -> int:
        """Executes it for each of these; how many rows were touched."""
        return sum(result.command_tuples or 0 for result in self._ask(db, rows)[1])

    def later(self, db: Connection, *rows: Values) -> None:
        """As `run`, but it goes out with the next statement or with the commit, and its fault shows there."""
        if rows:
            wire(db).later(*self._sent(db, rows))

    def _read(self, db: Connection, values: Values, limit: int) -> list[tuple[Any, ...]]:
        line, results = self._ask(db, (values,))
        return line.rows(results[0], limit)

    def _ask(self, db: Connection, rows: Sequence[Values]) -> tuple[Wire, list[PGresult]]:
        line = wire(db)
        try:
            return line, line.ask(*self._sent(db, rows)) if rows else []
        except psycopg.Error as error:
            raise fault(error, db) from error

    def _sent(self, db: Connection, rows: Sequence[Values]) -> list[Sent]:
        if not self._command and rows:
            self._compile(db.dialect, list(rows[0]))
        return [Sent(self._command, self._given(row), self._is_prepared) for row in rows]

    def _given(self, values: Values) -> list[Any]:
        given = {**self._constants, **values}
        for name, make in self._made.items():
            if name not in values:
                given[name] = make()
        for name, process in self._to_driver.items():
            given[name] = process(given[name])
        return [given[name] for name in self._order]

    def _compile(self, dialect: Dialect, names: Sequence[str]) -> None:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=names)
        asked = {name for name, bound in compiled.binds.items() if bound.required}
        expanded = compiled.construct_expanded_state(dict.fromkeys(asked))  # members of an IN are parameters, too
        self._constants = {name: value for name, value in expanded.parameters.items() if name not in asked}
        self._defaults(compiled)
        for name in expanded.parameters.keys() & compiled.binds.keys():
            process = compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
            if process is not None:
                self._to_driver[name] = process
        self._number(expanded.statement)

    def _number(self, text: str) -> None:
        """From the driver's `%(name)s` to libpq's `$1`: the same for all persons whose gate differs by a number."""
        places: dict[str, int] = {}

        def place(found: re.Match[str]) -> str:
            return f"${places.setdefault(found[1], len(places) + 1)}" if found[1] else "%"

        command = _NAMED.sub(place, text).encode()
        self._order, self._command = tuple(places), command

    def _defaults(self, compiled: SQLCompiler) -> None:
        """What the table's own defaults give to columns that an INSERT leaves out."""
        for column in compiled.insert_prefetch:
            default: Any = column.default
            if default.is_callable:
                self._made[column.key] = partial(default.arg, None)
            else:
                self._constants[column.key] = default.arg

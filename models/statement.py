"""A statement that is the same every time: written by SQLAlchemy once, run by the driver ever after.

SQLAlchemy's connection accompanies each execution with a context, a cached compilation and a result of its own. That
costs three times what the driver itself does with the same statement (docs/performance.md).
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]
T = TypeVar("T")
_CURSOR = "statement cursor"


def _cursor(db: Connection) -> psycopg.Cursor[Any]:
    """One for each connection, as long as it lasts: whoever runs a statement takes all of its rows at once."""
    lent = db.connection
    cursor: psycopg.Cursor[Any] | None = lent.info.get(_CURSOR)
    if cursor is None:
        driver: Any = lent.driver_connection
        cursor = lent.info[_CURSOR] = driver.cursor()
    return cursor


class Statement:
    """Runs in the transaction of the connection that it is given; faults are SQLAlchemy's, as everywhere.

    The names of the values are the same at every run; those of an INSERT are its columns. With `planned_anew` the
    server plans it for each run's own values, as a search for a part of a text needs it.
    """

    def __init__(self, statement: ClauseElement, *, planned_anew: bool = False) -> None:
        self._statement, self._prepare = statement, False if planned_anew else None
        self._text = ""
        self._constants: dict[str, Any] = {}
        self._made: dict[str, Callable[[], Any]] = {}
        self._to_driver: dict[str, Callable[[Any], Any]] = {}

    def rows(self, db: Connection, values: Values) -> list[tuple[Any, ...]]:
        """All rows."""
        return self._run(db, values, lambda cursor: self._execute(cursor, values).fetchall())

    def first(self, db: Connection, values: Values) -> tuple[Any, ...] | None:
        """The first row."""
        return self._run(db, values, lambda cursor: self._execute(cursor, values).fetchone())

    def scalar(self, db: Connection, values: Values) -> Any:
        """The first column of the first row; None where there is none."""
        row = self.first(db, values)
        return None if row is None else row[0]

    def run(self, db: Connection, *rows: Values) -> int:
        """Executes it for each of these; how many rows were touched."""
        if len(rows) == 1:
            return self._run(db, rows[0], lambda cursor: self._execute(cursor, rows[0]).rowcount)

        def all_of_them(cursor: psycopg.Cursor[Any]) -> int:
            cursor.executemany(self._text, [self._given(row) for row in rows])
            return cursor.rowcount

        return self._run(db, rows[0], all_of_them) if rows else 0

    def _run(self, db: Connection, values: Values, work: Callable[[psycopg.Cursor[Any]], T]) -> T:
        if not self._text:
            self._compile(db.dialect, list(values))
        try:
            return work(_cursor(db))
        except psycopg.Error as error:
            raise DBAPIError.instance(
                self._text, None, error, psycopg.Error, hide_parameters=True, dialect=db.dialect
            ) from error

    def _execute(self, cursor: psycopg.Cursor[Any], values: Values) -> psycopg.Cursor[Any]:
        return cursor.execute(self._text, self._given(values), prepare=self._prepare)

    def _given(self, values: Values) -> dict[str, Any]:
        given = {**self._constants, **values}
        for name, make in self._made.items():
            if name not in values:
                given[name] = make()
        for name, process in self._to_driver.items():
            given[name] = process(given[name])
        return given

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
        self._text = sys.intern(expanded.statement)  # the same for all persons whose gate differs by a number

    def _defaults(self, compiled: SQLCompiler) -> None:
        """What the table's own defaults give to columns that an INSERT leaves out."""
        for column in compiled.insert_prefetch:
            default: Any = column.default
            if default.is_callable:
                self._made[column.key] = partial(default.arg, None)
            else:
                self._constants[column.key] = default.arg

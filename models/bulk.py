"""Many rows in one statement: what differs travels as one JSON document, what all have alike beside it."""

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Insert,
    Update,
    bindparam,
    cast,
    func,
    literal,
    select,
    update,
)
from sqlalchemy import column as named
from sqlalchemy.dialects.postgresql import JSON, insert
from sqlalchemy.sql.selectable import TableValuedAlias

from models.base import Base, Json, Record

R = TypeVar("R", bound=Base)


def insert_rows(db: Connection, model: type[Base], rows: Sequence[Json], *, unless: str = "") -> None:
    """Writes rows that all name the same columns, in their order; of a row whose `unless` is there already, nothing."""
    if rows:
        own, same = _shared(rows, tuple(rows[0])[:1])
        db.execute(_insertion(model, tuple(own[0]), tuple(same), unless), {"rows": own, **same})


def update_rows(db: Connection, model: type[Record], rows: Sequence[Json]) -> int:
    """Each row names `row_id`, `row_version` (the one that was read) and columns; returns how many still had it."""
    own, same = _shared(rows, ("row_id", "row_version"))
    return int(db.execute(_updating(model, tuple(own[0]), tuple(same)), {"rows": own, **same}).rowcount)


def _shared(rows: Sequence[Json], keys: tuple[str, ...]) -> tuple[list[Json], Json]:
    """What each row has for itself, its keys at least, and what all have alike and need to be told once."""
    first = rows[0]
    own = [name for name, value in first.items() if name in keys or any(row[name] != value for row in rows)]
    return [{name: row[name] for name in own} for row in rows], {name: first[name] for name in first.keys() - set(own)}


def altered(row: R, changes: Json) -> R:
    """The same frozen row with other values; a sixth of what `dataclasses.replace` takes."""
    values = list(_values(row.model)(row))
    places = _places(row.model)
    for name, value in changes.items():
        values[places[name]] = value
    return type(row)(*values)


@cache
def _values(model: type[Base]) -> Callable[[Base], tuple[Any, ...]]:
    return attrgetter(*(column.key for column in model.__table__.c))


@cache
def _places(model: type[Base]) -> dict[str, int]:
    return {column.key: place for place, column in enumerate(model.__table__.c)}


@cache
def _insertion(model: type[Base], own: tuple[str, ...], same: tuple[str, ...], unless: str) -> Insert:
    table = model.__table__
    given = _document([table.c[name] for name in own])
    told = {name: _told(table.c[name]) for name in same}
    told |= {c.key: literal(c.default.arg, c.type) for c in table.c if c.key not in (*own, *same) and _has_default(c)}  # type: ignore[union-attr]
    source = select(*given.c, *told.values())
    statement = insert(table).from_select([*own, *told], source, include_defaults=False)
    return statement.on_conflict_do_nothing(index_elements=[unless]) if unless else statement


def _has_default(column: Column[Any]) -> bool:
    return column.default is not None and column.default.is_scalar


@cache
def _updating(model: type[Base], own: tuple[str, ...], same: tuple[str, ...]) -> Update:
    table = model.__table__
    keys = {name: Column(name, BigInteger) for name in ("row_id", "row_version")}
    given = _document([keys[name] if name in keys else table.c[name] for name in own])
    mine = (table.c.id == given.c.row_id, table.c.version == given.c.row_version)
    values = {name: given.c[name] for name in own if name not in keys} | {name: _told(table.c[name]) for name in same}
    return update(table).where(*mine).values(values | {"version": table.c.version + 1})


def _told(column: Column[Any]) -> ColumnElement[Any]:
    """Its type has to be said: nothing else in the statement does."""
    return cast(bindparam(column.key, type_=column.type), column.type)


def _document(columns: Sequence[Column[Any]]) -> TableValuedAlias:
    rows = func.json_to_recordset(bindparam("rows", type_=JSON))
    return rows.table_valued(*(named(one.key, one.type) for one in columns)).render_derived("given", with_types=True)

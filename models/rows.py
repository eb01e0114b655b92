"""Reading by Core into frozen rows."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Text, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import ColumnElement

from models import grams
from models.base import Base, row_class
from models.statement import Statement

R = TypeVar("R", bound=Base)
Condition = ColumnElement[bool] | InstrumentedAttribute[bool]
Column = ColumnElement[Any] | InstrumentedAttribute[Any]


@cache
def _start(model: type[Base], lock: bool = False, one: bool = False) -> Select[Any]:
    """The part of a query that is the same every time. Rows are read by position, so that a cached result needs no
    new names: that alone is a third of a wide row's cost."""
    statement = select(model.__table__).execution_options(_result_disable_adapt_to_context=True)
    statement = statement.with_for_update(key_share=True) if lock else statement
    return statement.limit(1) if one else statement


def query(model: type[R], *where: Condition) -> Select[Any]:
    """All columns of a table, in the order in which `freeze` expects them."""
    return _start(model).where(*where)


def freeze(model: type[R], row: Sequence[Any]) -> R:
    """A frozen, detached row; typed as its table class because it has the same fields and verbs."""
    return row_class(model)(*row)  # type: ignore[no-any-return]


@cache
def _equal(model: type[Base], names: tuple[str, ...], *, lock: bool, one: bool) -> Statement:
    columns = model.__table__.c
    return Statement(
        _start(model, lock, one).where(*[columns[n] == bindparam(n, type_=columns[n].type) for n in names])
    )


def fetch_one(db: Connection, model: type[R], *where: Condition, lock: bool = False, **equal: Any) -> R | None:
    """The only row that fits, locked until commit on request; None when there is none (the first when several).

    `equal` are columns with their values (None fits nothing); alone they are the cheap way, a `Statement`."""
    if where:
        conditions = [*where, *[model.__table__.c[name] == value for name, value in equal.items()]]
        row: Sequence[Any] | None = db.execute(_start(model, lock, True).where(*conditions)).first()
    else:
        row = _equal(model, tuple(equal), lock=lock, one=True).first(db, equal)
    return None if row is None else freeze(model, row)


def fetch_all(
    db: Connection,
    model: type[R],
    *where: Condition,
    order_by: Sequence[Column] = (),
    limit: int | None = None,
    lock: bool = False,
    skip_locked: bool = False,
) -> list[R]:
    """All rows that fit; with `skip_locked` those that nobody else holds."""
    statement = _start(model, lock).where(*where).order_by(*order_by)
    if skip_locked:
        statement = statement.with_for_update(key_share=True, skip_locked=True)
    if limit is not None:
        statement = statement.limit(limit)
    return [freeze(model, row) for row in db.execute(statement)]


def pattern_of(said: str) -> str:
    """What `LIKE … ESCAPE '/'` finds where a text has this part, as it stands."""
    escaped = said.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"%{escaped}%"


def containing(column: Column, said: str, *, any_case: bool = False) -> ColumnElement[bool]:
    """The text has this part, as it stands; where its names have an index of their parts (`models.grams`), by that."""
    found = like(column, said, any_case=any_case)
    if not grams.is_indexed(column):
        return found
    return grams.may_contain(column, bindparam(None, said, Text, literal_execute=True)) & found


def like(column: Column, said: str, *, any_case: bool = False) -> ColumnElement[bool]:
    """As `containing`, by the text alone. What was said is written into the statement: behind a parameter the server
    would make one plan for everything that is said, and that one reads the whole table."""
    pattern = bindparam(None, pattern_of(said), Text, literal_execute=True)
    found: ColumnElement[bool] = (column.ilike if any_case else column.like)(pattern, escape="/")
    return found

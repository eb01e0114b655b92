"""Reading by Core into frozen rows."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import ColumnElement

from models.base import Base, row_class

R = TypeVar("R", bound=Base)
Condition = ColumnElement[bool] | InstrumentedAttribute[bool]
Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def query(model: type[R], *where: Condition) -> Select[Any]:
    """All columns of a table, in the order in which `freeze` expects them."""
    return select(*model.__table__.c).where(*where)


def freeze(model: type[R], row: Sequence[Any]) -> R:
    """A frozen, detached row; typed as its table class because it has the same fields and verbs."""
    return row_class(model)(*row)  # type: ignore[no-any-return]


def fetch_one(db: Connection, model: type[R], *where: Condition, lock: bool = False) -> R | None:
    """The only row that fits, locked until commit on request; None when there is none (the first when several)."""
    statement = query(model, *where).limit(1)
    row = db.execute(statement.with_for_update(key_share=True) if lock else statement).first()
    return None if row is None else freeze(model, row)


def fetch_all(
    db: Connection,
    model: type[R],
    *where: Condition,
    order_by: Sequence[Column] = (),
    limit: int | None = None,
    lock: bool = False,
) -> list[R]:
    """All rows that fit."""
    statement = query(model, *where).order_by(*order_by).limit(limit)
    return [freeze(model, row) for row in db.execute(statement.with_for_update(key_share=True) if lock else statement)]

"""Which of the names that somebody may see have a part, among millions: the exact one, his own, the first of the rest.

To put everything that has a common part in order takes as long as there is of it. So only so many are looked at; all
of them where that was not enough for somebody who sees few.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, union_all

from handlers.context import Context
from handlers.nouns import Noun
from models.customers.customer import Customer, CustomerAlias
from models.normal import company_key, simplified
from models.rows import containing, freeze, like, query

LOOKED_AT = 200


def list_named(ctx: Context, noun: Noun, ref: str, seen: ColumnElement[bool], limit: int) -> list[Any]:
    """Up to `limit` rows behind the gate whose name contains `ref`: exact names first, then one's own, then by code."""
    model: Any = noun.model
    columns = [getattr(model, name) for name in noun.named]
    exact = or_(*[column == (company_key(ref) if column.key == "name_key" else ref) for column in columns])
    part = or_(*[containing(*_said(column, ref), any_case=column.key != "name_key") for column in columns])
    text = or_(*[like(*_said(column, ref), any_case=column.key != "name_key") for column in columns])
    mine = [model.owner_id == ctx.actor.id] if ctx.actor is not None and hasattr(model, "owner_id") else []
    order = [*[case((first, 0), else_=1) for first in (exact, *mine)], model.id]

    some = select(model.id).where(part).limit(LOOKED_AT).cte("some")
    count = select(func.count()).select_from(some).scalar_subquery()
    # Where these are not all of them: his own by their owner, for whom the text alone is compared.
    preferred = [exact & part, *[own & text for own in mine]]
    more = [select(model.id).where(one, count == LOOKED_AT).limit(limit).subquery() for one in preferred]
    called = [select(_called(ref, LOOKED_AT).subquery())] if model is Customer else []
    looked_at = model.id.in_(union_all(select(some.c.id), *[select(one.c.id) for one in more], *called))
    found = ctx.db.execute(_first(query(model, looked_at, seen), order, limit).add_columns(count)).all()
    if len(found) < limit and (not found or found[0][-1] == LOOKED_AT):
        return [freeze(model, row) for row in ctx.db.execute(_first(query(model, part, seen), order, limit))]
    return [freeze(model, row[:-1]) for row in found]


def _called(ref: str, limit: int) -> Select[Any]:
    """Customers one of whose other names contains `ref`."""
    return select(CustomerAlias.customer_id).where(containing(CustomerAlias.name_key, company_key(ref))).limit(limit)


def called_so(ctx: Context, rows: Sequence[Any], ref: str) -> list[Any]:
    """Those of these customers of which `ref` is a whole other name."""
    these = (CustomerAlias.customer_id.in_([row.id for row in rows]), CustomerAlias.name_key == company_key(ref))
    found = set(ctx.db.execute(select(CustomerAlias.customer_id).where(*these)).scalars())
    return [row for row in rows if row.id in found]


def master_of(ctx: Context, ident: int) -> int | None:
    """The customer into which this one was merged; None where it was not."""
    found = ctx.db.execute(select(Customer.merged_into_id).where(Customer.id == ident)).scalar()
    return None if found is None else int(found)


def _said(column: Any, ref: str) -> tuple[Any, str]:
    return column, company_key(ref) if column.key == "name_key" else simplified(ref)


def _first(statement: Select[Any], order: list[Any], limit: int) -> Select[Any]:
    return statement.order_by(*order).limit(limit)

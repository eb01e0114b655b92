"""The only way an owner ever changes; the ledger it keeps gives quotas, cool-downs and 领取次数 (domain.md E.1)."""

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, select

from handlers.context import Context
from models.clock import day_start
from models.company.people import Person
from models.customers.customer import Customer
from models.customers.ownership import Ownership
from models.rows import fetch_one
from models.sales.lead import OPEN, Lead

How = Literal["create", "claim", "assign", "transfer", "convert", "load"]
Out = Literal["return", "reclaim", "transfer", "convert", "void"]


def begin(ctx: Context, row: Any, owner_id: int, *, how: How, pool_id: int | None, at: datetime | None = None) -> None:
    """Opens a period for a row that nobody owns."""
    values = {"noun": row.model.__tablename__, "record_id": row.id, "owner_id": owner_id, "pool_id": pool_id}
    ctx.insert(Ownership, **values, started_at=at or ctx.now, how=how)


def end(ctx: Context, row: Any, *, out: Out, note: str = "") -> None:
    """Closes the open period, if there is one."""
    noun = row.model.__tablename__
    period = fetch_one(
        ctx.db, Ownership, Ownership.noun == noun, Ownership.record_id == row.id, Ownership.ended_at.is_(None)
    )
    if period is not None:
        ctx.save(period, ended_at=ctx.now, reason_out=out, note_out=note or None)


def change(
    ctx: Context,
    row: Any,
    *,
    to: int | None,
    how: How | None = None,
    out: Out | None = None,
    home_id: int | None = None,
    note: str = "",
    **changes: Any,
) -> Any:
    """Moves a customer or lead to an owner, or to a pool with `to=None`. `changes` are further columns of the row;
    `home_id` is the sea or pool against whose limits the new period counts.

    New ownership always starts a full period: the caller gives `clock_at` and `reclaim_at`.
    """
    if row.owner_id is not None:
        end(ctx, row, out=out or "transfer", note=note)
    if to is not None:
        begin(ctx, row, to, how=how or "assign", pool_id=home_id)
        return ctx.save(row, owner_id=to, owned_at=ctx.now, **changes)
    return ctx.save(row, owner_id=None, owned_at=None, **changes)


def lock_person(ctx: Context, person_id: int) -> None:
    """Serialises one person's quotas: customer first, then person (performance.md)."""
    fetch_one(ctx.db, Person, Person.id == person_id, lock=True)


def claimed_today(ctx: Context, noun: str, person_id: int, pool_id: int | None) -> int:
    """Successful claims of the local day, from the ledger: a return does not give quota back."""
    statement = (
        select(func.count())
        .select_from(Ownership)
        .where(Ownership.owner_id == person_id, Ownership.noun == noun, Ownership.how == "claim")
        .where(Ownership.started_at >= day_start(ctx.now, ctx.zone))
        .where(Ownership.started_at < day_start(ctx.now, ctx.zone) + timedelta(days=1))
    )
    if pool_id is not None:
        statement = statement.where(Ownership.pool_id == pool_id)
    return int(ctx.db.execute(statement).scalar_one())


def holding(ctx: Context, noun: str, person_id: int, pool_id: int | None) -> int:
    """How many records this person owns now; won customers and closed leads do not count (domain.md E.1.3.8)."""
    if noun == "customer":
        statement = select(func.count()).select_from(Customer).where(Customer.owner_id == person_id)
        statement = statement.where(Customer.won_at.is_(None))
        if pool_id is not None:
            statement = statement.where(Customer.home_sea_id == pool_id)
    else:
        statement = select(func.count()).select_from(Lead).where(Lead.owner_id == person_id, Lead.status.in_(OPEN))
        if pool_id is not None:
            statement = statement.where(Lead.home_pool_id == pool_id)
    return int(ctx.db.execute(statement).scalar_one())


def left_at(ctx: Context, noun: str, record_id: int, person_id: int) -> datetime | None:
    """When the record last left this person, at any earlier ownership and in whatever way."""
    statement = select(func.max(Ownership.ended_at)).where(
        Ownership.noun == noun, Ownership.record_id == record_id, Ownership.owner_id == person_id
    )
    return ctx.db.execute(statement).scalar_one_or_none()


def owner_changes(ctx: Context, noun: str, record_id: int) -> int:
    """领取次数: the number of owner changes (S0), claims after return included."""
    statement = select(func.count()).select_from(Ownership)
    statement = statement.where(Ownership.noun == noun, Ownership.record_id == record_id)
    return max(0, int(ctx.db.execute(statement).scalar_one()) - 1)

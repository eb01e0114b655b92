"""The only way an owner ever changes; the ledger it keeps gives quotas and cool-downs (domain.md E.1)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ARRAY, BigInteger, bindparam, func, select

from handlers.context import Context
from handlers.customers.standing import left_at
from models.company.people import Person
from models.customers.ownership import Ownership
from models.rows import fetch_all
from models.statement import Statement

How = Literal["create", "claim", "assign", "transfer", "convert", "load", "restore"]
Out = Literal["return", "reclaim", "transfer", "convert", "void", "merge"]


_LOCK = Statement(
    select(Person.id).where(Person.id == bindparam("person", type_=BigInteger)).with_for_update(key_share=True)
)


def begin(ctx: Context, row: Any, owner_id: int, *, how: How, pool_id: int | None, at: datetime | None = None) -> None:
    """Opens a period for a row that nobody owns."""
    values = {"noun": row.model.__tablename__, "record_id": row.id, "owner_id": owner_id, "pool_id": pool_id}
    ctx.insert(Ownership, **values, started_at=at or ctx.now, how=how)


def open_periods(ctx: Context, noun: str, idents: Iterable[int]) -> dict[int, Ownership]:
    """The periods that have not ended, by record."""
    these = bindparam(None, list(idents), ARRAY(BigInteger))
    of_them = (Ownership.noun == noun, Ownership.record_id == func.any(these), Ownership.ended_at.is_(None))
    return {period.record_id: period for period in fetch_all(ctx.db, Ownership, *of_them)}


def end(ctx: Context, row: Any, *, out: Out, note: str = "", period: Ownership | None = None) -> None:
    """Closes the open period, if there is one; it is looked for where the caller does not give it."""
    if period is None:
        period = open_periods(ctx, row.model.__tablename__, [row.id]).get(row.id)
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
    period: Ownership | None = None,
    **changes: Any,
) -> Any:
    """Moves a customer or lead to an owner, or to a pool with `to=None`. `changes` are further columns of the row;
    `home_id` is the sea or pool against whose limits the new period counts.

    New ownership always starts a full period: the caller gives `clock_at` and `reclaim_at`.
    """
    if row.owner_id is not None:
        end(ctx, row, out=out or "transfer", note=note, period=period)
    if to is not None:
        begin(ctx, row, to, how=how or "assign", pool_id=home_id)
        return ctx.save(row, owner_id=to, owned_at=ctx.now, **changes)
    return ctx.save(row, owner_id=None, owned_at=None, **changes)


def lock_person(ctx: Context, person_id: int) -> None:
    """Serialises one person's quotas: customer first, then person (performance.md)."""
    _LOCK.later(ctx.db, {"person": person_id})


def cooling_until(ctx: Context, row: Any, cooldown: timedelta, person: int | None = None) -> datetime | None:
    """Until when the actor (or this person) may not claim the record again; None where he has not had it of late."""
    left = left_at(ctx, row.model.__tablename__, row.id, ctx.me.id if person is None else person)
    until = left + cooldown if left is not None else None
    return until if until is not None and until > ctx.now else None

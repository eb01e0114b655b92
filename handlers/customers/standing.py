"""How somebody stands to a record and to the limits of its pool: read from the ledger, under the person's lock.

One statement, whatever the rules: what no rule asks for is not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, cast

from sqlalchemy import BigInteger, ColumnElement, DateTime, Text, bindparam, exists, func, literal, null, or_, select

from handlers.context import Context
from handlers.customers.claim import Standing
from models.clock import day_start
from models.company.approval import Approval
from models.company.claim_rules import Uncounted
from models.customers.customer import Customer
from models.customers.ownership import Ownership
from models.rows import Column
from models.sales.lead import OPEN, Lead
from models.statement import Statement

Owned = Literal["customer", "lead"]
_PERSON, _POOL = bindparam("person", type_=BigInteger), bindparam("pool", type_=BigInteger)
_NOUN, _RECORD = bindparam("noun", type_=Text), bindparam("record", type_=BigInteger)
_MODELS: dict[str, Any] = {"customer": Customer, "lead": Lead}
_HOMES: dict[str, Column] = {"customer": Customer.home_sea_id, "lead": Lead.home_pool_id}


@dataclass(frozen=True)
class Asked:
    """What the rules in force need to know besides the pool's own numbers."""

    noun: Owned
    excludes: tuple[Uncounted, ...] = ("won",)
    overall: bool = False
    level: bool = False
    gap: bool = False


def standing(
    ctx: Context, asked: Asked, record_id: int, pool_id: int | None, *, level: str | None = None, person: int
) -> Standing:
    """How this person stands to the record and to the limits of its pool (every pool's together with None)."""
    start = day_start(ctx.now, ctx.zone)
    given = {"noun": asked.noun, "record": record_id, "person": person, "pool": pool_id, "level": level}
    day = {"since": start, "until": start + timedelta(days=1), "now": ctx.now}
    return Standing(*cast(tuple[Any, ...], _statement(asked).first(ctx.db, given | day)))


def left_at(ctx: Context, noun: str, record_id: int, person: int) -> datetime | None:
    """When the record last left this person."""
    found: datetime | None = _LEFT.scalar(ctx.db, {"noun": noun, "record": record_id, "person": person})
    return found


@lru_cache(200)
def _statement(asked: Asked) -> Statement:
    """Columns in the order of `Standing`'s fields."""
    held = _held(asked.noun, asked.excludes)
    here = or_(_POOL.is_(None), _HOMES[asked.noun] == _POOL)
    none = literal(0)
    columns = [
        _left(),
        _claimed(_in_pool()),
        _count(*held, here),
        exists(select(1).where(Approval.noun == _NOUN, Approval.record_id == _RECORD, Approval.decided_at.is_(None))),
        _claimed() if asked.overall else none,
        _count(*_held(asked.noun, ("won",))) if asked.overall else none,
        _count(*held, here, Customer.level == bindparam("level", type_=Text)) if asked.level else none,
        _last_claim() if asked.gap else null(),
    ]
    return Statement(select(*columns))


def _own() -> Sequence[ColumnElement[bool]]:
    return Ownership.owner_id == _PERSON, Ownership.noun == _NOUN


def _in_pool() -> ColumnElement[bool]:
    return or_(_POOL.is_(None), Ownership.pool_id == _POOL)


def _left() -> ColumnElement[Any]:
    return select(func.max(Ownership.ended_at)).where(*_own(), Ownership.record_id == _RECORD).scalar_subquery()


def _claimed(*where: ColumnElement[bool]) -> ColumnElement[int]:
    today = (Ownership.started_at >= bindparam("since"), Ownership.started_at < bindparam("until"))
    claims = (*_own(), Ownership.how == "claim", *today, *where)
    return select(func.count()).select_from(Ownership).where(*claims).scalar_subquery()


def _last_claim() -> ColumnElement[Any]:
    claims = (*_own(), Ownership.how == "claim", _in_pool())
    return select(func.max(Ownership.started_at)).where(*claims).scalar_subquery()


def _count(*where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).where(*where).scalar_subquery()


def _held(noun: Owned, excludes: tuple[Uncounted, ...]) -> list[ColumnElement[bool]]:
    """What somebody owns of this kind, without what is not counted (domain.md E.1.3.8); closed leads never are."""
    model = _MODELS[noun]
    found: list[ColumnElement[bool]] = [model.owner_id == _PERSON]
    if noun == "lead":
        found.append(Lead.status.in_(OPEN))
    elif "won" in excludes:
        found.append(Customer.won_at.is_(None))
    if "protected" in excludes and noun == "customer":
        now = bindparam("now", type_=DateTime(timezone=True))
        found.append(or_(Customer.protected_until.is_(None), Customer.protected_until <= now))
    if "assigned" in excludes:
        period = (Ownership.noun == noun, Ownership.record_id == model.id, Ownership.ended_at.is_(None))
        found.append(~exists(select(1).where(*period, Ownership.how == "assign")))
    if "followed" in excludes:
        found.append(or_(model.last_follow_up_at.is_(None), model.last_follow_up_at < model.owned_at))
    return found


_LEFT = Statement(select(_left()))

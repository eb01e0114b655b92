"""What a claim needs from other tables only where a rule of the pool or company asks for it (domain.md E.1.3)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from handlers.company import leaves, rules
from handlers.context import Context
from handlers.customers.claim import Proxy, Window
from handlers.customers.claim_waits import Reclaimed, window
from handlers.customers.standing import Owned
from handlers.presenting import people
from models.company.claim_rules import ClaimRules, Claims
from models.company.people import Department, Person
from models.customers.ownership import Ownership
from models.rows import fetch_all
from models.statement import Statement

TOGETHER = 2  # transfers between two people that make them one (domain.md E.1.3.5)


def company_limits(ctx: Context, noun: Owned, person: Person) -> tuple[int | None, int | None]:
    """The daily and the holding limit over all pools; the rule comes with the first that a command reads."""
    claims, version = rules.in_force(ctx, "claims", Claims)
    if not version:
        return None, None
    departments = _upwards(ctx, person.department_id) if claims.names_departments else []
    return claims.of(noun, person.id, person.role, departments)


def _upwards(ctx: Context, department: int | None) -> list[int]:
    parents = {row.id: row.parent_id for row in fetch_all(ctx.db, Department)}
    line: list[int] = []
    while department is not None and department not in line:
        line.append(department)
        department = parents.get(department)
    return line


def priority_window(ctx: Context, noun: Owned, row: Any, pool_rules: ClaimRules) -> Window | None:
    """The window that the last way out opened, if that was an automatic reclaim and the pool has such a rule."""
    if pool_rules.priority_mode == "none":
        return None
    found = _LAST_OUT.first(ctx.db, {"noun": noun, "record": row.id})
    if found is None or found[0] != "reclaim":
        return None
    _, at, owner_id, owner, department_id, team = found
    creator = people(ctx, [row.creator_id]).get(row.creator_id)
    told = creator["name"] if creator else ""
    last = Reclaimed(at, owner_id, owner, department_id, team, row.creator_id, told)
    return window(pool_rules, last, ctx.me.id, ctx.me.department_id, leaves.working_time(ctx))


_LAST_OUT = Statement(
    select(Ownership.reason_out, Ownership.ended_at, Person.id, Person.name, Person.department_id, Department.name)
    .join(Person, Person.id == Ownership.owner_id)
    .join(Department, Department.id == Person.department_id)
    .where(Ownership.noun == bindparam("noun"), Ownership.record_id == bindparam("record"))
    .order_by(Ownership.id.desc())
    .limit(1)
)


def proxy(ctx: Context, noun: Owned, record_id: int, pool_rules: ClaimRules) -> Proxy | None:
    """The colleague whom the record left last among those with whom the actor exchanged records in the period."""
    if not pool_rules.proxy_ban:
        return None
    since: datetime = ctx.now - (pool_rules.cooldown or timedelta(0))
    given = {"noun": noun, "record": record_id, "me": ctx.me.id, "since": since}
    found = _PROXY.first(ctx.db, given)
    return None if found is None else Proxy(*found)


def _proxy_query() -> Statement:
    before, after = aliased(Ownership), aliased(Ownership)
    me, since = bindparam("me", type_=BigInteger), bindparam("since", type_=DateTime(timezone=True))
    one, other = before.owner_id, after.owner_id
    handed = (
        select(func.count())
        .where(before.noun == after.noun, before.record_id == after.record_id, after.started_at == before.ended_at)
        .where(before.reason_out == "transfer", after.how == "transfer", before.ended_at > since)
        .where(
            or_(
                (one == me) & (other == Ownership.owner_id),
                (one == Ownership.owner_id) & (other == me),
            )
        )
        .correlate(Ownership)
        .scalar_subquery()
    )
    theirs = (Ownership.noun == bindparam("noun"), Ownership.record_id == bindparam("record"), Ownership.owner_id != me)
    statement = (
        select(Person.name, Ownership.ended_at, handed)
        .join(Person, Person.id == Ownership.owner_id)
        .where(*theirs, Ownership.ended_at > since, handed >= TOGETHER)
        .order_by(Ownership.ended_at.desc())
        .limit(1)
    )
    return Statement(statement)


_PROXY = _proxy_query()

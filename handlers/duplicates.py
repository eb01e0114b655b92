"""Is it known already: what may be told of records that one may not see, and how often one may ask (domain.md E.8)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, union

from handlers import permits
from handlers.context import Context
from handlers.customers import known_already
from handlers.matching import Match, customers_like, in_force
from handlers.naming import list_named
from handlers.presenting import names, people
from handlers.sales.lead_view import LEAD
from models.base import Json, Record
from models.customers.customer import Contact, Customer
from models.customers.sea import LeadPool
from models.errors import Limit
from models.locks import hold
from models.normal import normal_phone, normal_uscc, simplified
from models.query_log import QueryLog
from models.rows import fetch_all
from models.sales.lead import OPEN, STATES, Lead

SHOWN = 5


def count_query(ctx: Context) -> None:
    """Takes one of the hour's queries. Raises `Limit` that says when the next one is free."""
    hold(ctx.db, "query", str(ctx.me.id))
    most = in_force(ctx).per_hour
    since = ctx.now - timedelta(hours=1)
    asked = fetch_all(
        ctx.db,
        QueryLog,
        QueryLog.person_id == ctx.me.id,
        QueryLog.at > since,
        order_by=[QueryLog.at.desc()],
        limit=most,
    )
    if len(asked) >= most:
        free = (asked[-1].at + timedelta(hours=1)).astimezone(ctx.zone)
        raise Limit("查重太频繁", f"每小时最多 {most} 次，最近一小时已查 {len(asked)} 次", f"{free:%H:%M} 之后可以再查")


def log_query(ctx: Context, q: str, found: int) -> None:
    """Who asked for what, and how much there was."""
    ctx.db.execute(insert(QueryLog.__table__).values(person_id=ctx.me.id, at=ctx.now, q=q[:200], found=found))


def likely(ctx: Context, q: str) -> list[Json]:
    """Customers and leads that may be the same, each with what may be told of it."""
    customers, leads = _customers(ctx, q), _leads(ctx, q)
    seen = _seen(ctx, Lead, permits.leads(ctx), leads)
    people(ctx, [*(match.row.owner_id for match in customers), *(row.owner_id for row in leads)])  # all names at once
    return [_customer(ctx, match) for match in customers] + [_lead(ctx, r, r.code in seen) for r in leads]


def _seen(ctx: Context, model: Any, gate: ColumnElement[bool], rows: Sequence[Record]) -> set[str]:
    if not rows:
        return set()
    found = set(ctx.db.execute(select(model.id).where(model.id.in_([row.id for row in rows]), gate)).scalars())
    return {str(getattr(row, "code")) for row in rows if row.id in found}  # noqa: B009


def _customers(ctx: Context, q: str) -> list[Match]:
    phone = normal_phone(q)
    if phone is None:
        return [match for match in customers_like(ctx, q, uscc=normal_uscc(q)) if match.known][:SHOWN]
    own = select(func.coalesce(Customer.merged_into_id, Customer.id)).where(Customer.phone == phone)
    holders = Customer.id.in_(union(own, select(Contact.customer_id).where(Contact.phone == phone)))
    known = permits.customers_and_claimed(ctx)
    rows = fetch_all(ctx.db, Customer, holders, known, order_by=[Customer.id], limit=SHOWN)
    seen = _seen(ctx, Customer, permits.customers(ctx), rows)
    return [Match(row, "exact", "name", row.name, known=True, seen=row.code in seen) for row in rows]


def _leads(ctx: Context, q: str) -> list[Lead]:
    known = permits.leads_and_claimed(ctx) & Lead.status.in_(OPEN)
    phone = normal_phone(q)
    if phone is not None:
        return fetch_all(ctx.db, Lead, Lead.phone == phone, known, order_by=[Lead.id], limit=SHOWN)
    said = simplified(q)
    rows: list[Lead] = list_named(ctx, LEAD, said, known, SHOWN * 4)
    return [row for row in rows if row.name == said or said in (row.company or "")][:SHOWN]


def _customer(ctx: Context, match: Match) -> Json:
    shown, row = known_already.item(ctx, match), match.row
    if row.owner_id is None:
        return shown | {"state": "pooled", "owner": None}
    named = match.seen or known_already.shows_owner(ctx, row)
    return shown | {"state": "owned", "owner": people(ctx, [row.owner_id])[row.owner_id] if named else None}


def _lead(ctx: Context, row: Lead, seen: bool) -> Json:
    label = row.name or row.company or "未留姓名"
    told = {"noun": "lead", "name": label, "code": row.code if seen else "", "state": row.status}
    if row.status == "unassigned":
        pool = names(ctx, LeadPool, [row.pool_id])[row.pool_id]
        return told | {"owner": None, "brief": f"{pool or '未分配'}·{'可领取' if pool else '等待分配'}"}
    owner = people(ctx, [row.owner_id])[row.owner_id] if seen else None
    who = f"{owner['name']}负责" if owner else "已有负责人"
    return told | {"owner": owner, "brief": f"{who}·{STATES[row.status]}" if seen else who}

"""Is it known already: what may be told of records that one may not see, and how often one may ask (domain.md E.8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, insert, select, union

from handlers import permits
from handlers.context import Context
from handlers.customers import seas
from handlers.customers.customer_view import CUSTOMER
from handlers.naming import list_named
from handlers.presenting import names, people
from handlers.sales.lead_view import LEAD
from models.base import Json, Record
from models.clock import day_of
from models.customers.customer import Contact, Customer
from models.customers.sea import LeadPool, Sea
from models.errors import Limit
from models.locks import hold
from models.normal import company_core, company_key, normal_phone, simplified
from models.query_log import QueryLog
from models.rows import fetch_all
from models.sales.lead import OPEN, STATES, Lead

PER_HOUR = 60
SHOWN = 5


def count_query(ctx: Context) -> None:
    """Takes one of the hour's queries. Raises `Limit` that says when the next one is free."""
    hold(ctx.db, "query", str(ctx.me.id))
    since = ctx.now - timedelta(hours=1)
    asked = fetch_all(
        ctx.db,
        QueryLog,
        QueryLog.person_id == ctx.me.id,
        QueryLog.at > since,
        order_by=[QueryLog.at.desc()],
        limit=PER_HOUR,
    )
    if len(asked) >= PER_HOUR:
        free = (asked[-1].at + timedelta(hours=1)).astimezone(ctx.zone)
        raise Limit(
            "查重太频繁", f"每小时最多 {PER_HOUR} 次，最近一小时已查 {len(asked)} 次", f"{free:%H:%M} 之后可以再查"
        )


def log_query(ctx: Context, q: str, found: int) -> None:
    """Who asked for what, and how much there was."""
    ctx.db.execute(insert(QueryLog.__table__).values(person_id=ctx.me.id, at=ctx.now, q=q[:200], found=found))


def likely(ctx: Context, q: str) -> list[Json]:
    """Customers and leads that may be the same, each with what may be told of it."""
    customers, leads = _customers(ctx, q), _leads(ctx, q)
    seen = _seen(ctx, Customer, permits.customers(ctx), customers) | _seen(ctx, Lead, permits.leads(ctx), leads)
    people(ctx, [*(row.owner_id for row in customers), *(row.owner_id for row in leads)])  # all names at once
    return [_customer(ctx, row, row.code in seen) for row in customers] + [_lead(ctx, r, r.code in seen) for r in leads]


def _seen(ctx: Context, model: Any, gate: ColumnElement[bool], rows: Sequence[Record]) -> set[str]:
    if not rows:
        return set()
    found = set(ctx.db.execute(select(model.id).where(model.id.in_([row.id for row in rows]), gate)).scalars())
    return {str(getattr(row, "code")) for row in rows if row.id in found}  # noqa: B009


def _customers(ctx: Context, q: str) -> list[Customer]:
    known = permits.customers_and_claimed(ctx)
    phone = normal_phone(q)
    if phone is not None:
        own, at = select(Customer.id).where(Customer.phone == phone), select(Contact.customer_id)
        holders = Customer.id.in_(union(own, at.where(Contact.phone == phone)))
        return fetch_all(ctx.db, Customer, holders, known, order_by=[Customer.id], limit=SHOWN)
    core = company_core(q)
    same = fetch_all(ctx.db, Customer, Customer.name_key == company_key(q), known)
    like = list_named(ctx, CUSTOMER, core, known, SHOWN) if len(core) >= 2 else []
    return list({row.id: row for row in (*same, *like)}.values())[:SHOWN]


def _leads(ctx: Context, q: str) -> list[Lead]:
    known = permits.leads_and_claimed(ctx) & Lead.status.in_(OPEN)
    phone = normal_phone(q)
    if phone is not None:
        return fetch_all(ctx.db, Lead, Lead.phone == phone, known, order_by=[Lead.id], limit=SHOWN)
    said = simplified(q)
    rows: list[Lead] = list_named(ctx, LEAD, said, known, SHOWN * 4)
    return [row for row in rows if row.name == said or said in (row.company or "")][:SHOWN]


def _customer(ctx: Context, row: Customer, seen: bool) -> Json:
    told = {"noun": "customer", "name": row.name, "code": row.code if seen else ""}
    if row.sea_id is not None:
        sea = names(ctx, Sea, [row.sea_id])[row.sea_id]
        claims = ctx.actor is not None and seas.is_member(ctx, row.sea_id, ctx.actor.id)
        return told | {"state": "pooled", "owner": None, "brief": f"{sea}·{'可领取' if claims else '无人负责'}"}
    named = seen or (row.home_sea_id is not None and seas.rules_of(ctx, row.home_sea_id)[0].show_owner)
    owner = people(ctx, [row.owner_id])[row.owner_id] if named else None
    who = f"{owner['name']}负责" if owner else "已有负责人"
    return told | {"state": "owned", "owner": owner, "brief": who + (_ago(ctx, row.last_follow_up_at) if seen else "")}


def _lead(ctx: Context, row: Lead, seen: bool) -> Json:
    label = row.name or row.company or "未留姓名"
    told = {"noun": "lead", "name": label, "code": row.code if seen else "", "state": row.status}
    if row.status == "unassigned":
        pool = names(ctx, LeadPool, [row.pool_id])[row.pool_id]
        return told | {"owner": None, "brief": f"{pool or '未分配'}·{'可领取' if pool else '等待分配'}"}
    owner = people(ctx, [row.owner_id])[row.owner_id] if seen else None
    who = f"{owner['name']}负责" if owner else "已有负责人"
    return told | {"owner": owner, "brief": f"{who}·{STATES[row.status]}" if seen else who}


def _ago(ctx: Context, last: datetime | None) -> str:
    if last is None:
        return "·还没有跟进"
    days = (ctx.today - day_of(last, ctx.zone)).days
    return f"·{days}天前跟进" if days else "·今天跟进过"

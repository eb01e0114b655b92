"""Is it known already: what may be told of records that one may not see, and how often one may ask (domain.md E.8)."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, or_, select, union

from handlers import permits
from handlers.context import Context
from handlers.customers import seas
from handlers.presenting import names, people
from models.base import Json
from models.clock import day_of
from models.customers.customer import Contact, Customer
from models.customers.sea import LeadPool, Sea
from models.errors import Limit
from models.locks import hold
from models.normal import company_core, company_key, normal_phone, simplified
from models.query_log import QueryLog
from models.rows import containing, fetch_all
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
    return [_customer(ctx, row) for row in _customers(ctx, q)] + [_lead(ctx, row) for row in _leads(ctx, q)]


def _customers(ctx: Context, q: str) -> list[Customer]:
    phone = normal_phone(q)
    if phone is not None:
        own, at = select(Customer.id).where(Customer.phone == phone), select(Contact.customer_id)
        same: ColumnElement[bool] = Customer.id.in_(union(own, at.where(Contact.phone == phone)))
    else:
        core = company_core(q)
        same = Customer.name_key == company_key(q)
        if len(core) >= 2:
            same = or_(same, containing(Customer.name_key, core))
    known = (
        or_(permits.customers(ctx), permits.my_sea(ctx, Customer.home_sea_id)) if ctx.actor else permits.customers(ctx)
    )
    exact = (Customer.name_key != company_key(q)).asc()
    return fetch_all(ctx.db, Customer, same, known, order_by=[exact, Customer.id], limit=SHOWN)


def _leads(ctx: Context, q: str) -> list[Lead]:
    phone = normal_phone(q)
    if phone is not None:
        same: ColumnElement[bool] = Lead.phone == phone
    else:
        core, said = company_core(q), simplified(q)
        same = Lead.name == said
        if len(core) >= 2:
            same = or_(same, containing(Lead.company, said))
    known = or_(permits.leads(ctx), permits.my_pool(ctx, Lead.home_pool_id)) if ctx.actor else permits.leads(ctx)
    return fetch_all(ctx.db, Lead, same, known, Lead.status.in_(OPEN), order_by=[Lead.id], limit=SHOWN)


def _customer(ctx: Context, row: Customer) -> Json:
    seen = fetch_all(ctx.db, Customer, Customer.id == row.id, permits.customers(ctx), limit=1)
    told = {"noun": "customer", "name": row.name, "code": row.code if seen else ""}
    if row.sea_id is not None:
        sea = names(ctx, Sea, [row.sea_id])[row.sea_id]
        claims = ctx.actor is not None and seas.is_member(ctx, row.sea_id, ctx.actor.id)
        return told | {"state": "pooled", "owner": None, "brief": f"{sea}·{'可领取' if claims else '无人负责'}"}
    named = bool(seen) or (row.home_sea_id is not None and seas.rules_of(ctx, row.home_sea_id)[0].show_owner)
    owner = people(ctx, [row.owner_id])[row.owner_id] if named else None
    who = f"{owner['name']}负责" if owner else "已有负责人"
    return told | {"state": "owned", "owner": owner, "brief": who + (_ago(ctx, row.last_follow_up_at) if seen else "")}


def _lead(ctx: Context, row: Lead) -> Json:
    seen = fetch_all(ctx.db, Lead, Lead.id == row.id, permits.leads(ctx), limit=1)
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

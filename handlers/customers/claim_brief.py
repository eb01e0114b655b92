"""What somebody should know who has just claimed a customer, in half a minute and one statement (domain.md D11)."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, select, union

from handlers import permits
from handlers.context import Context
from handlers.customers import seas
from handlers.customers.claim import Claim
from handlers.presenting import instant, money
from models.base import Json
from models.company.people import Person
from models.customers.activity import FollowUp
from models.customers.customer import Contact, Customer, TeamMember
from models.customers.ownership import Ownership
from models.money.order import Order
from models.statement import Statement

OUT = {"return": "退回", "reclaim": "自动回收", "transfer": "转出"}
RULES = {"no_follow_up": "超期未跟进", "no_deal": "超期未成交"}
_CUSTOMER = bindparam("customer", type_=BigInteger)


def brief(ctx: Context, customer: Customer) -> Json:
    """Why it lay in the sea, the last three follow-ups, past orders, contacts and who else knows it: only what there
    is. Names of former owners are told where the sea tells owners."""
    row = _BRIEF.first(ctx.db, {"customer": customer.id, "me": ctx.me.id})
    left, follow_ups, orders, contacts, known = cast(tuple[Any, ...], row)
    may_name = permits.everything(ctx) or (
        customer.home_sea_id is not None and seas.rules_of(ctx, customer.home_sea_id)[0].show_owner
    )
    found = {
        "returned_reason": _why(left, may_name=may_name),
        "follow_ups": [_follow_up(ctx, one, may_name=may_name) for one in follow_ups or ()],
        "orders": [{"code": one["code"], "amount": money(one["amount"]), "status": "approved"} for one in orders or ()],
        "contacts": contacts or [],
        "known_to": [{"name": name} for name in known or ()] if may_name else [],
    }
    return {name: value for name, value in found.items() if value}


def used(claim: Claim) -> Json:
    """How much of the day's claims and of what one may hold is used now."""
    rules, has = claim.rules, claim.standing
    return {
        "today": has.claimed_today + 1, "daily_limit": rules.daily_claim_limit,
        "holding": has.holding + 1, "holding_limit": rules.holding_limit,
    }  # fmt: skip


def _why(left: Any, *, may_name: bool) -> str:
    if not left:
        return ""
    how = OUT.get(left["out"] or "", "")
    note = RULES.get(left["note"] or "", left["note"] or "")
    who = left["name"] if may_name else ""
    return f"{who}{how}" + (f"：{note}" if note else "")


def _follow_up(ctx: Context, one: Json, *, may_name: bool) -> Json:
    person = {"name": one["name"]} if may_name else None
    at = instant(ctx, datetime.fromisoformat(one["at"]))
    return {"content": one["content"], "method": one["method"], "at": at, "person": person}


def _last_out() -> Select[Any]:
    told = ("out", Ownership.reason_out, "note", Ownership.note_out, "name", Person.name)
    ended = (Ownership.noun == "customer", Ownership.record_id == _CUSTOMER, Ownership.ended_at.is_not(None))
    periods = select(func.json_build_object(*told)).join(Person, Person.id == Ownership.owner_id).where(*ended)
    return periods.order_by(Ownership.id.desc()).limit(1)


def _last(rows: Any, *told: Any) -> ColumnElement[Any]:
    """A JSON list of these rows."""
    some = rows.subquery()
    pairs = [part for name in told for part in (name, some.c[name])]
    return select(func.json_agg(func.json_build_object(*pairs))).select_from(some).scalar_subquery()


def _knowing() -> ColumnElement[Any]:
    """Members of its team, and who owned it before."""
    owned = select(Ownership.owner_id).where(Ownership.noun == "customer", Ownership.record_id == _CUSTOMER)
    either = union(owned, select(TeamMember.person_id).where(TeamMember.customer_id == _CUSTOMER)).subquery()
    others = Person.id.in_(select(either.c.owner_id)) & (Person.id != bindparam("me", type_=BigInteger))
    some = select(Person.name).where(others, Person.is_active).order_by(Person.id).limit(5).subquery()
    return select(func.json_agg(some.c.name)).scalar_subquery()


def _statement() -> Statement:
    written = (
        select(FollowUp.content, FollowUp.method, FollowUp.at, Person.name)
        .join(Person, Person.id == FollowUp.person_id)
        .where(FollowUp.noun == "customer", FollowUp.record_id == _CUSTOMER)
        .order_by(FollowUp.id.desc())
        .limit(3)
    )
    bought = select(Order.code, Order.amount_fen.label("amount")).where(Order.customer_id == _CUSTOMER)
    bought = bought.where(Order.status == "approved").order_by(Order.id.desc()).limit(3)
    people = select(Contact.name, Contact.title, Contact.phone).where(Contact.customer_id == _CUSTOMER)
    return Statement(
        select(
            _last_out().scalar_subquery(),
            _last(written, "content", "method", "at", "name"),
            _last(bought, "code", "amount"),
            _last(people.order_by(Contact.id).limit(3), "name", "title", "phone"),
            _knowing(),
        )
    )


_BRIEF = _statement()

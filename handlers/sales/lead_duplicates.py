"""Is this phone known already: leads, customers and their contacts, with only so much told as one may see (E.8)."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, func, or_, select, union, union_all

from handlers import permits
from handlers.context import Context
from handlers.customers import seas
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import seen
from handlers.matching import customers_like, door_of, in_force
from handlers.presenting import masked_phone, names, people
from handlers.sales.lead_view import LEAD
from models.company.duplicate_rules import Against
from models.customers.customer import Contact, Customer
from models.customers.sea import LeadPool, Sea
from models.errors import Duplicate, NeedsConfirmation
from models.grams import may_contain
from models.locks import hold
from models.normal import company_core, company_key, simplified
from models.rows import freeze, query
from models.sales.lead import OPEN, STATES, Lead
from models.statement import Statement


@dataclass(frozen=True)
class Match:
    """What has the phone, as far as this person may know it. `code` and `name` are empty where he may not see it;
    `owner` is empty where nobody owns it, then `pool` says where it lies."""

    noun: Literal["lead", "customer"]
    phone: str
    code: str = ""
    name: str = ""
    owner: str = ""
    pool: str = ""
    is_mine: bool = False
    state: str = ""


def refusal(match: Match) -> Duplicate:
    """The answer to a second record with the same phone: whose it is and what to do instead."""
    number, what = masked_phone(match.phone), "线索" if match.noun == "lead" else "客户"
    if not match.code:
        return Duplicate(
            f"号码 {number} 的{what}已存在", "它由其他同事负责，你没有权限查看", "请联系管理员协调，不要重复登记"
        )
    title, facts = f"号码 {number} 已存在：{what} {match.name} {match.code}", {"existing": match.code}
    if match.pool:
        claim = "领取线索" if match.noun == "lead" else "领取"
        return Duplicate(title, f"在{match.pool}里，可以领取", f"回复「{claim} {match.code}」领走它", **facts)
    who = f"由{'你' if match.is_mine else match.owner}负责" + (f"，{match.state}" if match.state else "")
    if match.noun == "customer":
        attach = f"回复「跟进 {match.code} 内容」，或「{match.code} 新增联系人 姓名 电话」关联到这个客户"
        return Duplicate(title, who, attach if match.is_mine else f"请联系{match.owner}，或请他把你加入团队", **facts)
    follow = f"回复「跟进 {match.code} 内容」直接跟进"
    return Duplicate(title, who, follow if match.is_mine else f"请联系{match.owner}，或请上级改派", **facts)


def check_phone(ctx: Context, phone: str, *, but: int | None = None) -> list[str]:
    """What is to be told of records with this phone, which is held until commit; `but` is the lead itself.

    Raises `Duplicate` where an open lead has it, and what the company's rules say of customers, contacts and closed
    leads: `Duplicate`, `NeedsConfirmation`, or nothing.
    """
    hold(ctx.db, "phone", phone)
    lead = _LEAD_WITH_PHONE.first(ctx.db, {"phone": phone, "but": but})
    there = freeze(Lead, lead) if lead is not None else None
    if there is not None and there.status in OPEN:
        raise refusal(_of_lead(ctx, there, phone))
    match = _customer_with(ctx, phone)
    told = [] if match is None else _judge(ctx, match, "customers")
    return told if there is None else [*told, *_judge(ctx, _of_lead(ctx, there, phone), "closed_leads")]


def _judge(ctx: Context, match: Match, against: Against) -> list[str]:
    """Only what one may see is told afterwards; to be asked one need not see it."""
    refused, level = refusal(match), in_force(ctx).level("lead", "phone", "same", against, door_of(ctx))
    if level == "block":
        raise refused
    if level == "inform":
        return [f"{refused.title}，{refused.detail}"] if match.code else []
    confirm = hashlib.sha256(f"{match.phone}|{match.noun}|{match.code}".encode()).hexdigest()[:12]
    if ctx.confirmed != confirm:
        raise NeedsConfirmation(f"{refused.title}，{refused.detail}。仍要登记吗？", confirm)
    return []


def _of_lead(ctx: Context, there: Lead, phone: str) -> Match:
    if seen(ctx, LEAD, there.id) is None:
        return Match("lead", phone)
    return Match(
        "lead",
        phone,
        there.code,
        there.label,
        owner=_person(ctx, there.owner_id),
        pool=names(ctx, LeadPool, [there.pool_id])[there.pool_id] or "",
        is_mine=ctx.actor is not None and there.owner_id == ctx.actor.id,
        state=STATES[there.status],
    )


def _customer_with(ctx: Context, phone: str) -> Match | None:
    there = customer_with(ctx, phone)
    if there is None:
        return None
    if seen(ctx, CUSTOMER, there.id) is None:
        return Match("customer", phone)
    return Match(
        "customer",
        phone,
        there.code,
        there.name,
        owner=_person(ctx, there.owner_id),
        pool=names(ctx, Sea, [there.sea_id])[there.sea_id] or "",
        is_mine=ctx.actor is not None and there.owner_id == ctx.actor.id,
    )


def customer_with(ctx: Context, phone: str) -> Customer | None:
    """The customer whose own or whose contact's phone this is, seen or not; the oldest where several have it."""
    row = _WITH_PHONE.first(ctx.db, {"phone": phone})
    return None if row is None else freeze(Customer, row)


# Two small answers put together: asked for either at once, the server would look at every customer.
_HOLDERS = union(
    select(func.coalesce(Customer.merged_into_id, Customer.id)).where(Customer.phone == bindparam("phone")),
    select(Contact.customer_id).where(Contact.phone == bindparam("phone")),
)
_WITH_PHONE = Statement(query(Customer, Customer.id.in_(_HOLDERS)).order_by(Customer.id).limit(1))
_SAME = (Lead.phone == bindparam("phone", type_=Text), Lead.id.is_distinct_from(bindparam("but", type_=BigInteger)))
_CLOSED = ("converted", "void")
_OPEN_FIRST = union_all(
    select(Lead.id).where(*_SAME, Lead.status.not_in(_CLOSED)),
    select(Lead.id).where(*_SAME, Lead.status.in_(_CLOSED)),
)
_LEAD_WITH_PHONE = Statement(
    query(Lead, Lead.id.in_(_OPEN_FIRST)).order_by(Lead.status.in_(_CLOSED), Lead.id.desc()).limit(1)
)


def similar(ctx: Context, lead: Lead) -> list[str]:
    """What looks alike by company or name, for information only; of a customer owned elsewhere no more than the sea
    of both allows (contract.md Chat)."""
    found = [_customer_line(ctx, row) for row in _similar_customers(ctx, lead)]
    found += [f"线索 {row.label} {row.code}（{_whose(ctx, row)}）" for row in _similar_leads(ctx, lead)]
    return [f"看起来相似：{line}" for line in found[:3]]


def _similar_customers(ctx: Context, lead: Lead) -> list[Customer]:
    if len(company_core(lead.company or "")) < 3:
        return []
    return [match.row for match in customers_like(ctx, lead.company or "") if match.known]


def _similar_leads(ctx: Context, lead: Lead) -> list[Lead]:
    company = simplified(lead.company) if lead.company and len(company_key(lead.company)) >= 3 else None
    name = lead.name if lead.name and len(lead.name) >= 2 else None
    if company is None and name is None:
        return []
    given = {"company": company, "name": name, "itself": lead.id, **permits.asking(ctx)}
    return [freeze(Lead, row) for row in _leads_like(permits.leads(permits.anyone(ctx))).rows(ctx.db, given)]


_NAMED = ((Lead.company, bindparam("company", type_=Text)), (Lead.name, bindparam("name", type_=Text)))


@lru_cache(100)
def _leads_like(gate: ColumnElement[bool]) -> Statement:
    like = or_(*[may_contain(column, said) & (column == said) for column, said in _NAMED])
    return Statement(query(Lead, like, Lead.id != bindparam("itself"), gate).order_by(Lead.id).limit(3))


def _customer_line(ctx: Context, row: Customer) -> str:
    if row.owner_id is None:
        return f"客户 {row.name}（在{names(ctx, Sea, [row.sea_id])[row.sea_id]}，可以领取）"
    named = row.home_sea_id is None or seas.rules_of(ctx, row.home_sea_id)[0].show_owner
    return f"客户 {row.name}（{_person(ctx, row.owner_id) + '负责' if named else '已有负责人'}）"


def _whose(ctx: Context, row: Lead) -> str:
    who = _person(ctx, row.owner_id)
    return "，".join(part for part in (f"{who}负责" if who else "", STATES[row.status]) if part)


def _person(ctx: Context, ident: int | None) -> str:
    found = people(ctx, [ident])[ident]
    return str(found["name"]) if found else ""

"""A lead becomes a customer and a contact: matched first, made only where there is none (domain.md E.8 Conversion)."""

from typing import TYPE_CHECKING, Any

from handlers.context import Context, Notice, subject_of, unique
from handlers.customers import ownership, seas
from handlers.customers.contacts import present as present_contacts
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import find
from handlers.matching import customers_like
from handlers.presenting import names, people
from handlers.reply import Button, Reply
from handlers.sales import lead_duplicates, opportunities, qualifying
from handlers.sales.lead_view import find_lead, present
from models.base import Json
from models.company.people import Person
from models.customers.activity import Todo
from models.customers.customer import Contact, Customer, named
from models.customers.sea import Sea
from models.errors import Conflict, Invalid, MissingArgument
from models.locks import hold
from models.normal import company_key
from models.rows import fetch_all, fetch_one
from models.sales.lead import Lead
from models.sales.opportunity import Opportunity

if TYPE_CHECKING:
    from handlers.sales.lead_args import ConvertLead


def convert(ctx: Context, args: "ConvertLead") -> Reply:
    """Attaches to the customer that is named or matches, else makes one for the lead's owner; follow-ups stay with
    the lead and are shown with both, open todos move along."""
    lead = find_lead(ctx, args.ref, lock=True, write=True)
    lead.converted(0)  # refuses before anything is looked up
    home = seas.named(ctx, args.sea).id if args.sea else None
    found = _named(ctx, args.customer) if args.customer else _match(ctx, lead)
    attached = found is not None
    customer = _make_customer(ctx, lead, home) if found is None else _attach(ctx, lead, found)
    contact = _contact(ctx, lead, customer)
    opportunity = opportunities.make(ctx, customer, f"{lead.company or lead.label}的商机") if args.opportunity else None
    ctx.record("customer.updated" if attached else "customer.created", customer, facts={"lead": lead.code})
    lead = _close(ctx, lead, customer)
    ctx.refresh_cards("customer", customer.id)
    _tell(ctx, lead, customer)
    return _answer(ctx, lead, customer, contact, attached=attached, opportunity=opportunity)


def _named(ctx: Context, ref: str) -> Customer | None:
    customer: Customer = find(ctx, CUSTOMER, ref, field="customer", lock=True, write=True)
    return customer


def _attach(ctx: Context, lead: Lead, customer: Customer) -> Customer:
    """The lead's past counts for the customer's last contact, not for its reclaim clock."""
    past = [at for at in (lead.last_follow_up_at, customer.last_follow_up_at) if at is not None]
    return ctx.save(customer, last_follow_up_at=max(past)) if past else customer


def _match(ctx: Context, lead: Lead) -> Customer | None:
    """The customer with the same full company name, now or formerly, or with the lead's phone; locked.
    Raises where it is not one's to write, saying no more than one may know."""
    key = company_key(lead.company or "")
    if key:
        hold(ctx.db, "customer", key)
    alike = customers_like(ctx, lead.company or "") if key else []
    found = next((match.row for match in alike if match.how == "exact"), None)
    if found is None and lead.phone is not None:
        hold(ctx.db, "phone", lead.phone)
        found = lead_duplicates.customer_with(ctx, lead.phone)
    if found is None:
        return None
    locked = fetch_one(ctx.db, Customer, id=found.id, lock=True)
    if locked is None or fetch_one(ctx.db, Customer, Customer.id == found.id, CUSTOMER.gate(ctx, write=True)) is None:
        raise _foreign(ctx, found, lead)
    return locked


def _foreign(ctx: Context, found: Customer, lead: Lead) -> Conflict:
    if fetch_one(ctx.db, Customer, Customer.id == found.id, CUSTOMER.gate(ctx)) is None:
        hidden = "由其他同事负责，你没有权限查看"
        return Conflict(f"{lead.company or lead.label} 已是公司的客户", hidden, "请上级把这条线索改派给对方")
    if found.sea_id is not None:
        sea = names(ctx, Sea, [found.sea_id])[found.sea_id]
        return Conflict(f"客户 {found.name} 已存在", f"在{sea}里，可以领取", f"先「领取 {found.code}」，再转换线索")
    owner = people(ctx, [found.owner_id])[found.owner_id]["name"]
    ask = f"请{owner}把你加入团队（读写）后再转换，或说「分配线索 {lead.code} 给 {owner}」"
    return Conflict(f"客户 {found.name} 已存在", f"由{owner}负责", ask)


def _make_customer(ctx: Context, lead: Lead, home_id: int | None) -> Customer:
    name, kind = (lead.company, "company") if lead.company else (lead.name, "individual")
    if name is None:
        raise MissingArgument("customer", f"线索 {lead.code} 还没有姓名和公司，要并入哪个客户？")
    owner = fetch_one(ctx.db, Person, id=lead.owner_id)
    if owner is None:
        raise Conflict(f"线索 {lead.label} 没有负责人", next_step="请先领取或分配")
    facts = {"region": lead.region, "industry": lead.industry, "source": lead.source}
    sea = None if home_id is not None else seas.home_of(ctx, owner, **facts)
    home = home_id if home_id is not None else sea.id if sea else None
    if home is None:
        raise Invalid("sea", "不知道这个客户属于哪个公海", next_step="请说明公海")
    customer = ctx.insert(Customer, **_fields(ctx, lead, name, kind), **_owned(ctx, lead, owner), home_sea_id=home)
    ownership.begin(ctx, customer, owner.id, how="convert", pool_id=home)
    return ctx.save(customer, **seas.clock_changes(ctx, customer))


def _fields(ctx: Context, lead: Lead, name: str, kind: str) -> Json:
    """Persons may share a name, so the second one's carries the end of his number or the lead's code."""
    if kind == "individual":
        hold(ctx.db, "customer", company_key(name))
        if fetch_one(ctx.db, Customer, name_key=company_key(name)) is not None:
            name = f"{name}（{f'尾号{lead.phone[-4:]}' if lead.phone else lead.code}）"
    kept = ("region", "industry", "note", "last_follow_up_at", "next_follow_up_at")
    own = {column: getattr(lead, column) for column in kept}
    phone = None if lead.name else lead.phone  # a named person's number stands with the contact
    return own | {**named(name), "kind": kind, "phone": phone, "tags": []}


def _owned(ctx: Context, lead: Lead, owner: Person) -> Json:
    creator = ctx.actor.id if ctx.actor else lead.creator_id
    return {"owner_id": owner.id, "owned_at": ctx.now, "clock_at": ctx.now, "creator_id": creator}


def _contact(ctx: Context, lead: Lead, customer: Customer) -> Contact | None:
    """The lead's person at the customer: the one with his number, else a new one."""
    own = {name: getattr(lead, name) for name in ("phone", "title", "email", "wechat")}
    if lead.phone is not None:
        same = (Contact.customer_id == customer.id, Contact.phone == lead.phone)
        there = fetch_one(ctx.db, Contact, *same)
        if there is not None:
            return ctx.save(there, **{k: v for k, v in own.items() if v is not None and getattr(there, k) is None})
    if lead.name is None and (customer.phone == lead.phone or not any(own.values())):
        return None
    creator = ctx.actor.id if ctx.actor else lead.creator_id
    return ctx.insert(Contact, customer_id=customer.id, creator_id=creator, name=lead.name or "未留姓名", **own)


def _close(ctx: Context, lead: Lead, customer: Customer) -> Lead:
    ownership.end(ctx, lead, out="convert")
    for todo in fetch_all(ctx.db, Todo, Todo.noun == "lead", Todo.record_id == lead.id, Todo.status == "open"):
        ctx.save(todo, noun="customer", record_id=customer.id)
    lead = ctx.save(lead, **lead.converted(customer.id))
    ctx.record("lead.converted", lead, customer_id=customer.id, facts={"customer": customer.code})
    ctx.refresh_cards("lead", lead.id)
    return lead


def _tell(ctx: Context, lead: Lead, customer: Customer) -> None:
    """Whoever owns the lead or the customer hears of it."""
    facts = {
        "noun": "lead",
        "subject": {"code": lead.code, "name": lead.label},
        "how": "convert",
        "by": {"name": ctx.actor.name if ctx.actor else "系统"},
        "to": {"code": customer.code, "name": customer.name},
    }
    to = unique([lead.owner_id, customer.owner_id])
    ctx.tell(Notice("lead.converted", "customers/owner_changed", facts, lead.code, to, robots=False))


def _answer(
    ctx: Context,
    lead: Lead,
    customer: Customer,
    contact: Contact | None,
    *,
    attached: bool,
    opportunity: Opportunity | None,
) -> Reply:
    became, known = {"code": customer.code, "name": customer.name}, qualifying.answers(ctx, lead)
    views = present_contacts(ctx, [contact]) if contact is not None else [None]
    made = {"code": opportunity.code, "name": opportunity.name} if opportunity is not None else None
    notes = [f"{one.label}：{known[one.key]}" for one in qualifying.criteria(ctx) if one.key in known]
    lead_facts = present(ctx, [lead])[0]
    facts: dict[str, Any] = {"lead": lead_facts, "customer": became, "contact": views[0]}
    facts |= {"attached": attached, "opportunity": made}
    buttons = (Button("写跟进", "follow_up.add", {"ref": customer.code}, "primary"), Button("撤销", "undo"))
    result = facts | {"notes": notes, "qualification": known}
    return Reply("sales/converted", {**facts, "notes": notes}, buttons=buttons, subject=subject_of(lead), result=result)

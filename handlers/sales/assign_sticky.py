"""Whose lead it is already: the same phone or company has an owner (domain.md E.2.1)."""

from dataclasses import dataclass

from sqlalchemy import Text, bindparam, select

from handlers.context import Context
from models.company.people import Person
from models.customers.customer import Contact, Customer
from models.grams import may_contain
from models.normal import company_key
from models.rows import fetch_all, fetch_one
from models.sales.lead import OPEN, Lead


@dataclass(frozen=True)
class Match:
    """The owner, and what of his it matches."""

    owner_id: int
    why: str


def find_owner(ctx: Context, lead: Lead) -> Match | None:
    """Whoever is active and owns the customer with this phone, with a contact of it or with this company's name; then
    whoever owns an open lead of the same company."""
    customer = _customer(ctx, lead)
    if customer is not None and customer[0].owner_id is not None:
        return Match(customer[0].owner_id, f"{customer[1]}和客户 {customer[0].name} {customer[0].code} 相同")
    other = _lead(ctx, lead)
    if other is not None and other.owner_id is not None:
        return Match(other.owner_id, f"和他的线索 {other.label} {other.code} 是同一家")
    return None


def _customer(ctx: Context, lead: Lead) -> tuple[Customer, str] | None:
    active = Customer.owner_id.in_(select(Person.id).where(Person.is_active))
    if lead.phone is not None:
        holders = select(Customer.id).where(Customer.phone == lead.phone)
        of_contacts = select(Contact.customer_id).where(Contact.phone == lead.phone)
        found = fetch_one(ctx.db, Customer, Customer.id.in_(holders.union(of_contacts)), active)
        if found is not None:
            return found, "电话"
    key = company_key(lead.company or "")
    named = fetch_one(ctx.db, Customer, Customer.name_key == key, active) if key else None
    return (named, "公司") if named is not None else None


def _lead(ctx: Context, lead: Lead) -> Lead | None:
    others = (Lead.id != lead.id, Lead.status.in_(OPEN), Lead.owner_id.in_(select(Person.id).where(Person.is_active)))
    if lead.company and len(company_key(lead.company)) >= 4:
        said = bindparam(None, lead.company, Text, literal_execute=True)
        same = may_contain(Lead.company, said) & (Lead.company == lead.company)
        found = fetch_all(ctx.db, Lead, same, *others, order_by=[Lead.id], limit=1)
        if found:
            return found[0]
    return None

"""What follow-ups and todos are about: a customer, a lead or an opportunity, named in one way."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement

from handlers import permits
from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import find, named
from handlers.nouns import Noun
from handlers.sales.lead_view import LEAD, find_lead
from handlers.sales.opportunity_finding import hold
from handlers.sales.opportunity_view import OPPORTUNITY
from models.base import Json
from models.codes import noun_of, plain_code
from models.customers.customer import Customer
from models.errors import Ambiguous, NotFound
from models.normal import company_key, normal_phone
from models.rows import fetch_all, fetch_one
from models.sales.lead import OPEN, Lead
from models.sales.opportunity import Opportunity

NOUNS: dict[str, Noun] = {"customer": CUSTOMER, "lead": LEAD, "opportunity": OPPORTUNITY}


def find_subject(ctx: Context, ref: str, *, lock: bool = False, write: bool = False) -> Any:
    """The customer, lead or opportunity that `ref` names. By name only leads that are still worked on count; what one
    may write goes before what one may only see, a full name before a part of one, and an opportunity is meant where
    nothing else has that name; it is locked together with its customer. Raises as `find` does."""
    noun = NOUNS.get(noun_of(ref) or "")
    if noun is OPPORTUNITY and lock:
        return hold(ctx, ref, write=write)[0]
    if noun is not None:
        return find(ctx, noun, ref, lock=lock, write=write)
    if normal_phone(ref) is not None:
        return find_lead(ctx, ref, lock=lock, write=write)
    rows = _candidates(ctx, ref)
    if not rows:
        raise NotFound(f"没找到客户或线索「{ref}」", next_step=f"请检查编号或名称，也可以说「搜索 {ref}」")
    if len(rows) > 1:
        raise Ambiguous("ref", ref, [(row.code, _told_apart(row)) for row in rows])
    return find_subject(ctx, rows[0].code, lock=lock, write=write)


def _candidates(ctx: Context, ref: str) -> list[Any]:
    for write in (True, False):
        customers = named(ctx, CUSTOMER, ref, partial(CUSTOMER.gate, write=write))
        found = [*customers, *named(ctx, LEAD, ref, partial(_open_leads, write=write))]
        exact = [row for row in found if _is_exact(row, ref)]
        if found:
            return exact or found
    return list(named(ctx, OPPORTUNITY, ref, _open_opportunities))


@permits.once
def _open_leads(ctx: Context, *, write: bool) -> ColumnElement[bool]:
    return LEAD.gate(ctx, write=write) & Lead.status.in_(OPEN)


@permits.once
def _open_opportunities(ctx: Context) -> ColumnElement[bool]:
    return OPPORTUNITY.gate(ctx) & (Opportunity.status == "open")


def _is_exact(row: Any, ref: str) -> bool:
    if row.model is Customer:
        return bool(row.name_key == company_key(ref))
    return ref in (row.name, row.company)


def _told_apart(row: Any) -> str:
    """A lead beside its own company says what it is."""
    if row.model is not Lead:
        return label(row)
    return f"{row.label}（线索{f'，{row.company}' if row.company and row.company != row.label else ''}）"


def owned_by(ctx: Context, subject: Any) -> Any:
    """The record whose owner and clocks a subject goes with: of an opportunity its customer, locked already."""
    if subject.model is not Opportunity:
        return subject
    return fetch_one(ctx.db, Customer, id=subject.customer_id)


def label(row: Any) -> str:
    """How the row is called on a card."""
    return str(row.label if row.model is Lead else row.name)


def abouts(ctx: Context, keys: Sequence[tuple[str | None, int | None]]) -> dict[tuple[str | None, int | None], Json]:
    """`{"noun", "code", "name"}` by (noun, record id)."""
    found: dict[tuple[str | None, int | None], Json] = {}
    for noun in NOUNS.values():
        wanted = {ident for name, ident in keys if name == noun.name and ident is not None}
        model: Any = noun.model
        for row in fetch_all(ctx.db, model, model.id.in_(wanted)) if wanted else ():
            code = plain_code(noun.name, row.id)
            found[noun.name, row.id] = {"noun": noun.name, "code": code, "name": label(row)}
    return found

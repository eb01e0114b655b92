"""Follow-ups as people and programs see them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true

from handlers import permits
from handlers.context import Context
from handlers.customers.subjects import abouts
from handlers.nouns import Filter, Noun
from handlers.presenting import by_name_of, by_person, common, decimal, instant, people
from models.base import Json
from models.codes import noun_of
from models.customers.activity import FollowUp
from models.customers.customer import Customer
from models.sales.lead import Lead
from models.sales.opportunity import Opportunity


def of_customer(ident: int) -> ColumnElement[bool]:
    """Those written for the customer, for its opportunities, and for the leads that became it."""
    became = select(Lead.id).where(Lead.customer_id == ident)
    return or_(of_own(ident), and_(FollowUp.noun == "lead", FollowUp.record_id.in_(became)))


def of_own(ident: int) -> ColumnElement[bool]:
    """Those that count for the customer's clock: written for it and for its opportunities."""
    chances = select(Opportunity.id).where(Opportunity.customer_id == ident)
    own = and_(FollowUp.noun == "customer", FollowUp.record_id == ident)
    return or_(own, and_(FollowUp.noun == "opportunity", FollowUp.record_id.in_(chances)))


def of_record(noun: str, ident: int) -> ColumnElement[bool]:
    """Those written for a lead or an opportunity."""
    return and_(FollowUp.noun == noun, FollowUp.record_id == ident)


def seen_of(ctx: Context, subject: Any) -> ColumnElement[bool]:
    """Of a subject that this person may see: with an owned customer also what was written while it was a lead."""
    if subject.model is not Customer:
        return of_record(subject.model.__tablename__, subject.id) & permits.follow_ups(ctx)
    inherited = (FollowUp.noun == "lead") if subject.owner_id is not None else permits.follow_ups(ctx)
    return of_customer(subject.id) & or_(permits.follow_ups(ctx), inherited)


def present(ctx: Context, rows: Sequence[FollowUp]) -> list[Json]:
    """Follow-ups as the API shows them; `about` is the customer, lead or opportunity, an ineffective one says why."""
    if not rows:
        return []
    writers = people(ctx, [row.person_id for row in rows])
    subjects = abouts(ctx, [(row.noun, row.record_id) for row in rows])
    return [
        {
            "code": row.code,
            "about": subjects.get((row.noun, row.record_id)),
            "person": writers[row.person_id],
            "content": row.content,
            "method": row.method,
            "result": row.result,
            "at": instant(ctx, row.at),
            "next_at": instant(ctx, row.next_at),
            "is_effective": row.is_effective,
            "why_not": row.why_not,
            "place": row.place,
            "latitude": decimal(row.latitude),
            "longitude": decimal(row.longitude),
            **common(ctx, row),
        }
        for row in rows
    ]


def _by_ref(_ctx: Context, said: str) -> ColumnElement[bool]:
    if noun_of(said) == "customer":
        return of_customer(int(said[1:]))
    noun = noun_of(said)
    return of_record(noun, int(said[1:])) if noun in ("lead", "opportunity") else FollowUp.id.is_(None)


def _about(noun: str, model: Any) -> Filter:
    named = by_name_of(FollowUp.record_id, model)
    return lambda ctx, said: (FollowUp.noun == noun) & named(ctx, said)


SCENES: dict[str, Any] = {
    "all": lambda _ctx: true(),
    "mine": lambda ctx: FollowUp.person_id == ctx.me.id,
    "subordinates": lambda ctx: permits.under(ctx, FollowUp.person_id) & (FollowUp.person_id != ctx.me.id),
}
FOLLOW_UP = Noun(
    name="follow_up", plural="follow_ups", title="跟进", model=FollowUp, gate=permits.follow_ups, present=present,
    columns=("method", "result", "content", "at", "next_at", "is_effective"), scenes=SCENES,
    filters={
        "person": by_person(FollowUp.person_id), "ref": _by_ref, "about": _by_ref,
        "customer": _about("customer", Customer), "lead": _about("lead", Lead),
        "opportunity": _about("opportunity", Opportunity),
    },
)  # fmt: skip

"""Offers that wait for an answer: whose they are, and the two buttons (domain.md E.2.5)."""

from sqlalchemy import ColumnElement, exists, select

from handlers import permits
from handlers.context import Context
from handlers.reply import Button
from models.rows import fetch_all, fetch_one
from models.sales.assignment import Assignment
from models.sales.lead import Lead


@permits.once
def asked(ctx: Context) -> ColumnElement[bool]:
    """Leads that the actor was ever asked to take."""
    return exists(select(1).where(Assignment.lead_id == Lead.id, Assignment.person_id == ctx.me.id))


def offer_of(ctx: Context, lead: Lead, *, lock: bool = False) -> Assignment | None:
    """The offer of this lead that waits for the actor."""
    return fetch_one(ctx.db, Assignment, lead_id=lead.id, person_id=ctx.me.id, status="offered", lock=lock)


def newest_offer(ctx: Context) -> Assignment | None:
    """The offer that the actor heard of last."""
    mine = (Assignment.person_id == ctx.me.id, Assignment.status == "offered")
    found = fetch_all(ctx.db, Assignment, *mine, order_by=[Assignment.id.desc()], limit=1)
    return found[0] if found else None


def answers(lead: Lead) -> tuple[Button, ...]:
    """The two answers to an offer."""
    ref = {"ref": lead.code}
    return Button("接受", "lead.accept", ref, "primary"), Button("拒绝", "lead.decline", ref, "danger")

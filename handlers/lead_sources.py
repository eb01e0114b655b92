"""Lead conversion by source: converted ÷ created in the cohort, within 30, 60, 90 days and ever (domain.md E.11).

Void leads are left out, invalid ones count. A lead's conversion is the history entry that says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from handlers import permits
from handlers.context import Context
from handlers.periods import Span
from models.base import Json
from models.company.people import Person
from models.history import History
from models.sales.lead import Lead

WITHIN = (30, 60, 90)
UNKNOWN = "未注明"


@dataclass(frozen=True)
class Counted:
    """One lead of the cohort."""

    code: str
    source: str
    created_at: datetime
    converted_at: datetime | None


def cohort(ctx: Context, people: Sequence[Person] | None, span: Span) -> list[Counted]:
    """The leads made in the span that one may see: those of `people` (owned or made by them), or all."""
    converted = (
        select(func.max(History.at))
        .where(
            History.noun == "lead",
            History.record_id == Lead.id,
            History.event == "lead.converted",
            History.undone_at.is_(None),
        )
        .scalar_subquery()
    )
    where: list[ColumnElement[bool]] = [permits.leads(ctx), span.holds(Lead.created_at), Lead.status != "void"]
    if people is not None:
        idents = [person.id for person in people]
        where.append(func.coalesce(Lead.owner_id, Lead.creator_id).in_(idents))
    columns = (Lead.id, Lead.source, Lead.created_at, Lead.status, converted)
    rows = ctx.db.execute(select(*columns).where(*where).order_by(Lead.id)).all()
    return [
        Counted(f"L{ident:06d}", source or UNKNOWN, made, at if status == "converted" else None)
        for ident, source, made, status, at in rows
    ]


def by_source(leads: Sequence[Counted]) -> list[Json]:
    """A row each, the largest first; its `leads` are the codes that it counts."""
    grouped: dict[str, list[Counted]] = {}
    for lead in leads:
        grouped.setdefault(lead.source, []).append(lead)
    rows = [{"source": source, **_figures(found)} for source, found in grouped.items()]
    return sorted(rows, key=lambda row: (-row["created"], row["source"]))


def total(leads: Sequence[Counted]) -> Json:
    """The same numbers of all of them."""
    return _figures(leads)


def _figures(leads: Sequence[Counted]) -> Json:
    created = len(leads)
    converted = [lead for lead in leads if lead.converted_at is not None]
    within = {f"converted_{days}": sum(_in(lead, days) for lead in converted) for days in WITHIN}
    rate = round(len(converted) / created, 4) if created else None
    codes = {"leads": [lead.code for lead in leads], "converted_leads": [lead.code for lead in converted]}
    return {"created": created, "converted": len(converted), "rate": rate, **within, **codes}


def _in(lead: Counted, days: int) -> bool:
    return lead.converted_at is not None and lead.converted_at - lead.created_at <= timedelta(days=days)

"""The funnel: of the opportunities that entered a stage in a period, how many came further (domain.md E.11)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from handlers.context import Context
from handlers.periods import Span
from handlers.presenting import money, names
from handlers.sales.opportunity_view import OPPORTUNITY, held_by, process_of
from models.base import Json
from models.customers.customer import Customer
from models.rows import fetch_all
from models.sales.opportunity import Opportunity, OpportunityMove
from models.sales.process import SalesProcess


@dataclass(frozen=True)
class Step:
    """An opportunity came into a stage: its place in the process, behind the last one when it was won."""

    place: int
    at: datetime


def first_times(steps: Iterable[Step], count: int) -> list[datetime | None]:
    """When it first was in each of `count` stages or further: what was skipped counts as passed."""
    found: list[datetime | None] = [None] * count
    for step in sorted(steps, key=lambda one: one.at):
        for place in range(min(step.place, count - 1) + 1):
            found[place] = found[place] or step.at
    return found


@dataclass(frozen=True)
class Cohort:
    """Those that entered a stage in the period, and which of them came into the next one, whenever that was."""

    entered: list[int]
    further: list[int]

    @property
    def rate(self) -> Decimal | None:
        return Decimal(len(self.further)) / len(self.entered) if self.entered else None


def cohorts(times: dict[int, list[datetime | None]], count: int, within: Callable[[datetime], bool]) -> list[Cohort]:
    """One for each stage; the last of the `count` places is the winning, of which none is made."""
    found = []
    for place in range(count - 1):
        entered = [ident for ident, at in times.items() if (moment := at[place]) is not None and within(moment)]
        found.append(Cohort(entered, [ident for ident in entered if times[ident][place + 1] is not None]))
    return found


def funnel(ctx: Context, idents: Sequence[int], span: Span) -> Json:
    """Stages with their cohorts, each with the opportunities that it counts, and what stands in each stage now."""
    process = process_of(ctx)
    rows = _touched(ctx, idents, span)
    times = _times(ctx, process, rows)
    by_id = {row.id: row for row in rows}
    customers = names(ctx, Customer, [row.customer_id for row in rows])
    stages = []
    for stage, cohort in zip(process.stages, _cohorts(times, process, span), strict=True):
        entered = [by_id[ident] for ident in sorted(cohort.entered)]
        stages.append(
            {
                "stage": stage.name,
                "entered": len(entered),
                "amount": money(sum(row.amount_fen or 0 for row in entered)),
                "further": len(cohort.further),
                "rate": None if cohort.rate is None else str(round(cohort.rate, 4)),
                "items": [_item(row, customers, row.id in cohort.further) for row in entered],
            }
        )
    return {"stages": stages, "now": _standing(ctx, idents, process)}


def _cohorts(times: dict[int, list[datetime | None]], process: SalesProcess, span: Span) -> list[Cohort]:
    return cohorts(times, len(process.stages) + 1, lambda at: span.start <= at < span.end)


def _touched(ctx: Context, idents: Sequence[int], span: Span) -> list[Opportunity]:
    """Theirs that moved in the period; those that never were opportunities are left out."""
    moved = select(OpportunityMove.opportunity_id).where(span.holds(OpportunityMove.at))
    where = (held_by(ctx, idents), Opportunity.status != "invalid", Opportunity.id.in_(moved))
    return fetch_all(ctx.db, Opportunity, *where, OPPORTUNITY.gate(ctx), order_by=[Opportunity.id])


def _times(ctx: Context, process: SalesProcess, rows: Sequence[Opportunity]) -> dict[int, list[datetime | None]]:
    steps: dict[int, list[Step]] = {row.id: [] for row in rows}
    for move in fetch_all(ctx.db, OpportunityMove, OpportunityMove.opportunity_id.in_(list(steps))):
        steps[move.opportunity_id].append(Step(process.place(move.to_stage, move.probability), move.at))
    for row in rows:
        if row.status == "won" and row.closed_at is not None:
            steps[row.id].append(Step(len(process.stages), row.closed_at))
    return {ident: first_times(those, len(process.stages) + 1) for ident, those in steps.items()}


def _item(row: Opportunity, customers: dict[int | None, str | None], further: bool) -> Json:
    return {
        "code": row.code,
        "name": row.name,
        "customer": customers[row.customer_id],
        "amount": money(row.amount_fen),
        "stage": row.stage,
        "status": row.status,
        "further": further,
    }


def _standing(ctx: Context, idents: Sequence[int], process: SalesProcess) -> list[Json]:
    """The other chart: what is open now, by the stage that it stands in."""
    sums = (func.count(), func.coalesce(func.sum(Opportunity.amount_fen), 0))
    still_open = (held_by(ctx, idents), Opportunity.status == "open", OPPORTUNITY.gate(ctx))
    found = ctx.db.execute(select(Opportunity.stage, *sums).where(*still_open).group_by(Opportunity.stage)).all()
    order = {stage.name: number for number, stage in enumerate(process.stages)}
    rows = sorted(found, key=lambda row: (order.get(row[0], len(order)), row[0]))
    return [{"stage": stage, "count": count, "amount": money(int(amount or 0))} for stage, count, amount in rows]

"""The forecast: what is open, by the month in which it is expected (domain.md E.4, E.11)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from handlers.context import Context
from handlers.periods import Span
from handlers.presenting import money, names
from handlers.sales.opportunity_view import OPPORTUNITY, held_by
from models.amounts import times
from models.base import Json
from models.clock import day_of
from models.customers.customer import Customer
from models.rows import fetch_all
from models.sales.opportunity import Opportunity

COMMIT = 70  # percent: from here on a rep commits himself


@dataclass(frozen=True)
class Month:
    """Sums in fen: `best` all of it, `weighted` each at its probability, `commit` what is probable enough. `month` is
    its first day, None where nobody has said when."""

    month: date | None
    count: int = 0
    commit: int = 0
    best: int = 0
    weighted: int = 0

    def with_one(self, amount: int, probability: int) -> "Month":
        committed = amount if probability >= COMMIT else 0
        return replace(
            self,
            count=self.count + 1,
            commit=self.commit + committed,
            best=self.best + amount,
            weighted=self.weighted + weighted(amount, probability),
        )


def weighted(amount: int, probability: int) -> int:
    """An amount at its probability in percent, half up to a fen."""
    return times(amount, Decimal(probability) / 100)


def by_month(rows: Iterable[tuple[date | None, int, int]]) -> list[Month]:
    """Of (expected day, amount, probability); those without a day come last."""
    found: dict[date | None, Month] = {}
    for day, amount, probability in rows:
        month = day.replace(day=1) if day is not None else None
        found[month] = found.get(month, Month(month)).with_one(amount, probability)
    return [found[month] for month in sorted(found, key=lambda one: (one is None, one or date.min))]


def forecast(ctx: Context, idents: Sequence[int], span: Span | None) -> Json:
    """Months with their opportunities, and the sums of all; with a span only what is expected in it."""
    where = [held_by(ctx, idents), Opportunity.status == "open", OPPORTUNITY.gate(ctx)]
    if span is not None:
        first, end = day_of(span.start, ctx.zone), day_of(span.end, ctx.zone)
        where += [Opportunity.expected_close >= first, Opportunity.expected_close < end]
    rows = fetch_all(ctx.db, Opportunity, *where, order_by=[Opportunity.expected_close, Opportunity.id])
    months = by_month((row.expected_close, row.amount_fen or 0, row.probability) for row in rows)
    customers = names(ctx, Customer, [row.customer_id for row in rows])
    this_month = ctx.today.replace(day=1)
    return {
        "commit": money(sum(month.commit for month in months)),
        "best": money(sum(month.best for month in months)),
        "weighted": money(sum(month.weighted for month in months)),
        "months": [_month(month, this_month) for month in months],
        "items": [_item(row, customers) for row in rows],
        "points": [
            {"from": month.month.isoformat(), "amount": money(month.weighted)} for month in months if month.month
        ],
    }


def _month(month: Month, this_month: date) -> Json:
    return {
        "month": None if month.month is None else f"{month.month:%Y-%m}",
        "is_overdue": month.month is not None and month.month < this_month,
        "count": month.count,
        "commit": money(month.commit),
        "best": money(month.best),
        "weighted": money(month.weighted),
    }


def _item(row: Opportunity, customers: dict[int | None, str | None]) -> Json:
    return {
        "code": row.code,
        "name": row.name,
        "customer": customers[row.customer_id],
        "amount": money(row.amount_fen),
        "probability": row.probability,
        "weighted": money(weighted(row.amount_fen or 0, row.probability)),
        "expected_close": row.expected_close.isoformat() if row.expected_close is not None else None,
        "stage": row.stage,
        "status": row.status,
    }

"""Targets as programs see them, and what they are compared with (domain.md E.10)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from handlers import permits
from handlers.context import Context
from handlers.nouns import Noun
from handlers.periods import Span, next_first
from handlers.presenting import by_name_of, by_person, common, money, names, people
from handlers.sales.opportunity_view import held_by
from models.amounts import times
from models.base import Json
from models.clock import at
from models.codes import number_of
from models.company.calendar import Calendar
from models.company.people import Department
from models.customers.activity import FollowUp
from models.customers.customer import Customer
from models.errors import Invalid
from models.money.order import Order, Payment
from models.money.target import MONEY, Target
from models.rows import fetch_all
from models.sales.opportunity import Opportunity

_PERIOD = re.compile(r"(?P<year>20\d{2})(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<season>[1-4])))?")


def months_of(said: str) -> list[date]:
    """The first days of the months of `2026-12`, `2026-Q4` or `2026`."""
    match = _PERIOD.fullmatch(said.upper())
    if match is None:
        raise Invalid("period", f"「{said[:40]}」不是月份", "要写成 2026-12、2026-Q4 或 2026", "例如：12月、四季度")
    year, first, count = int(match["year"]), 1, 12
    if match["month"]:
        first, count = int(match["month"]), 1
    elif match["season"]:
        first, count = int(match["season"]) * 3 - 2, 3
    return [date(year, first + number, 1) for number in range(count)]


def span_of_months(ctx: Context, months: Sequence[date]) -> Span:
    """From the first to the end of the last."""
    return Span(at(months[0], time(0), ctx.zone), at(next_first("month", months[-1]), time(0), ctx.zone))


def actual(ctx: Context, metric: str, idents: Sequence[int], span: Span) -> int:
    """What these people reached, credited to them at the event and by its date: transfers never move it."""
    match metric:
        case "order_amount":
            where = (Order.approved_owner_id.in_(idents), Order.status == "approved", span.holds(Order.approved_at))
            return _sum(ctx, Order.amount_fen, where)
        case "payment_total":
            paid = (Payment.approved_owner_id.in_(idents), Payment.status == "approved")
            return _sum(ctx, Payment.amount_fen, (*paid, span.holds(Payment.approved_at)))
        case "new_customers":
            return _count(ctx, Customer, (Customer.creator_id.in_(idents), span.holds(Customer.created_at)))
        case "wins":
            won = (Opportunity.credited_id.in_(idents), Opportunity.status == "won")
            return _count(ctx, Opportunity, (*won, span.holds(Opportunity.closed_at)))
        case _:
            effective = (FollowUp.person_id.in_(idents), FollowUp.is_effective, span.holds(FollowUp.at))
            return _count(ctx, FollowUp, effective)


def _sum(ctx: Context, column: Any, where: Sequence[Any]) -> int:
    return int(ctx.db.execute(select(func.coalesce(func.sum(column), 0)).where(*where)).scalar_one())


def _count(ctx: Context, model: Any, where: Sequence[Any]) -> int:
    return int(ctx.db.execute(select(func.count()).select_from(model).where(*where)).scalar_one())


def pipeline(ctx: Context, idents: Sequence[int], months: Sequence[date]) -> int:
    """What is still open and expected in these months, each at its stage's probability, in fen."""
    expected = (Opportunity.expected_close >= months[0], Opportunity.expected_close < next_first("month", months[-1]))
    rows = fetch_all(ctx.db, Opportunity, held_by(ctx, idents), Opportunity.status == "open", *expected)
    return sum(times(row.amount_fen or 0, Decimal(row.probability) / 100) for row in rows)


@dataclass(frozen=True)
class Progress:
    """`rate` of the target, and `pace`: that rate as a share of what of the working days has passed; None where there
    is nothing to divide by. `gap` is what is missing, never below zero."""

    target: int
    actual: int
    gap: int
    rate: Decimal | None
    elapsed: Decimal
    pace: Decimal | None


def progress(target: int, reached: int, elapsed: Decimal) -> Progress:
    """Target 0 has no rate (E.10)."""
    rate = Decimal(reached) / target if target else None
    pace = rate / elapsed if rate is not None and elapsed else None
    return Progress(target, reached, max(target - reached, 0), rate, elapsed, pace)


def elapsed_share(calendar: Calendar, months: Sequence[date], today: date) -> Decimal:
    """The working days of these months that have begun, as a share of all."""
    first, end = months[0], next_first("month", months[-1])
    days = (date.fromordinal(number) for number in range(first.toordinal(), end.toordinal()))
    worked = [day for day in days if calendar.is_working(day)]
    return Decimal(sum(1 for day in worked if day <= today)) / len(worked) if worked else Decimal(0)


def shown_value(metric: str, value: int) -> str | int | None:
    """Yuan of money, a number of everything else."""
    return money(value) if metric in MONEY else value


def present(ctx: Context, rows: Sequence[Target]) -> list[Json]:
    """Targets as the API shows them."""
    known = people(ctx, [i for row in rows for i in (row.person_id, row.creator_id)])
    departments = names(ctx, Department, [row.department_id for row in rows])
    return [
        {
            "code": row.code,
            "person": known[row.person_id],
            "department": departments[row.department_id],
            "metric": row.metric,
            "month": f"{row.month:%Y-%m}",
            "amount": shown_value(row.metric, row.value),
            "creator": known[row.creator_id],
            **common(ctx, row),
        }
        for row in rows
    ]


def _by_month(_ctx: Context, said: str) -> Any:
    return Target.month.in_(months_of(said))


TARGET = Noun(
    name="target", plural="targets", title="目标", model=Target, gate=permits.targets, present=present,
    columns=("metric",), by_code=lambda _ctx, code: Target.id == number_of(code),
    scenes={"all": lambda ctx: permits.targets(ctx), "mine": lambda ctx: Target.person_id == ctx.me.id},
    filters={
        "person": by_person(Target.person_id), "creator": by_person(Target.creator_id),
        "department": by_name_of(Target.department_id, Department), "month": _by_month,
    },
)  # fmt: skip

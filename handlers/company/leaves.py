"""Who is away on which days."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import ARRAY, BigInteger, bindparam, func

from handlers.company import rules
from handlers.context import Context
from models.company.calendar import Calendar, WorkingTime
from models.company.leave import Leave
from models.rows import fetch_all

PAST, COMING = timedelta(days=400), timedelta(days=400)  # what a clock may still have to do with


def days_away(ctx: Context, people: Iterable[int]) -> dict[int, frozenset[date]]:
    """The days of approved leave of each of these people, from a year ago to a year ahead; read once in a
    transaction."""
    known: dict[int, frozenset[date]] = ctx.memo.setdefault("days away", {})
    wanted = [person for person in people if person not in known]
    if wanted:
        these = Leave.person_id == func.any(bindparam(None, wanted, ARRAY(BigInteger)))
        near = (Leave.until_on >= ctx.today - PAST, Leave.from_on <= ctx.today + COMING)
        found: dict[int, set[date]] = {person: set() for person in wanted}
        for row in fetch_all(ctx.db, Leave, these, Leave.status == "approved", *near):
            found[row.person_id].update(
                _days(max(row.from_on, ctx.today - PAST), min(row.until_on, ctx.today + COMING))
            )
        known |= {person: frozenset(days) for person, days in found.items()}
    return known


def working_time(ctx: Context, person: int | None = None) -> WorkingTime:
    """The company's working hours; of one person without his days of leave."""
    company = WorkingTime(rules.in_force(ctx, "calendar", Calendar)[0], ctx.zone)
    return company if person is None else company.without(days_away(ctx, [person])[person])


def _days(start: date, end: date) -> Iterable[date]:
    return (start + timedelta(days=number) for number in range((end - start).days + 1))

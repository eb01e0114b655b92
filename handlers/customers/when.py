"""Spans of local days by their names, and instants that came without an offset."""

from datetime import date, datetime, time, timedelta

from handlers.context import Context
from models.clock import at


def aware(ctx: Context, value: datetime | None) -> datetime | None:
    """An instant said without an offset is meant in the company's zone."""
    return value if value is None or value.tzinfo is not None else value.replace(tzinfo=ctx.zone)


def span(ctx: Context, period: str) -> tuple[datetime, datetime]:
    """[start, end) of `today tomorrow this_week last_week this_month last_month`; weeks start on Monday."""
    first, after = days_of(ctx.today, period)
    return at(first, time(0), ctx.zone), at(after, time(0), ctx.zone)


def days_of(today: date, period: str) -> tuple[date, date]:
    """The first day of a period and the first after it."""
    day, week = timedelta(days=1), timedelta(days=7)
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    next_month = (first + timedelta(days=32)).replace(day=1)
    spans = {
        "today": (today, today + day),
        "tomorrow": (today + day, today + 2 * day),
        "this_week": (monday, monday + week),
        "last_week": (monday - week, monday),
        "this_month": (first, next_month),
        "last_month": ((first - day).replace(day=1), first),
    }
    return spans[period]

"""Instants are aware UTC in tables; days belong to the company's zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """The real clock; asked at doors only, everything below gets `ctx.now`."""
    return datetime.now(UTC)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """The local calendar day of an instant."""
    return instant.astimezone(zone).date()


def at(day: date, moment: time, zone: ZoneInfo) -> datetime:
    """A local wall-clock moment as an aware instant in UTC."""
    return datetime.combine(day, moment, tzinfo=zone).astimezone(UTC)


def day_start(instant: datetime, zone: ZoneInfo) -> datetime:
    """Local midnight at or before the instant."""
    return at(day_of(instant, zone), time(0), zone)

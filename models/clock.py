"""Instants are aware UTC in tables; days belong to the company's zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """The real clock; asked at doors only, everything below gets `ctx.now`."""
    return datetime.now(UTC)


def aware(said: datetime, zone: ZoneInfo) -> datetime:
    """An instant that was given without an offset is meant in the company's zone."""
    return said if said.tzinfo is not None else said.replace(tzinfo=zone)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """The local calendar day of an instant."""
    return instant.astimezone(zone).date()


def at(day: date, moment: time, zone: ZoneInfo) -> datetime:
    """A local wall-clock moment as an aware instant in UTC."""
    return datetime.combine(day, moment, tzinfo=zone).astimezone(UTC)


def day_start(instant: datetime, zone: ZoneInfo) -> datetime:
    """Local midnight at or before the instant."""
    return at(day_of(instant, zone), time(0), zone)

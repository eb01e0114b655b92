"""When a customer goes back to the sea, and why: one pure function for warning, card, API and job (domain.md E.1.5)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.clock import at, day_of
from models.company.calendar import Calendar
from models.company.pool_rules import SeaRules

RECLAIM_TIME = time(2, 0)
WARNING_TIME = time(9, 0)


@dataclass(frozen=True)
class Clocks:
    """What the rules look at. `clock_at` is max(owned, last effective follow-up)."""

    owned_at: datetime
    clock_at: datetime
    won_at: datetime | None
    extended_until: datetime | None


@dataclass(frozen=True)
class Deadline:
    """`reclaim_at` is the instant of the reclaim itself, `last_day` the last whole day that the owner has."""

    rule: str
    started_at: datetime
    days: int
    day_type: str
    last_day: date
    reclaim_at: datetime
    skipped: tuple[date, ...]
    extended: bool
    action: str


def deadline(clocks: Clocks, rules: SeaRules, calendar: Calendar, zone: ZoneInfo) -> Deadline | None:
    """The earliest deadline of all rules that apply; None where nothing reclaims this customer.

    Day N counts from the day on which the clock started, which is day 0; the reclaim is at 02:00 of the night after
    day N (contract.md HTTP). A won customer is exempt from both rules.
    """
    if clocks.won_at is not None:
        return None
    found = []
    if rules.reclaim_after_days is not None:
        found.append(
            _due("no_follow_up", clocks.clock_at, rules.reclaim_after_days, rules, calendar, zone, "写一条有效跟进")
        )
    if rules.no_deal_after_days is not None:
        found.append(_due("no_deal", clocks.owned_at, rules.no_deal_after_days, rules, calendar, zone, "签下一张订单"))
    if not found:
        return None
    first = min(found, key=lambda due: due.reclaim_at)
    return _extended(first, clocks.extended_until, zone)


def warning_due(reclaim_at: datetime, before: int, rules: SeaRules, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """09:00 of day N − `before`."""
    last_day = day_of(reclaim_at, zone) - timedelta(days=1)
    day = calendar.later(last_day, -before, business=rules.day_type == "business")
    return at(day, WARNING_TIME, zone)


def _due(
    rule: str, start: datetime, days: int, rules: SeaRules, calendar: Calendar, zone: ZoneInfo, action: str
) -> Deadline:
    business = rules.day_type == "business"
    day_zero = day_of(start, zone)
    last_day = calendar.later(day_zero, days, business=business)
    skipped = tuple(calendar.skipped(day_zero, last_day)) if business else ()
    instant = at(last_day + timedelta(days=1), RECLAIM_TIME, zone)
    return Deadline(rule, start, days, rules.day_type, last_day, instant, skipped, False, action)


def _extended(due: Deadline, until: datetime | None, zone: ZoneInfo) -> Deadline:
    if until is None or until <= due.reclaim_at:
        return due
    last_day = day_of(until, zone) - timedelta(days=1)
    return Deadline(due.rule, due.started_at, due.days, due.day_type, last_day, until, due.skipped, True, due.action)

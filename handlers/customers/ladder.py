"""The ladder: on which days without a follow-up somebody is told, when a customer is marked (domain.md D9, E.1.5)."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.customers import reclaim
from handlers.customers.counting import Count
from models.clock import at, day_of
from models.company.calendar import Calendar
from models.company.pool_rules import SeaRules
from models.company.reclaim_rules import Step


def rungs(
    clocks: reclaim.Clocks, rules: SeaRules, calendar: Calendar, zone: ZoneInfo
) -> Sequence[tuple[datetime, Step]]:
    """Each rung with its instant, 09:00 of day N since the clock started; a won customer has none."""
    if not rules.escalation or clocks.won_at is not None:
        return ()
    zero = day_of(clocks.clock_at, zone)
    count = Count(calendar, zero, business=rules.day_type == "business", away=clocks.away)
    instants = [at(count.later(zero, step.day), reclaim.WARNING_TIME, zone) for step in rules.escalation]
    return sorted(zip(instants, rules.escalation, strict=True), key=lambda rung: rung[0])


def is_marked(clocks: reclaim.Clocks, mark: reclaim.Deadline) -> bool:
    """It was marked at or after this instant; a mark from before has been worked off."""
    return clocks.marked_at is not None and clocks.marked_at >= mark.reclaim_at


def next_nudge(
    clocks: reclaim.Clocks, verdict: reclaim.Verdict, found: Sequence[tuple[datetime, Step]], now: datetime
) -> datetime | None:
    """The next instant at which there is something to say or to mark."""
    coming = [instant for instant, _ in found if instant > now]
    if verdict.mark is not None and not is_marked(clocks, verdict.mark):
        coming.append(verdict.mark.reclaim_at)
    return min(coming) if coming else None

"""How the days of a reclaim rule are counted, and why one is not (domain.md E.1.5 Calendar)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from models.company.calendar import Calendar

MAX_AWAY = 15  # business days of leave that a clock rests at most
ONE_DAY = timedelta(days=1)
_FEASTS = ((1, 1, 3, "元旦"), (5, 1, 5, "劳动节"), (10, 1, 8, "国庆节"))


@dataclass(frozen=True)
class Skipped:
    """A day that is not counted: 周末, the holiday's name or 假期, 请假."""

    day: date
    why: str


@dataclass(frozen=True)
class Count:
    """The days of one rule from `start` on, which is day 0. `rests` skips holidays where all other days count; of
    `away`, the owner's leave, no more than `MAX_AWAY` business days are skipped."""

    calendar: Calendar
    start: date
    business: bool
    rests: bool = False
    away: frozenset[date] = frozenset()

    def later(self, day: date, count: int) -> date:
        """The day that is `count` counted days after `day`."""
        away = self._away()
        if not (self.business or self.rests or away):
            return day + timedelta(days=count)
        while count:
            day += ONE_DAY
            count -= self._why(day, away) is None
        return day

    def skipped(self, end: date) -> tuple[Skipped, ...]:
        """What was not counted until `end`."""
        away = self._away()
        if not (self.business or self.rests or away):
            return ()
        found = ((day, self._why(day, away)) for day in _days(self.start + ONE_DAY, end))
        return tuple(Skipped(day, why) for day, why in found if why is not None)

    def _why(self, day: date, away: frozenset[date]) -> str | None:
        if day in away:
            return "请假"
        if self.business and not self.calendar.is_working(day):
            return feast(day) if day in self.calendar.holidays else "周末"
        return feast(day) if self.rests and day in self.calendar.holidays else None

    def _away(self) -> frozenset[date]:
        if not self.away:
            return self.away
        taken, left = [], MAX_AWAY
        for day in sorted(day for day in self.away if day > self.start):
            if not left:
                break
            taken.append(day)
            left -= self.calendar.is_working(day)
        return frozenset(taken)


def feast(day: date) -> str:
    """The name of a statutory holiday with a fixed date, else 假期."""
    return next(
        (name for month, first, last, name in _FEASTS if day.month == month and first <= day.day <= last), "假期"
    )


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=number) for number in range((end - start).days + 1))

"""The working calendar: weekends, statutory holidays and make-up working days (调休)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import field_validator, model_validator

from models.clock import at, day_of
from models.company.rule import Body


class Calendar(Body):
    """`holidays` are days off, `workdays` are weekend days that are worked, `opens` and `closes` the working hours."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    opens: time = time(9)
    closes: time = time(18)

    @field_validator("holidays", "workdays", mode="before")
    @classmethod
    def _days(cls, value: object) -> object:
        return frozenset(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _in_order(self) -> "Calendar":
        if self.opens >= self.closes:
            raise ValueError("上班时间要早于下班时间")
        return self

    def is_working(self, day: date) -> bool:
        """A make-up day is worked, a holiday is not, else Monday to Friday."""
        return day in self.workdays or (day not in self.holidays and day.weekday() < 5)

    def later(self, day: date, count: int, *, business: bool) -> date:
        """The day `count` days after `day`, which is day 0; business days skip what is not worked."""
        if not business:
            return day + timedelta(days=count)
        step = timedelta(days=1 if count >= 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def skipped(self, start: date, end: date) -> list[date]:
        """The days in (start, end] that a business count does not count."""
        span = (end - start).days
        return [d for d in (start + timedelta(days=i + 1) for i in range(span)) if not self.is_working(d)]


@dataclass(frozen=True)
class WorkingTime:
    """The working hours of the company, or of one person with his days of leave."""

    calendar: Calendar
    zone: ZoneInfo
    away: frozenset[date] = frozenset()

    def without(self, days: Iterable[date]) -> "WorkingTime":
        """The hours of somebody who is away on these days, too."""
        return replace(self, away=self.away.union(days))

    def is_worked(self, day: date) -> bool:
        """A working day on which he is not away."""
        return day not in self.away and self.calendar.is_working(day)

    def is_open(self, instant: datetime) -> bool:
        """Within the working hours."""
        opens, closes = self._span(day_of(instant, self.zone))
        return opens <= instant < closes

    def after(self, start: datetime, length: timedelta) -> datetime:
        """The instant at which this much working time has passed since `start`; with none, when work next goes on."""
        day, left = day_of(start, self.zone), length
        for _ in range(_HORIZON):
            opens, closes = self._span(day)
            begin = max(opens, start)
            if begin < closes and left <= closes - begin:
                return begin + left
            left -= max(closes - begin, timedelta(0))
            day += timedelta(days=1)
        return start + length  # nobody works for years: the plain clock is better than none

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time in [start, end)."""
        day, last, found = day_of(start, self.zone), day_of(end, self.zone), timedelta(0)
        while day <= last:
            opens, closes = self._span(day)
            found += max(min(closes, end) - max(opens, start), timedelta(0))
            day += timedelta(days=1)
        return found

    def _span(self, day: date) -> tuple[datetime, datetime]:
        opens = at(day, self.calendar.opens, self.zone)
        return opens, at(day, self.calendar.closes, self.zone) if self.is_worked(day) else opens


_HORIZON = 1000  # days

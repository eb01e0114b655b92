"""The working calendar: weekends, statutory holidays and make-up working days (调休)."""

from datetime import date, timedelta

from pydantic import field_validator

from models.company.rule import Body


class Calendar(Body):
    """`holidays` are days off, `workdays` are weekend days that are worked."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    @field_validator("holidays", "workdays", mode="before")
    @classmethod
    def _days(cls, value: object) -> object:
        return frozenset(value) if isinstance(value, list) else value

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

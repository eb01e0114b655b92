"""Working hours with holidays, make-up days and leave (domain.md D15)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from models.company.calendar import Calendar, WorkingTime

ZONE = ZoneInfo("Asia/Shanghai")
# The national day of 2026 is off from Thursday to Wednesday; the Saturday after it is worked.
OCTOBER = Calendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)), workdays=frozenset([date(2026, 10, 10)])
)
HOURS = WorkingTime(OCTOBER, ZONE)


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (local(11, 23, 10), 30, local(11, 23, 10, 30)),
        (local(11, 23, 17, 50), 30, local(11, 24, 9, 20)),
        (local(11, 23, 20), 30, local(11, 24, 9, 30)),
        (local(11, 23, 7), 30, local(11, 23, 9, 30)),
        (local(11, 20, 17, 30), 60, local(11, 23, 9, 30)),  # over a weekend
        (local(9, 30, 17, 30), 60, local(10, 8, 9, 30)),  # over the holiday
        (local(10, 9, 17, 30), 60, local(10, 10, 9, 30)),  # into the make-up Saturday
        (local(11, 23, 10), 9 * 60, local(11, 24, 10)),
        (local(11, 21, 10), 0, local(11, 23, 9)),
    ],
)
def test_working_minutes_later(start: datetime, minutes: int, end: datetime) -> None:
    assert HOURS.after(start, timedelta(minutes=minutes)) == end


def test_leave_is_not_worked() -> None:
    away = HOURS.without([date(2026, 11, 24)])
    assert away.after(local(11, 23, 17, 30), timedelta(hours=1)) == local(11, 25, 9, 30)
    assert not away.is_open(local(11, 24, 10))
    assert HOURS.is_open(local(11, 24, 10))


def test_what_after_adds_between_counts() -> None:
    for start in (local(9, 30, 16), local(10, 3, 12), local(11, 23, 8, 59), local(11, 23, 18)):
        for minutes in (1, 59, 540, 541, 5000):
            length = timedelta(minutes=minutes)
            assert HOURS.between(start, HOURS.after(start, length)) == length


def test_hours_the_wrong_way_round() -> None:
    with pytest.raises(ValidationError, match="上班时间要早于下班时间"):
        Calendar(opens=time(18), closes=time(9))

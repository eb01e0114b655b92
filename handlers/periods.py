"""Periods of local days by their names: how they are said, and which instants they hold. Weeks start on Monday."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from models.clock import at
from models.rows import Column

SAID = {
    "today": ("今天", "今日"),
    "yesterday": ("昨天", "昨日"),
    "tomorrow": ("明天", "明日"),
    "this_week": ("本周", "这周", "这个星期", "本星期"),
    "last_week": ("上周", "上个星期"),
    "next_week": ("下周", "下星期", "下个星期", "下礼拜"),
    "this_month": ("本月", "这个月", "这月", "当月"),
    "last_month": ("上月", "上个月"),
    "next_month": ("下月", "下个月"),
    "this_quarter": ("本季度", "这个季度", "这季度"),
    "last_quarter": ("上季度", "上个季度"),
    "this_year": ("今年", "本年", "本年度"),
    "last_7_days": (
        "最近", "近期", "最近几天", "这几天", "这两天", "最近一周", "近一周", "近7天", "最近7天", "最近七天",
    ),
    "last_30_days": ("最近一个月", "近一个月", "近30天", "最近30天", "最近三十天", "最近一月", "近一月"),
}  # fmt: skip


def said(*periods: str) -> dict[str, str]:
    """How these periods are said, for a slot that takes them."""
    return {words: period for period in periods for words in SAID[period]}


@dataclass(frozen=True)
class Span:
    """From `start` up to and without `end`."""

    start: datetime
    end: datetime

    def holds(self, column: Column) -> ColumnElement[bool]:
        """The condition that an instant lies in it."""
        return (column >= self.start) & (column < self.end)


def span_of(period: str, today: date, zone: ZoneInfo) -> Span:
    """The span of one of the periods in `SAID`."""
    which, _, unit = period.partition("_")
    if unit.endswith("_days"):
        return _days_up_to(today, int(unit.removesuffix("_days")), zone)
    unit = unit or "day"
    start = first_day(unit, today)
    if which == "last":
        start = first_day(unit, start - timedelta(days=1))
    if which == "yesterday":
        start -= timedelta(days=1)
    if which in ("tomorrow", "next"):
        start = next_first(unit, start)
    return Span(at(start, time(0), zone), at(next_first(unit, start), time(0), zone))


def _days_up_to(today: date, count: int, zone: ZoneInfo) -> Span:
    """So many days, of which today is the last."""
    tomorrow = today + timedelta(days=1)
    return Span(at(tomorrow - timedelta(days=count), time(0), zone), at(tomorrow, time(0), zone))


def first_day(unit: str, day: date) -> date:
    """The day on which the week, month, quarter or year of `day` begins."""
    match unit:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
        case _:
            return day


def next_first(unit: str, start: date) -> date:
    """The first day after the unit that begins at `start`."""
    longest = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[unit]
    return first_day(unit, start + timedelta(days=longest))

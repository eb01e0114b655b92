"""Relative dates and times by rule (commands.md, Times): weeks start on Monday, a day without a time is 09:00."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bot.listening import date_words as words
from bot.listening.days import add_months, meant_day, workdays_later
from bot.listening.numbers import number

_MORNING = time(9)
_OFFSET = re.compile(
    rf"过?个?(?:(?P<half>半)个?|(?P<n>{words.SMALL})\s?个?(?P<and_half>半)?)\s?(?P<unit>工作日|工作天|分钟|小时|钟头|刻钟|星期|礼拜|季度|天|日|周|月|年)"
    r"(?P<way>.*?)"
)
_CLOCK = re.compile(rf"(?P<hour>\d{{1,2}}|[{words.CN}]{{1,3}})\s?(?:点钟|点|时|(?=[ap]m| [ap]m))(?P<rest>.*)")
_PERIOD = re.compile("|".join(words.PERIODS))


@dataclass(frozen=True)
class Moment:
    """A day, with the time of day where one was said; `exact` where it was counted from now (半小时后)."""

    day: date
    at: time | None = None
    exact: datetime | None = None
    is_time_only: bool = False


@lru_cache(maxsize=1)
def _finder() -> re.Pattern[str]:
    return re.compile(words.DATE)


@lru_cache(maxsize=1)
def _whole() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?P<offset>{words.OFFSET})|(?P<day>{words.DAY}))?(?:\s?(?:[,的]|at)?\s?(?P<time>{words.TIME}))?(?:[之以]?前)?"
    )


def find_moments(key: str, now: datetime, *, past: bool = False) -> Iterator[tuple[int, int, Moment]]:
    """Every date or time in running text, as (start, end, what it means)."""
    for match in _finder().finditer(key):
        moment = read_moment(match[0], now, past=past)
        if moment is not None:
            yield match.start(), match.end(), moment


def read_moment(said: str, now: datetime, *, past: bool = False) -> Moment | None:
    """What one date phrase means; `past` chooses the last such day instead of the next (昨天到的 5号)."""
    match = _whole().fullmatch(said.strip())
    if match is None or not said.strip():
        return None
    at = _time(match["time"]) if match["time"] else None
    if match["time"] and at is None:
        return None
    if match["offset"]:
        moment = _offset(match["offset"], now)
        return None if moment is None else Moment(moment.day, at, None if at else moment.exact)
    if match["day"]:
        day, shift = _midnight(meant_day(match["day"], now.date(), past), match["time"])
        return None if day is None else Moment(day + shift, at)
    return Moment(now.date() + _midnight(now.date(), match["time"])[1], at, is_time_only=True)


_NO_DAY = re.compile(
    r"(?<!\d)(\d{1,2})\s?[月/]\s?(\d{1,2})(?:日|号)?(?!\d)|(?<![\d月])(\d{1,2})(?:号|日)(?![\d\u4e00-\u9fff]?[楼院线厂店机门])"
)


def is_no_day(said: str) -> bool:
    """2月30日, 13月5日, 35号: said like a day, and none."""
    match = _NO_DAY.search(said)
    if match is None:
        return False
    if match[3]:
        return not 1 <= int(match[3]) <= 31
    month, day = int(match[1]), int(match[2])
    return not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1])


_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def find_no_day(key: str) -> tuple[int, int] | None:
    """Where a day is said that the calendar does not have."""
    return next((match.span() for match in _NO_DAY.finditer(key) if is_no_day(match[0])), None)


def instant(moment: Moment, now: datetime) -> datetime:
    """The aware instant, in the zone of `now`; what is past today means tomorrow, 今天 alone the next whole hour."""
    if moment.exact is not None:
        return moment.exact
    found = datetime.combine(moment.day, moment.at or _MORNING, tzinfo=now.tzinfo)
    if moment.day != now.date() or found >= now:
        return found
    if moment.at is None:
        soon = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return soon if soon.date() == now.date() else found + timedelta(days=1)
    return found + timedelta(days=1)


def _midnight(day: date | None, said: str | None) -> tuple[date | None, timedelta]:
    """晚上12点 is the midnight that ends that day."""
    late = bool(said) and re.match(r"(?:晚上?|夜里)\s?(?:12|十二)(?:点|时|:)", said or "") is not None
    return day, timedelta(days=1 if late else 0)


def _time(said: str) -> time | None:
    period = _PERIOD.match(said)
    name = period[0] if period else None
    clock = (said[period.end() :] if period else said).strip(" 的")
    if not clock:
        return time(words.PERIODS[name][1]) if name else None
    parts = _clock(clock)
    if parts is None:
        return None
    hour, minute, pm = parts
    if pm is None and name is not None:
        hour = _hour_in(name, hour)
    elif pm is not None:
        hour = hour % 12 + (12 if pm else 0)
    elif 1 <= hour <= 6 and not re.match(r"0|\d{1,2}:", clock):
        hour += 12  # nobody plans a call for three at night
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _hour_in(period: str, hour: int) -> int:
    if period in ("晚上", "晚", "夜里", "晚间"):
        return 0 if hour == 12 else hour + 12 if 5 <= hour < 12 else hour
    if period == "中午":
        return hour + 12 if hour <= 3 else hour
    return hour + 12 if words.PERIODS[period][0] and hour < 12 else hour


def _clock(said: str) -> tuple[int, int, bool | None] | None:
    """Hour, minute and whether am or pm was said."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?\s?([ap]m)?", said)
    if match:
        return int(match[1]), int(match[2]), None if match[3] is None else match[3] == "pm"
    match = re.fullmatch(r"(\d{1,2})\s?([ap])m", said)
    if match:
        return int(match[1]), 0, match[2] == "p"
    match = _CLOCK.fullmatch(said)
    hour = number(match["hour"]) if match else None
    minute = _minute(match["rest"]) if match else None
    return None if hour is None or minute is None else (int(hour), minute, None)


def _minute(said: str) -> int | None:
    said = re.sub(r"^过|分钟?$", "", said)
    known = {"": 0, "整": 0, "半": 30, "一刻": 15, "三刻": 45}
    if said in known:
        return known[said]
    value = number(said.removeprefix("零") or "零")
    return None if value is None else int(value)


def _offset(said: str, now: datetime) -> Moment | None:
    match = _OFFSET.fullmatch(said)
    amount = number(match["n"]) if match and match["n"] else None
    if match is None or (amount is None and not match["half"]):
        return None
    half = bool(match["half"] or match["and_half"])
    size = int(amount or 0)
    sign = -1 if "前" in match["way"] else 1
    unit = words.UNITS[match["unit"]]
    minutes = {"minute": 1, "quarter_hour": 15, "hour": 60}.get(unit)
    if minutes is not None:
        exact = (now + sign * timedelta(minutes=minutes * size + (minutes // 2 if half else 0))).replace(microsecond=0)
        return Moment(exact.date(), exact=exact)
    day = _moved(now.date(), unit, sign * size, half)
    return None if day is None else Moment(day)


def _moved(today: date, unit: str, size: int, half: bool) -> date | None:
    if unit == "workday":
        return None if half else workdays_later(today, size)
    if unit in ("month", "season", "year"):
        months = size * {"month": 1, "season": 3, "year": 12}[unit]
        extra = {"month": timedelta(days=15)}.get(unit, timedelta()) if half else timedelta()
        return add_months(today, months + (6 if half and unit == "year" else 0)) + extra
    days = {"day": 1, "week": 7}[unit]
    return None if half and unit == "day" else today + timedelta(days=days * size + (days // 2 if half else 0))

"""Relative dates and times by rule (commands.md, Times): weeks start on Monday, a day without a time is 09:00."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bot.listening import date_words as words
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
        rf"(?:(?P<offset>{words.OFFSET})|(?P<day>{words.DAY}))?(?:\s?[,的]?\s?(?P<time>{words.TIME}))?(?:[之以]?前)?"
    )


@lru_cache(maxsize=1)
def _shapes() -> list[tuple[str, re.Pattern[str]]]:
    return [(name, re.compile(shape)) for name, shape in words.DAY_SHAPES.items()]


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
    at = _time(match["time"], bool(match["day"] or match["offset"])) if match["time"] else None
    if match["time"] and at is None:
        return None
    if match["offset"]:
        moment = _offset(match["offset"], now)
        return moment and Moment(moment.day, at, None if at else moment.exact)
    if match["day"]:
        day, shift = _midnight(_day(match["day"], now.date(), past), match["time"])
        return day and Moment(day + shift, at)
    return Moment(now.date() + _midnight(now.date(), match["time"])[1], at, is_time_only=True)


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


def _time(said: str, has_day: bool) -> time | None:
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
    return day and Moment(day)


def _moved(today: date, unit: str, size: int, half: bool) -> date | None:
    if unit == "workday":
        return None if half else workdays_later(today, size)
    if unit in ("month", "season", "year"):
        months = size * {"month": 1, "season": 3, "year": 12}[unit]
        extra = {"month": timedelta(days=15)}.get(unit, timedelta()) if half else timedelta()
        return _add_months(today, months + (6 if half and unit == "year" else 0)) + extra
    days = {"day": 1, "week": 7}[unit]
    return None if half and unit == "day" else today + timedelta(days=days * size + (days // 2 if half else 0))


def workdays_later(today: date, count: int) -> date:
    """Weekends skipped; holidays are the calendar's business, which listening does not know."""
    step = 1 if count >= 0 else -1
    while count:
        today += timedelta(days=step)
        count -= step if today.weekday() < 5 else 0
    return today


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return _clamped(index // 12, index % 12 + 1, day.day)


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _last(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _shift(said: str) -> int | None:
    match = re.match(r"上上|上|这|本|当|下下|下", said)
    return words.SHIFTS[match[0]] if match else None


def _day(said: str, today: date, past: bool) -> date | None:
    for name, shape in _shapes():
        if shape.fullmatch(said) or (name == "word" and said in words.WORDS):
            try:
                return _MEANINGS[name](said, today, past)
            except ValueError:  # 2月30日
                return None
    return None


def _word(said: str, today: date, past: bool) -> date:
    return today + timedelta(days=words.WORDS[said])


def _weekday(said: str, today: date, past: bool) -> date:
    target = words.WEEKDAYS[said[-1]]
    shift = _shift(said)
    monday = today - timedelta(days=today.weekday())
    if shift is not None:
        return monday + timedelta(days=7 * shift + target)
    found = monday + timedelta(days=target)
    if past:
        return found if found <= today else found - timedelta(days=7)
    is_over = found < today or (found == today and said[0] == "每")
    return found + timedelta(days=7) if is_over else found


def _week_end(said: str, today: date, past: bool) -> date:
    return today - timedelta(days=today.weekday()) + timedelta(days=7 * (_shift(said) or 0) + 5)


def _iso(said: str, today: date, past: bool) -> date:
    year, month, day = (int(_int(part)) for part in re.split(r"[-/.年月]\s?", re.sub(r"[日号]$", "", said)))
    return date(year, month, day)


def _int(said: str) -> int:
    value = number(said)
    if value is None:
        raise ValueError(said)
    return int(value)


def _month_edge(said: str, today: date, past: bool) -> date:
    shift = _shift(said)
    named = re.match(r"(\d+|[一二三四五六七八九十]+)月", said)
    first = today.replace(day=1)
    if named:
        month = _int(named[1])
        first = date(today.year + _turn(month, today, past), month, 1)
    elif shift is not None:
        first = _add_months(first, shift)
    days = {"底": 31, "末": 31, "下旬": 21, "初": 1, "上旬": 1, "中旬": 15, "中": 15}
    edge = next(word for word in ("中旬", "上旬", "下旬", "底", "末", "初", "中") if said.endswith(word))
    found = _clamped(first.year, first.month, days[edge])
    bare = named is None and shift is None
    return _clamped(*_next_month(first), days[edge]) if bare and found < today and not past else found


def _next_month(first: date) -> tuple[int, int]:
    later = _add_months(first, 1)
    return later.year, later.month


def _turn(month: int, today: date, past: bool) -> int:
    """Which year a month named alone belongs to: next year's where this year's is over, last year's looking back."""
    if past:
        return -1 if month > today.month else 0
    return 1 if month < today.month else 0


def _month_day(said: str, today: date, past: bool) -> date:
    match = re.fullmatch(r"(今年|明年|(\d{4})年)?\s?(\d+|[一二三四五六七八九十]+)月\s?(\d+|[一二三四五六七八九十]+)(?:日|号)?", said)
    if match is None:
        raise ValueError(said)
    month, day = _int(match[3]), _int(match[4])
    if match[1]:
        return date(int(match[2]) if match[2] else today.year + (match[1] == "明年"), month, day)
    return _nearest(today, month, day, past)


def _nearest(today: date, month: int, day: int, past: bool) -> date:
    found = date(today.year, month, day)
    if past:
        return found if found <= today else date(today.year - 1, month, day)
    return found if found >= today else date(today.year + 1, month, day)


def _shift_month_day(said: str, today: date, past: bool) -> date:
    first = _add_months(today.replace(day=1), _shift(said) or 0)
    found = first.replace(day=_int(re.sub(r"^.*月\s?|[日号]$", "", said)))
    return found if _shift(said) is not None or found >= today else _add_months(found, 1)


def _slash(said: str, today: date, past: bool) -> date:
    month, day = said.split("/")
    return _nearest(today, int(month), int(day), past)


def _quarter_edge(said: str, today: date, past: bool) -> date:
    first = _add_months(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), 3 * (_shift(said) or 0))
    if said.endswith("初"):
        return first if first >= today or _shift(said) is not None else _add_months(first, 3)
    last = _add_months(first, 2)
    return _last(last.year, last.month)


def _year_edge(said: str, today: date, past: bool) -> date:
    year = today.year + {"明": 1, "去": -1}.get(said[0], 0)
    found = {"初": date(year, 1, 1), "中": date(year, 6, 30)}.get(said[-1], date(year, 12, 31))
    return found if found >= today or past or said[0] != "年" else found.replace(year=year + 1)


def _holiday(said: str, today: date, past: bool) -> date:
    month, day = next(when for name, when in words.HOLIDAYS.items() if said.startswith(name))
    return _nearest(today, month, day, past)


def _bare_day(said: str, today: date, past: bool) -> date:
    day = _int(said[:-1])
    if past:
        first = today.replace(day=1) if day <= today.day else _add_months(today.replace(day=1), -1)
        return first.replace(day=day)
    first = today.replace(day=1) if day >= today.day else _add_months(today.replace(day=1), 1)
    return first.replace(day=day)


def _whole_week(said: str, today: date, past: bool) -> date:
    shift = _shift(said) or 0
    return today if shift == 0 else today - timedelta(days=today.weekday()) + timedelta(days=7 * shift)


def _whole_month(said: str, today: date, past: bool) -> date:
    return _add_months(today.replace(day=1), _shift(said) or 0)


_MEANINGS: dict[str, Callable[[str, date, bool], date]] = {
    "word": _word, "weekday": _weekday, "week_end": _week_end, "iso": _iso, "month_edge": _month_edge, "month_day": _month_day,
    "shift_month_day": _shift_month_day, "slash": _slash, "quarter_edge": _quarter_edge, "year_edge": _year_edge,
    "holiday": _holiday, "day": _bare_day, "whole_week": _whole_week, "whole_month": _whole_month,
}  # fmt: skip

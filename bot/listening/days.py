"""Which calendar day a phrase means: 下周三, 月底, 12月5日, 5号 (commands.md, Times)."""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from bot.listening import date_words as words
from bot.listening.numbers import number


@lru_cache(maxsize=1)
def _shapes() -> list[tuple[str, re.Pattern[str]]]:
    return [(name, re.compile(shape)) for name, shape in words.DAY_SHAPES.items()]


def workdays_later(today: date, count: int) -> date:
    """Weekends skipped; holidays are the calendar's business, which listening does not know."""
    step = 1 if count >= 0 else -1
    while count:
        today += timedelta(days=step)
        count -= step if today.weekday() < 5 else 0
    return today


def add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return _clamped(index // 12, index % 12 + 1, day.day)


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _last(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _shift(said: str) -> int | None:
    match = re.match(r"上上|上|这|本|当|下下|下", said)
    return words.SHIFTS[match[0]] if match else None


def meant_day(said: str, today: date, past: bool) -> date | None:
    for name, shape in _shapes():
        if shape.fullmatch(said) or (name == "word" and said in words.WORDS):
            try:
                return _MEANINGS[name](said, today, past)
            except ValueError:  # 2月30日
                return None
    return None


def _word(said: str, today: date, _past: bool) -> date:
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


def _week_end(said: str, today: date, _past: bool) -> date:
    return today - timedelta(days=today.weekday()) + timedelta(days=7 * (_shift(said) or 0) + 5)


def _iso(said: str, _today: date, _past: bool) -> date:
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
        first = add_months(first, shift)
    days = {"底": 31, "末": 31, "下旬": 21, "初": 1, "上旬": 1, "中旬": 15, "中": 15}
    edge = next(word for word in ("中旬", "上旬", "下旬", "底", "末", "初", "中") if said.endswith(word))
    found = _clamped(first.year, first.month, days[edge])
    bare = named is None and shift is None
    return _clamped(*_next_month(first), days[edge]) if bare and found < today and not past else found


def _next_month(first: date) -> tuple[int, int]:
    later = add_months(first, 1)
    return later.year, later.month


def _turn(month: int, today: date, past: bool) -> int:
    """Which year a month named alone belongs to: next year's where this year's is over, last year's looking back."""
    if past:
        return -1 if month > today.month else 0
    return 1 if month < today.month else 0


def _month_day(said: str, today: date, past: bool) -> date:
    match = re.fullmatch(
        r"(今年|明年|(\d{4})年)?\s?(\d+|[一二三四五六七八九十]+)月\s?(\d+|[一二三四五六七八九十]+)(?:日|号)?", said
    )
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


def _shift_month_day(said: str, today: date, _past: bool) -> date:
    first = add_months(today.replace(day=1), _shift(said) or 0)
    found = first.replace(day=_int(re.sub(r"^.*月\s?|[日号]$", "", said)))
    return found if _shift(said) is not None or found >= today else add_months(found, 1)


def _slash(said: str, today: date, past: bool) -> date:
    month, day = said.split("/")
    return _nearest(today, int(month), int(day), past)


def _quarter_edge(said: str, today: date, _past: bool) -> date:
    first = add_months(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), 3 * (_shift(said) or 0))
    if said.endswith("初"):
        return first if first >= today or _shift(said) is not None else add_months(first, 3)
    last = add_months(first, 2)
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
        first = today.replace(day=1) if day <= today.day else add_months(today.replace(day=1), -1)
        return first.replace(day=day)
    first = today.replace(day=1) if day >= today.day else add_months(today.replace(day=1), 1)
    return first.replace(day=day)


def _whole_week(said: str, today: date, _past: bool) -> date:
    shift = _shift(said) or 0
    return today if shift == 0 else today - timedelta(days=today.weekday()) + timedelta(days=7 * shift)


def _whole_month(said: str, today: date, _past: bool) -> date:
    return add_months(today.replace(day=1), _shift(said) or 0)


_MEANINGS: dict[str, Callable[[str, date, bool], date]] = {
    "word": _word, "weekday": _weekday, "week_end": _week_end, "iso": _iso, "month_edge": _month_edge,
    "month_day": _month_day, "shift_month_day": _shift_month_day, "slash": _slash, "quarter_edge": _quarter_edge,
    "year_edge": _year_edge, "holiday": _holiday, "day": _bare_day, "whole_week": _whole_week,
    "whole_month": _whole_month,
}  # fmt: skip

"""Months, quarters and years as periods: 12月, 下个月, 四季度, Q4, 明年."""

import re
from datetime import datetime

from bot.listening.days import add_months
from bot.listening.numbers import number

_N = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_YEAR = r"(?:今年|明年|去年|本年度?|20\d{2}年?)"
_MONTHS = {"本": 0, "这": 0, "这个": 0, "当": 0, "上": -1, "上个": -1, "下": 1, "下个": 1}
_WHICH = "|".join(sorted(_MONTHS, key=len, reverse=True))
PERIOD = (
    rf"(?:(?:{_YEAR})?\s?{_N}月份?|20\d{{2}}-(?:0[1-9]|1[0-2]|q[1-4])|(?:{_WHICH})(?:月|季度?)"
    rf"|(?:{_YEAR})?\s?(?:第?[一二三四1-4]季度|q[1-4])|{_YEAR}|全年)"
)
_SHAPE = re.compile(
    rf"(?P<year>{_YEAR}|全年)?[\s-]?(?:(?P<which>{_WHICH})(?P<unit>月|季)度?|q(?P<q>[1-4])"
    rf"|第?(?P<season>[一二三四1-4])季度|(?P<month>0[1-9]|{_N})月?份?)?"
)
_YEARS = {"今年": 0, "本年": 0, "本年度": 0, "全年": 0, "明年": 1, "去年": -1}
_FAR = 6  # a month named alone that is so long past is next year's


def read_period(said: str, now: datetime) -> str | None:
    """`2026-12`, `2026-Q4` or `2026`; None for what is no such period."""
    match = _SHAPE.fullmatch(said.strip())
    if match is None or not said.strip():
        return None
    year = _year(match["year"], now)
    if match["which"]:
        return _near(match["unit"], _MONTHS[match["which"]], now)
    season = match["q"] or match["season"]
    if season:
        return f"{year}-Q{int(number(season) or 0)}"
    if match["month"]:
        month = int(number(match["month"]) or 0)
        later = match["year"] is None and now.month - month >= _FAR
        return f"{year + later}-{month:02d}"
    return str(year)


def _year(said: str | None, now: datetime) -> int:
    if said is None or said in _YEARS:
        return now.year + _YEARS.get(said or "今年", 0)
    return int(said[:4])


def _near(unit: str, shift: int, now: datetime) -> str:
    first = now.date().replace(day=1)
    if unit == "月":
        return f"{add_months(first, shift):%Y-%m}"
    season = add_months(first, 3 * shift)
    return f"{season.year}-Q{(season.month - 1) // 3 + 1}"

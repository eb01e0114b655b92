"""Months, quarters and years."""

import re
from datetime import datetime

import pytest

from bot.listening.months import PERIOD, read_period

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")


@pytest.mark.parametrize(
    ("said", "meant"),
    [("12月", "2026-12"), ("十二月", "2026-12"), ("10月份", "2026-10"), ("1月", "2027-01"), ("明年1月", "2027-01"),
     ("今年1月", "2026-01"), ("2025年3月", "2025-03"), ("2026-12", "2026-12"), ("本月", "2026-11"),
     ("这个月", "2026-11"), ("下个月", "2026-12"), ("上月", "2026-10"), ("本季度", "2026-Q4"), ("下季度", "2027-Q1"),
     ("四季度", "2026-Q4"), ("第一季度", "2026-Q1"), ("q3", "2026-Q3"), ("2027年q1", "2027-Q1"), ("全年", "2026"),
     ("今年", "2026"), ("明年", "2027"), ("2027年", "2027"), ("2026-q4", "2026-Q4")],
)  # fmt: skip
def test_a_period_is_read(said: str, meant: str) -> None:
    assert re.fullmatch(PERIOD, said), "found in a sentence"
    assert read_period(said, NOW) == meant


@pytest.mark.parametrize("said", ["", "13月", "腊月", "上周", "五季度", "月"])
def test_what_is_none_is_not(said: str) -> None:
    assert read_period(said, NOW) is None

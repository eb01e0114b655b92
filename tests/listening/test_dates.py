"""The table of date words (commands.md, Times); now is Monday 2026-11-23 10:00."""

from datetime import datetime

import pytest

from bot.listening.dates import find_moments, instant, read_moment

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
TABLE = """
今天下午5点 2026-11-23T17:00 | 明天 2026-11-24T09:00 | 后天 2026-11-25T09:00
大后天 2026-11-26T09:00 | 昨天 2026-11-22T09:00 | 前天 2026-11-21T09:00
大前天 2026-11-20T09:00 | 今天 2026-11-23T11:00 | 今晚8点 2026-11-23T20:00
明早 2026-11-24T09:00 | 明早9点一刻 2026-11-24T09:15 | 明晚七点半 2026-11-24T19:30
明天中午 2026-11-24T12:00 | 今晚12点 2026-11-24T00:00 | 明天中午1点 2026-11-24T13:00
后天15:00 2026-11-25T15:00 | 3点半 2026-11-23T15:30 | 15:30 2026-11-23T15:30
下午三点 2026-11-23T15:00 | 3pm 2026-11-23T15:00 | 9点 2026-11-24T09:00
周三 2026-11-25T09:00 | 本周三 2026-11-25T09:00 | 下周三 2026-12-02T09:00
下下周一 2026-12-07T09:00 | 上周五 2026-11-20T09:00 | 星期天 2026-11-29T09:00
周末 2026-11-28T09:00 | 下周末 2026-12-05T09:00 | 下周 2026-11-30T09:00
礼拜五下午 2026-11-27T14:00 | 月底 2026-11-30T09:00 | 月初 2026-12-01T09:00
下个月5号 2026-12-05T09:00 | 下月初 2026-12-01T09:00 | 12月底 2026-12-31T09:00
年底 2026-12-31T09:00 | 季度末 2026-12-31T09:00 | 下季度初 2027-01-01T09:00
本月15号 2026-11-15T09:00 | 三月初 2027-03-01T09:00 | 12月5日 2026-12-05T09:00
2026-12-05 2026-12-05T09:00 | 2027/1/8 2027-01-08T09:00 | 12/5 2026-12-05T09:00
5号 2026-12-05T09:00 | 25号 2026-11-25T09:00 | 十二月二十五号 2026-12-25T09:00
明年3月1日 2027-03-01T09:00 | 元旦 2027-01-01T09:00 | 11月20日 2027-11-20T09:00
周五前 2026-11-27T09:00 | 12月31日之前 2026-12-31T09:00 | 三天后 2026-11-26T09:00
两周后 2026-12-07T09:00 | 半小时后 2026-11-23T10:30 | 一个半小时后 2026-11-23T11:30
3个工作日后 2026-11-26T09:00 | 5个工作日后 2026-11-30T09:00 | 半个月后 2026-12-08T09:00
过三天 2026-11-26T09:00 | 三天后下午3点 2026-11-26T15:00 | 十分钟后 2026-11-23T10:10
一个月后 2026-12-23T09:00 | 每周五 2026-11-27T09:00
"""
ROWS = [tuple(cell.split()) for line in TABLE.strip().splitlines() for cell in line.split(" | ")]


@pytest.mark.parametrize(("said", "meant"), ROWS, ids=[said for said, _ in ROWS])
def test_date_words(said: str, meant: str) -> None:
    moment = read_moment(said, NOW)
    assert moment is not None
    assert instant(moment, NOW).isoformat().startswith(meant)


@pytest.mark.parametrize(
    ("said", "day"), [("5号", "2026-11-05"), ("25号", "2026-10-25"), ("12月5日", "2025-12-05"), ("周五", "2026-11-20")]
)
def test_looking_back(said: str, day: str) -> None:
    moment = read_moment(said, NOW, past=True)
    assert moment is not None and moment.day.isoformat() == day


@pytest.mark.parametrize(
    "text", ["便宜一点", "5号楼", "客户说三点建议", "2月30日", "SO20261123-0001", "打印机3台 1200", "25点", "周杰"]
)
def test_no_date(text: str) -> None:
    assert not list(find_moments(text, NOW))


def test_at_the_end_of_the_day_today_becomes_tomorrow() -> None:
    late = NOW.replace(hour=23, minute=30)
    moment = read_moment("今天", late)
    assert moment is not None and instant(moment, late).isoformat() == "2026-11-24T09:00:00+08:00"

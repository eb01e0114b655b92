"""How figures, instants and words are shown."""

import pytest

from cards import labels
from cards.rows import line
from cards.wording import group_safe

NOW = "2026-11-23T10:00:00+08:00"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("3420.00", "¥3,420.00"), (3420, "¥3,420.00"), ("-5", "-¥5.00"), ("0", "¥0.00"), (None, ""), ("一万", "一万"),
     ("NaN", "NaN"), ("1e999", "1e999"), ("128000.5", "¥128,000.50")],
)  # fmt: skip
def test_money(value: object, shown: str) -> None:
    assert labels.money(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0.95", "95折"), ("0.9500", "95折"), ("0.9", "9折"), ("0.98", "98折"), ("0.955", "95.5折"), ("1", "无折扣"),
     ("0.05", "0.5折"), (0.7, "7折")],
)  # fmt: skip
def test_rate_is_what_remains(value: object, shown: str) -> None:
    assert labels.rate(value) == shown


def test_instants_are_shown_in_shanghai_with_another_year() -> None:
    assert labels.when("2026-11-24T07:00:00+00:00", NOW) == "11月24日(周二) 15:00"
    assert labels.when("2027-01-04T09:00:00+08:00", NOW) == "2027年1月4日(周一) 09:00"
    assert labels.when("2026-12-31T20:00:00+00:00", NOW) == "2027年1月1日(周五) 04:00"
    assert labels.day("2026-11-24", NOW) == "11月24日(周二)"
    assert labels.when(None) == "" and labels.when("<b>") == "<b>"


@pytest.mark.parametrize(
    ("at", "shown"),
    [("2026-11-26T02:00:00+08:00", "3天后"), ("2026-11-22T23:59:00+08:00", "昨天"),
     ("2026-11-24T00:00:00+08:00", "明天"),
     ("2026-11-23T12:30:00+08:00", "2小时后"), ("2026-11-23T09:59:40+08:00", "刚刚"),
     ("2026-11-23T09:30:00+08:00", "30分钟前")],
)  # fmt: skip
def test_relative_days_are_calendar_days(at: str, shown: str) -> None:
    assert labels.relative(at, NOW) == shown


def test_pending_means_another_thing_on_a_lead() -> None:
    assert labels.status("pending", "lead") == "待处理"
    assert labels.status("pending") == labels.status("pending", "order") == "待审核"
    assert labels.status("to_ship", "fulfilment") == "待发货"
    assert labels.status("unheard_of", "lead") == "unheard_of"


def test_a_line_shows_quantity_price_and_discount() -> None:
    row = {"product": {"name": "打印机", "unit": "台"}, "quantity": "3.000", "price": "1200", "discount": "0.95"}
    assert line({**row, "amount": "3420"}) == ["打印机 3台 × ¥1,200.00 95折 = ¥3,420.00"]
    assert line({**row, "discount": "1", "amount": None}) == ["打印机 3台 × ¥1,200.00"]


@pytest.mark.parametrize(
    ("said", "seen"),
    [("张三 13800138000", "张三 138****00"), ("138 0013 8000", "138****00"), ("021-55550001", "021****01"),
     ("zhang.san@example.com", "***"), ("SO20261123-0001", "SO20261123-0001"), ("L000123", "L000123"),
     ("上海海豚科技有限公司", "上海海豚科技有限公司"), ("+86 138-0013-8000", "861****00")],
)  # fmt: skip
def test_a_group_sees_no_number_to_call(said: str, seen: str) -> None:
    assert group_safe(said) == seen

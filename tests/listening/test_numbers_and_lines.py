"""Amounts, rates and order lines as people write them."""

from decimal import Decimal
from typing import Any

import pytest

from bot.listening.lines import read_lines
from bot.listening.normalize import sentence
from bot.listening.numbers import Doubt, money, rate

AMOUNTS = {
    "三万五": "35000", "十二万三千元": "123000", "12.8万": "128000", "2w": "20000", "5k": "5000",
    "¥3,600.50": "3600.5", "两万五": "25000", "3万5": "35000", "3万5千": "35000", "3万5600": "35600",
    "一百零五": "105", "八千": "8000", "1.5亿": "150000000", "128,000.50元": "128000.5", "两百块": "200",
    "壹万贰仟": "12000", "20": "20", "一万二": "12000",
}  # fmt: skip
RATES = {
    "九五折": ".95", "95折": ".95", "9.5折": ".95", "0.95": ".95", "打九折": ".9", "八八折": ".88", "95%": ".95",
    "百分之九十五": ".95", "优惠5%": ".95", "九点五折": ".95", "不打折": "1", "对折": ".5",
}  # fmt: skip


@pytest.mark.parametrize("said", AMOUNTS)
def test_money(said: str) -> None:
    assert money(said) == Decimal(AMOUNTS[said])


@pytest.mark.parametrize(
    "said", ["小十万", "十来万", "三五百", "十几万", "两三万", "几千", "十多万", "上百万", "好几万"]
)
def test_a_doubtful_amount_is_no_number(said: str) -> None:
    assert isinstance(money(said), Doubt)


@pytest.mark.parametrize("said", ["打印机", "", "三三两两", "1.2.3"])
def test_no_amount(said: str) -> None:
    assert money(said) is None


@pytest.mark.parametrize("said", RATES)
def test_rate(said: str) -> None:
    assert rate(said) == Decimal(RATES[said])


@pytest.mark.parametrize("said", ["120%", "折", "两折三", "1.5"])
def test_no_rate(said: str) -> None:
    assert rate(said) is None


def line(product: str, quantity: float, **more: float) -> dict[str, Any]:
    return {"product": product, "quantity": quantity, **more}


LINES: list[tuple[str, list[dict[str, Any]], str | None]] = [
    ("打印机x3 1200", [line("打印机", 3, price=1200)], None),
    ("打印机3台", [line("打印机", 3)], None),
    ("打印机 3台 单价1200", [line("打印机", 3, price=1200)], None),
    ("打印机2台,硒鼓5个", [line("打印机", 2), line("硒鼓", 5)], None),
    ("3台打印机", [line("打印机", 3)], None),
    ("打印机×3 @1100", [line("打印机", 3, price=1100)], None),
    ("冷柜2台 单价1.2万", [line("冷柜", 2, price=12000)], None),
    ("两台打印机和五个硒鼓", [line("打印机", 2), line("硒鼓", 5)], None),
    ("投影仪1台5600", [line("投影仪", 1, price=5600)], None),
    ("打印机3台 1200 九五折", [line("打印机", 3, price=1200)], ".95"),
    ("打印机3台 九折, 硒鼓5个", [line("打印机", 3, discount=0.9), line("硒鼓", 5)], None),
    ("打印机3台 九折, 硒鼓5个 八折", [line("打印机", 3, discount=0.9), line("硒鼓", 5, discount=0.8)], None),
    ("打印机3台, 硒鼓5个 整单九折", [line("打印机", 3), line("硒鼓", 5)], ".9"),
    ("打印机3台 整单九折", [line("打印机", 3)], ".9"),
    ("A4纸20箱 每箱150", [line("A4纸", 20, price=150)], None),
    ("硒鼓 0.5箱", [line("硒鼓", 0.5)], None),
    ("打印机多少钱合适", [], None),
    ("优惠2000", [], None),
]


@pytest.mark.parametrize(("text", "lines", "discount"), LINES, ids=[text for text, _, _ in LINES])
def test_order_lines(text: str, lines: list[dict[str, Any]], discount: str | None) -> None:
    found = read_lines(sentence(text))
    assert found.lines == lines
    assert found.discount == (None if discount is None else Decimal(discount))

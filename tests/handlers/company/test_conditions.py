"""Conditions of approval flows: what they mean, and that nothing else can be said in them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.company.conditions import ConditionError, Facts, fits, parse

FACTS: Facts = {"amount": Decimal(60000), "discount": Decimal("0.9"), "customer_level": "A", "first_order": True}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("   ", True),
        ("amount >= 50000", True),
        ("amount >= 60000.01", False),
        ("50000 <= amount", True),
        ("discount < 0.9", False),
        ("amount >= 0 and discount < 0.95", True),
        ("amount >= 0 AND (discount < 0.5 or first_order)", True),
        ("amount < 10 or amount > 50000 and discount == 0.9", True),
        ("not first_order", False),
        ("first_order == true", True),
        ("customer_level == A", True),
        ("customer_level != 'A'", False),
        ('customer_level == "B" or rate < 1', False),
    ],
)
def test_meaning(text: str, expected: bool) -> None:
    assert fits(text, FACTS) is expected


@pytest.mark.parametrize("text", ["amount > 0", "discount < 1", "customer_level == A", "first_order"])
def test_what_is_not_known_fits_nothing(text: str) -> None:
    assert fits(text, {}) is False


@pytest.mark.parametrize(
    "text",
    ["amount", "amount >", "amount > A", "price > 3", "amount > 1 2", "(amount > 1", "amount > 1)", "and", "not",
     "customer_level > A", "__import__('os').system('x')", "amount ** 2 > 1", "1 > 2", "(" * 300, "first_order == 3",
     "amount >= .5"],
)  # fmt: skip
def test_rubbish_is_named(text: str) -> None:
    with pytest.raises(ConditionError) as error:
        parse(text)
    assert not str(error.value).isascii(), "it says in Chinese what is wrong"


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_an_error(text: str) -> None:
    try:
        test = parse(text)
    except ConditionError:
        return
    assert test(FACTS) in (True, False)

"""Prices as arithmetic: line sums, nothing negative unseen, no rate below authority passes by rounding."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from handlers.money.pricing import Item, price

D = Decimal
RATES = st.decimals(min_value="0.0001", max_value="1", places=4)
QUANTITIES = st.decimals(min_value="0.001", max_value="9999999", places=3)
PRICES = st.integers(min_value=0, max_value=10**9)
ITEMS = st.builds(Item, QUANTITIES, PRICES, PRICES, st.none() | RATES)
AUTHORITIES = st.sampled_from([D("0.95"), D("0.85"), D("0.9"), D("0.7"), D("1")])


def test_the_example_of_the_contract() -> None:
    quote = price([Item(D(3), 120000, 120000)], D("0.95"), 0)
    assert (quote.amount_fen, quote.list_fen, quote.lowest_rate) == (342000, 360000, D("0.95"))


def test_a_price_below_the_list_is_a_discount() -> None:
    assert price([Item(D(1), 120000, 100000)], None, 0).lowest_rate == D("0.8333")
    assert price([Item(D(1), 120000, 130000)], None, 0).lowest_rate == 1


def test_the_worst_line_counts_not_the_average() -> None:
    quote = price([Item(D(1), 100, 50), Item(D(99), 100, 100)], None, 0)
    assert quote.lowest_rate == D("0.5")


def test_an_allowance_is_a_discount_of_the_whole() -> None:
    quote = price([Item(D(1), 100000, 100000)], None, 10000)
    assert (quote.amount_fen, quote.lowest_rate) == (90000, D("0.9"))


def test_a_lost_fen_is_no_discount() -> None:
    quote = price([Item(D(1), 12811, 12811, D("0.95"))], None, 0)
    assert quote.line_fen == (12170,), "half up of 12170.45"
    assert quote.lowest_rate == D("0.95"), "he asked for 95 and within 95 it is"


def test_lines_round_half_up_before_the_whole() -> None:
    quote = price([Item(D(1), 105, 105, D("0.5")), Item(D(1), 105, 105, D("0.5"))], D("0.5"), 0)
    assert quote.line_fen == (53, 53)
    assert quote.amount_fen == 53


def test_free_of_list_price_is_no_discount() -> None:
    assert price([Item(D(1), 0, 0)], None, 0).lowest_rate == 1


def half_up(value: Fraction) -> int:
    return int((Decimal(value.numerator) / Decimal(value.denominator)).quantize(D(1), ROUND_HALF_UP))


def exact(item: Item) -> Fraction:
    return Fraction(item.quantity) * item.price_fen * Fraction(item.rate if item.rate is not None else D(1))


@given(st.lists(ITEMS, min_size=1, max_size=8), st.none() | RATES, st.integers(0, 10**8))
def test_the_sum_is_that_of_its_lines(items: list[Item], rate: Decimal | None, allowance: int) -> None:
    quote = price(items, rate, allowance)
    assert all(
        abs(Fraction(fen) - exact(item)) <= Fraction(1, 2) for fen, item in zip(quote.line_fen, items, strict=True)
    )
    whole = Fraction(rate if rate is not None else D(1))
    assert abs(quote.gross_fen - sum(quote.line_fen) * whole) <= Fraction(1, 2)
    assert quote.amount_fen == quote.gross_fen - allowance
    assert quote.gross_fen >= 0
    assert all(fen >= 0 for fen in quote.line_fen)
    assert 0 <= quote.lowest_rate <= 1


@given(st.lists(ITEMS, min_size=1, max_size=8), st.none() | RATES, st.integers(0, 10**8), AUTHORITIES)
def test_no_rate_below_authority_passes(items: list[Item], rate: Decimal | None, allowance: int, own: Decimal) -> None:
    """What is really granted, in exact fractions, is never below an authority that the measured rate reaches."""
    quote = price(items, rate, allowance)
    if quote.lowest_rate < own:
        return
    limit = Fraction(own)
    for item in items:
        assert exact(item) >= limit * Fraction(item.quantity) * item.list_price_fen
    whole = Fraction(rate if rate is not None else D(1))
    listed = sum(Fraction(item.quantity) * item.list_price_fen for item in items)
    assert sum(exact(item) for item in items) * whole - allowance >= limit * listed or listed == 0


@given(st.lists(ITEMS, min_size=1, max_size=8), RATES)
def test_a_lower_rate_never_costs_more(items: list[Item], rate: Decimal) -> None:
    assert price(items, rate, 0).amount_fen <= price(items, None, 0).amount_fen

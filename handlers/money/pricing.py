"""What an order costs and how far below the list it goes: pure arithmetic in integer fen (domain.md E.4, E.3.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext

_ONE = Decimal(1)
_FOUR_PLACES = Decimal("0.0001")
_DIGITS = 80  # prices × quantities × rates of fifty lines stay exact


@dataclass(frozen=True)
class Item:
    """One line as agreed; `rate` is what remains of `price_fen`, None where the line has no discount of its own."""

    quantity: Decimal
    list_price_fen: int
    price_fen: int
    rate: Decimal | None = None


@dataclass(frozen=True)
class Quote:
    """`amount_fen` may be negative: the caller refuses that. `lowest_rate` is what authority is measured by."""

    line_fen: tuple[int, ...]
    list_fen: int
    gross_fen: int
    amount_fen: int
    lowest_rate: Decimal
    line_rate: Decimal = _ONE  # the lowest of the lines
    total_rate: Decimal = _ONE


def price(items: Sequence[Item], rate: Decimal | None, allowance_fen: int) -> Quote:
    """Line = round(quantity × price × rate), order = round(Σ lines × rate) − allowance, both half up (domain.md E.4).

    `lowest_rate` is the lowest of each line's net ÷ list and of the whole's, allowance included; a price typed below
    the list is a discount too (E.3.5). It is taken from the unrounded figures, so that a fen lost by rounding gives
    nobody a lower rate than he asked for, and cut to four places, so that nothing passes a limit by rounding up.
    """
    with localcontext(prec=_DIGITS):
        whole = _ONE if rate is None else rate
        exact = [item.quantity * item.price_fen * (_ONE if item.rate is None else item.rate) for item in items]
        listed = [item.quantity * item.list_price_fen for item in items]
        line_fen = tuple(_half_up(net) for net in exact)
        gross = _half_up(sum(line_fen) * whole)
        rates = [_remains(net, full) for net, full in zip(exact, listed, strict=True)]
        total = _remains(sum(exact, Decimal(0)) * whole - allowance_fen, sum(listed, Decimal(0)))
        lowest_line = max(Decimal(0), min(rates))
        list_fen = _half_up(sum(listed, Decimal(0)))
        total = max(Decimal(0), total)
        return Quote(line_fen, list_fen, gross, gross - allowance_fen, min(lowest_line, total), lowest_line, total)


def _half_up(amount: Decimal) -> int:
    return int(amount.quantize(_ONE, ROUND_HALF_UP))


def _remains(net: Decimal, full: Decimal) -> Decimal:
    """Net ÷ list, four places, cut; what has no list price, or costs more than the list, is no discount."""
    if full == 0 or net >= full:
        return _ONE
    return (net / full).quantize(_FOUR_PLACES, ROUND_DOWN)

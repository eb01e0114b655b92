"""Integer fen inside, yuan at the doors; rounding half up per line, then on the total (domain.md E)."""

from decimal import ROUND_HALF_UP, Decimal

_ONE = Decimal(1)


def fen(yuan: Decimal) -> int:
    """Yuan with at most two decimals to fen."""
    return int((yuan * 100).quantize(_ONE, ROUND_HALF_UP))


def yuan(amount_fen: int) -> str:
    """Fen to yuan as the doors show it: `"50000.00"`."""
    return f"{Decimal(amount_fen) / 100:.2f}"


def times(amount_fen: int, factor: Decimal) -> int:
    """An amount times a quantity or rate, rounded half up to a fen."""
    return int((Decimal(amount_fen) * factor).quantize(_ONE, ROUND_HALF_UP))


def rate(part_fen: int, whole_fen: int) -> Decimal:
    """The rate that remains, four decimals, rounded down so that nothing passes a limit by rounding."""
    if whole_fen == 0:
        return _ONE
    return (Decimal(part_fen) / Decimal(whole_fen)).quantize(Decimal("0.0001"), rounding="ROUND_DOWN")

"""Numbers as pictures for a web page: where the bars of a graph stand, in shares of its width and in pixels of height.

The page draws them as SVG without a viewBox, so that letters keep their size on a phone and on a desk.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cards import labels
from cards.chart import ceiling

HEIGHT, TOP, BOTTOM = 200, 24, 168  # pixels; the bars stand on BOTTOM
LEVELS = 4  # into which a round number falls evenly
LABELS = 6  # below the bars, at most
EDGE = 12.0  # percent of the width in which a text is not centred
WAN, YI = 10_000, 100_000_000


@dataclass(frozen=True)
class Bar:
    """`x` and `width` in percent of the graph's width, `y` and `height` in pixels."""

    x: float
    width: float
    y: float
    height: float
    label: str = ""  # below it
    told: str = ""  # in words
    peak: str = ""  # above it

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)

    @property
    def anchor(self) -> str:
        """Where the text over or under the bar begins, so that it stays inside."""
        if self.middle < EDGE:
            return "start"
        return "end" if self.middle > 100 - EDGE else "middle"


@dataclass(frozen=True)
class Level:
    y: float
    text: str


@dataclass(frozen=True)
class Graph:
    """Amounts over time; `told` says the same in words."""

    title: str
    bars: tuple[Bar, ...]
    levels: tuple[Level, ...]
    told: str
    height: int = HEIGHT


@dataclass(frozen=True)
class Meter:
    """One amount as a share of the largest of its kind, in percent."""

    name: str
    value: str
    share: float


def graph(title: str, points: Sequence[tuple[str, float]], now: str) -> Graph | None:
    """Bars of (first day in ISO form, amount), the highest with its amount; None where one number says it all."""
    highest = max((amount for _, amount in points), default=0.0)
    if len(points) < 2 or highest <= 0:
        return None
    top, room = ceiling(highest), 100 / len(points)
    days = [date.fromisoformat(day) for day, _ in points]
    every = math.ceil(len(points) / LABELS)
    peak = next(number for number, (_, amount) in enumerate(points) if amount == highest)
    named = [f"{labels.day(day, now)} {labels.money(amount)}" for day, amount in points]
    bars = tuple(
        replace(
            _bar(number, amount, top, room),
            label=_label(days, number) if number % every == 0 else "",
            told=named[number],
            peak=short(amount) if number == peak else "",
        )
        for number, (_, amount) in enumerate(points)
    )
    levels = tuple(Level(_y(top * step / LEVELS, top), short(top * step / LEVELS)) for step in range(LEVELS + 1))
    earned = (text for text, (_, amount) in zip(named, points, strict=True) if amount)
    return Graph(title, bars, levels, f"{title}：{'，'.join(earned)}")


def meters(amounts: Sequence[tuple[str, float]]) -> tuple[Meter, ...]:
    """Amounts beside each other; nothing where there is nothing to compare."""
    largest = max((amount for _, amount in amounts), default=0.0)
    if largest <= 0:
        return ()
    return tuple(Meter(name, labels.money(value), max(round(100 * value / largest, 2), 0)) for name, value in amounts)


def counts(numbers: Sequence[tuple[str, int]]) -> tuple[Meter, ...]:
    """As `meters`, of things that are counted."""
    largest = max((number for _, number in numbers), default=0)
    return tuple(Meter(name, f"{number} 个", round(100 * number / largest, 2)) for name, number in numbers if largest)


def short(amount: float) -> str:
    """As an axis says it: 800, 1.2万, 3亿."""
    for unit, name in ((YI, "亿"), (WAN, "万")):
        if amount >= unit:
            return f"{amount / unit:,.1f}".removesuffix(".0") + name
    return f"{amount:,.2f}".rstrip("0").rstrip(".")


def _bar(number: int, amount: float, top: float, room: float) -> Bar:
    width = min(room * 0.64, 7.0)
    x = room * (number + 0.5) - width / 2
    y = min(_y(amount, top), BOTTOM - 2.0) if amount > 0 else float(BOTTOM)
    return Bar(round(x, 2), round(width, 2), y, round(BOTTOM - y, 1))


def _label(days: Sequence[date], number: int) -> str:
    """Months by name where the bars are months, else month and day."""
    is_monthly = all(day.day == 1 for day in days)
    return f"{days[number].month}月" if is_monthly else f"{days[number].month}/{days[number].day}"


def _y(amount: float, top: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * amount / top, 1)

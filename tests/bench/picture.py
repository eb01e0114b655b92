"""One bar a target: by what factor it is better or worse than its limit. Drawn by hand: nothing is installed for it."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from math import log2

from .targets import TARGETS, Target

ROW, HEAD, GAP = 34, 96, 18
WIDTH, LIMIT, REACH = 1080, 560, 150  # the limit stands in the middle of the bars; so far to each side
TIMES = 8  # what is that many times better or worse reaches the end
GOOD, BAD, INK, GREY, PALE, LINE = "#1f7a5c", "#c2452d", "#22262e", "#6b7280", "#f3f5f7", "#d9dde3"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'PingFang SC', sans-serif"


def draw(name: str, lines: Sequence[tuple[str, float, str]], footer: str) -> str:
    """`lines` are key, value and where it comes from; those of one number stand together."""
    ordered = sorted(lines, key=lambda line: int(TARGETS[line[0]].number[1:]))
    met = sum(TARGETS[key].is_met(value) for key, value, _ in ordered)
    groups = [list(found) for _, found in groupby(ordered, key=lambda line: TARGETS[line[0]].number)]
    height = HEAD + len(ordered) * ROW + len(groups) * GAP + 44
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="{FONT}" font-size="13"'
        f' fill="{INK}"><rect width="100%" height="100%" rx="10" fill="white"/>',
        _text(28, 40, f"make {name}", size=20, weight=650),
        _text(28, 62, f"{met} of {len(ordered)} targets met", colour=GREY),
        *_scale(height),
    ]
    top = HEAD
    for group in groups:
        parts.append(f'<line x1="28" y1="{top + 4}" x2="{WIDTH - 28}" y2="{top + 4}" stroke="{LINE}"/>')
        parts.append(_text(28, top + GAP + 13, TARGETS[group[0][0]].number, weight=650))
        for index, (key, value, shown) in enumerate(group):
            parts += _row(TARGETS[key], value, shown, top + GAP // 2 + index * ROW)
        top += GAP + len(group) * ROW
    return "\n".join([*parts, _text(28, height - 18, footer, size=11, colour=GREY), "</svg>"])


def _scale(height: int) -> Iterable[str]:
    """Factors of two, and the limit itself."""
    for step in (-3, -2, -1, 1, 2, 3):
        x = LIMIT + step * REACH / log2(TIMES)
        yield f'<line x1="{x}" y1="{HEAD}" x2="{x}" y2="{height - 40}" stroke="{PALE}"/>'
        yield _text(x, HEAD - 8, f"{2 ** abs(step)}×", size=11, colour=GREY, anchor="middle")
    yield f'<line x1="{LIMIT}" y1="{HEAD}" x2="{LIMIT}" y2="{height - 40}" stroke="{GREY}" stroke-dasharray="2 3"/>'
    yield _text(LIMIT, HEAD - 8, "limit", size=11, weight=650, anchor="middle")
    yield _text(LIMIT - REACH, HEAD - 26, "worse by", size=11, colour=BAD, anchor="middle")
    yield _text(LIMIT + REACH, HEAD - 26, "better by", size=11, colour=GOOD, anchor="middle")


def _row(target: Target, value: float, shown: str, top: int) -> list[str]:
    colour = GOOD if target.is_met(value) else BAD
    figure = f"{_figure(value)} {target.unit}".strip()
    aim = f"{_SIGNS[target.sign]} {_figure(target.limit)} {target.unit}".strip()
    return [
        _text(66, top + 22, target.what),
        *_bar(target, value, top + 10, colour),
        _text(LIMIT + REACH + 24, top + 18, figure, weight=650, colour=colour),
        _text(LIMIT + REACH + 140, top + 18, aim, colour=GREY),
        _text(LIMIT + REACH + 24, top + 33, shown if len(shown) <= 60 else f"{shown[:59]}…", size=11, colour=GREY),
    ]


def _bar(target: Target, value: float, top: int, colour: str) -> list[str]:
    """A count that must be exact has no factor: a dot on the limit, or a cross."""
    if target.sign == "=":
        if target.is_met(value):
            return [f'<circle cx="{LIMIT}" cy="{top + 8}" r="6" fill="{colour}"/>']
        arms = f"M{LIMIT - 6} {top + 2}l12 12M{LIMIT - 6} {top + 14}l12 -12"
        return [f'<path d="{arms}" stroke="{colour}" stroke-width="3" fill="none"/>']
    length = max(-REACH, min(REACH, _times(target, value) * REACH / log2(TIMES)))
    wide = max(2.0, abs(length))
    left = LIMIT if length >= 0 else LIMIT - wide
    bar = f'<rect x="{left:.1f}" y="{top}" width="{wide:.1f}" height="16" rx="2" fill="{colour}" fill-opacity="0.88"/>'
    beyond = abs(length) == REACH and value
    tip = LIMIT + (REACH + 4 if length > 0 else -REACH - 4)
    points = f"{tip},{top} {tip + (7 if length > 0 else -7)},{top + 8} {tip},{top + 16}"
    return [bar, f'<polygon points="{points}" fill="{colour}" fill-opacity="0.88"/>'] if beyond else [bar]


def _times(target: Target, value: float) -> float:
    """Doublings by which it is better than the limit."""
    if value <= 0:
        return log2(TIMES) if target.sign == "<=" else -log2(TIMES)
    return log2(value / target.limit) if target.sign == ">=" else log2(target.limit / value)


def _text(
    x: float, y: float, text: str, *, size: int = 13, weight: int = 400, colour: str = INK, anchor: str = "start"
) -> str:
    style = f'font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}"'
    return f'<text x="{x:.0f}" y="{y:.0f}" {style}>{escape(text)}</text>'


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


_SIGNS = {"<=": "≤", ">=": "≥", "=": "="}

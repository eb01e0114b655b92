"""A picture of numbers over time: bars on thin axes, digits alone, for there may be no Chinese font on the server."""

import io
import math
from collections.abc import Sequence
from datetime import date

from PIL import Image, ImageDraw, ImageFont

SIZE = (1056, 480)  # 2.2 to 1, inside what WeCom shows of a card's picture
SCALE = 2  # drawn larger and made smaller, for smooth edges
LEFT, RIGHT, TOP, BOTTOM = 132, 28, 56, 72
GROUND, BAR, AXIS, LABEL, PEAK = "#ffffff", "#2f7de1", "#e3e8ef", "#7a8696", "#1c2430"
LABELS = 8  # below the bars, at most
LINES = 4
FONT = 28


def bar_chart(points: Sequence[tuple[str, float]]) -> bytes:
    """A PNG of (day in ISO form, amount ≥ 0) in order; the highest bar carries its amount."""
    image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE), GROUND)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(FONT * SCALE)
    top = ceiling(max((amount for _, amount in points), default=0))
    _axes(draw, font, top)
    _bars(draw, font, points, top)
    out = io.BytesIO()
    image.resize(SIZE, Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def ceiling(highest: float) -> float:
    """The round number at or above it that the axis ends with: 1, 2, 4, 6, 8 times a power of ten."""
    if highest <= 0:
        return LINES
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= highest)


def short(amount: float) -> str:
    """As few digits as an axis needs: 12,000 or 1.2M."""
    if amount >= 1_000_000:
        return f"{amount / 1_000_000:,.2f}".rstrip("0").rstrip(".") + "M"
    return f"{amount:,.0f}" if amount >= LINES or amount == 0 else f"{amount:,.1f}"


def _axes(draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, top: float) -> None:
    for step in range(LINES + 1):
        y = _y(top * step / LINES, top)
        draw.line([(LEFT * SCALE, y), ((SIZE[0] - RIGHT) * SCALE, y)], AXIS, SCALE)
        draw.text(((LEFT - 12) * SCALE, y), short(top * step / LINES), LABEL, font, anchor="rm")


def _bars(
    draw: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    points: Sequence[tuple[str, float]],
    top: float,
) -> None:
    room = (SIZE[0] - LEFT - RIGHT) * SCALE / max(len(points), 1)
    half = min(room * 0.32, 34 * SCALE)
    every = math.ceil(len(points) / LABELS)
    highest = max(range(len(points)), key=lambda number: points[number][1], default=-1)
    for number, (day, amount) in enumerate(points):
        x = LEFT * SCALE + room * (number + 0.5)
        if amount > 0:
            y = min(_y(amount, top), _y(0, top) - 2 * SCALE)
            draw.rounded_rectangle([x - half, y, x + half, _y(0, top)], min(half, 5 * SCALE), BAR, corners=TOP_CORNERS)
        if number == highest and amount > 0:
            draw.text((x, _y(amount, top) - 8 * SCALE), short(amount), PEAK, font, anchor="ms")
        if number % every == 0:
            draw.text((x, (SIZE[1] - BOTTOM + 20) * SCALE), _label(day), LABEL, font, anchor="mt")


TOP_CORNERS = (True, True, False, False)


def _y(amount: float, top: float) -> float:
    height = SIZE[1] - TOP - BOTTOM
    return (TOP + height * (1 - amount / top)) * SCALE


def _label(day: str) -> str:
    found = date.fromisoformat(day)
    return f"{found.month}/{found.day}"

"""One bar a target: how far it is from its limit. Drawn by hand, so that nothing is installed for it."""

from html import escape

from .targets import TARGETS, Target

ROW, LEFT, WIDTH, SPAN = 26, 430, 340, 2.0
GOOD, BAD, INK, PALE = "#2e7d5b", "#c0563f", "#2b2f36", "#e8eaee"


def draw(name: str, rows: list[tuple[str, float]]) -> str:
    """Bars grow with how well a target is met; the line in the middle is the limit itself."""
    height = 64 + ROW * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 150} {height}" font-family="sans-serif"'
        f' font-size="13" fill="{INK}"><rect width="100%" height="100%" fill="white"/>',
        f'<text x="16" y="28" font-size="17" font-weight="600">make {escape(name)}</text>',
        f'<text x="{LEFT + WIDTH / SPAN}" y="46" text-anchor="middle" fill="#777">limit</text>',
    ]
    for index, (key, value) in enumerate(rows):
        parts += _row(TARGETS[key], value, 58 + index * ROW)
    middle = LEFT + WIDTH / SPAN
    parts.append(f'<line x1="{middle}" y1="52" x2="{middle}" y2="{height - 8}" stroke="{INK}" stroke-dasharray="3 3"/>')
    return "\n".join([*parts, "</svg>"])


def _row(target: Target, value: float, top: int) -> list[str]:
    met = target.is_met(value)
    length = min(SPAN, max(0.02, _score(target, value))) / SPAN * WIDTH
    shown = f"{value:,.3g} {target.unit} ({target.sign} {target.limit:g})"
    return [
        f'<text x="16" y="{top + 14}">{target.number} {escape(target.what)}</text>',
        f'<rect x="{LEFT}" y="{top + 3}" width="{WIDTH}" height="14" fill="{PALE}"/>',
        f'<rect x="{LEFT}" y="{top + 3}" width="{length:.1f}" height="14" fill="{GOOD if met else BAD}"/>',
        f'<text x="{LEFT + WIDTH + 8}" y="{top + 14}">{escape(shown)}</text>',
    ]


def _score(target: Target, value: float) -> float:
    """1 at the limit, more where it is better."""
    if target.sign == "=":
        return SPAN if value == target.limit else 0.0
    if target.sign == ">=":
        return value / target.limit
    return SPAN if value <= 0 else target.limit / value

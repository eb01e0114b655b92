"""A card as plain chat text: the passive answer, the fallback, and what a screen reader would say."""

from cards.card import Card, Option
from cards.fit import Piece, fit, harmless, one_line, size

TYPED = "可回复"  # a hint that begins so only says in words what the buttons do


def plain(card: Card, *, limit_bytes: int | None = None) -> str:
    """Everything of the card as readable text, within `limit_bytes` of UTF-8; never empty, no markup in it."""
    pieces = [Piece(harmless(text)) for text in _texts(card)]
    link = safe_link(card.link)
    fits = limit_bytes is None or size(link) <= limit_bytes // 4
    tail = [Piece(link if fits else ""), Piece(harmless(hint_line(card)))]
    whole = "\n".join(piece.text for piece in [*pieces, *tail] if piece.text)
    if limit_bytes is None or size(whole) <= limit_bytes:
        return whole
    return fit(pieces, limit_bytes, tail=tail)


def _texts(card: Card) -> list[str]:
    tag, closed = one_line(tag_of(card)), one_line(closed_of(card))
    return [
        f"{title_of(card)}（{tag}）" if tag else title_of(card),
        f"【{closed}】" if closed else "",
        f"{card.emphasis.name}：{card.emphasis.value}" if card.emphasis else "",
        *card.lines,
        *(f"{one_line(row.name)}：{row.value}" for row in card.fields),
        f"「{card.quote}」" if card.quote else "",
        *option_lines(card),
    ]


def title_of(card: Card) -> str:
    """The title in one line, never empty."""
    return one_line(card.title) or "海豚"


def tag_of(card: Card) -> str:
    """The tag, unless the title says it already."""
    return "" if card.tag in card.title else card.tag


def closed_of(card: Card) -> str:
    """What closed the card, unless title or tag say it already."""
    return "" if card.closed in card.title or card.closed == card.tag else card.closed


def emphasis_of(card: Card) -> str:
    """The big number in one line with its name, where there is no place to make it big."""
    return one_line(f"{card.emphasis.name} {card.emphasis.value}") if card.emphasis else ""


def option_lines(card: Card) -> list[str]:
    """The selects as numbered text, for where they cannot be tapped; one without a title repeats the card's lines."""
    found: list[str] = []
    for select in (select for select in card.selects if select.title):
        found.append(f"{one_line(select.title)}：")
        found += [f"{number}. {option_text(option)}" for number, option in enumerate(select.options, 1)]
    return found


def option_text(option: Option) -> str:
    return one_line(option.text) + ("（已选）" if option.chosen else "")


def hint_line(card: Card, *, tappable: bool = False) -> str:
    """What to do next. Where the buttons can be tapped, or no more, a hint that only repeats them is left out."""
    if card.hint:
        said = card.closed or (tappable and card.buttons)
        return "" if said and card.hint.startswith(TYPED) else one_line(card.hint)
    names = [one_line(button.text) for button in card.buttons]
    return f"{TYPED}：{' / '.join(names)}" if names and not tappable and not card.closed else ""


def safe_link(link: str) -> str:
    """The link when it is one that a phone may open, else nothing."""
    link = link.strip()
    usable = link.startswith(("https://", "http://")) and len(link.encode()) <= 2048
    return link if usable and not any(c.isspace() or c in "<>\"'()[]" for c in link) else ""

"""A card in DingTalk's forms, inside its limits (protocols/dingtalk.md 3, 4).

Default card: the SDK's built-in template 1366a1eb (title, markdown, tips, msgButtons). A value of its parameters
has at most 1 KB, so that a long record is cut on the card; the same as a message has 15,000 bytes.
"""

import json
import re
from typing import Any

from cards.card import Card, CardButton
from cards.fit import Piece, cut, cut_bytes, fit, one_line, size, unmarked
from cards.text import closed_of, emphasis_of, hint_line, option_lines, plain, safe_link, tag_of, title_of

VALUE_BYTES, WEBHOOK_BYTES = 1024, 6_000
PARAM_BYTES = 4_500  # of text: msgParam may be dumped in ASCII, where three bytes become six and an emoji twelve
MENTIONS = 50
NEWLINE = "  \n"
_USER = re.compile(r"[0-9A-Za-z_\-.$]{1,64}")
_BUTTON_COLOURS = {"primary": "blue", "danger": "red", "plain": "gray"}
_FONTS = {"grey": "#8f959e", "blue": "#1677ff", "red": "#e5484d", "green": "#2f9e44"}


def card_params(card: Card) -> dict[str, str]:
    """`cardParamMap` of createAndDeliver for the built-in template; every value a string of at most 1 KB."""
    body = fit(_body(card, titled=False), VALUE_BYTES, NEWLINE)
    whole = fit(_body(card, titled=False), PARAM_BYTES, NEWLINE) == body
    tips = unmarked(hint_line(card, tappable=whole)) if whole else f"内容较长，未全部显示。{unmarked(hint_line(card))}"
    return {
        "title": _title(card),
        "markdown": body or "　",
        "tips": cut_bytes(tips, VALUE_BYTES),
        "sys_full_json_obj": _buttons(card),
    }


def robot_param(card: Card) -> tuple[str, dict[str, str]]:
    """`msgKey` and the object that becomes `msgParam`: a message of the in-house robot, for a card without taps."""
    link = safe_link(card.link)
    if not (link or card.fields or card.quote or card.emphasis or card.tag):
        return "sampleText", {"content": plain(card, limit_bytes=PARAM_BYTES)}
    tail = [Piece(unmarked(hint_line(card)), "> ")]
    body = fit(_body(card, titled=True), PARAM_BYTES, NEWLINE, tail=tail)
    if link:
        return "sampleActionCard", {"title": _title(card), "text": body, "singleTitle": "查看详情", "singleURL": link}
    return "sampleMarkdown", {"title": _title(card), "text": body}


def webhook_message(card: Card, *, keyword: str = "") -> dict[str, Any]:
    """A group robot's (or a session's) markdown. `keyword` is what the robot's security setting wants to read."""
    users = [user for user in card.mentions if _USER.fullmatch(user) and user.lower() != "all"][:MENTIONS]
    tail = [Piece(cut(_quiet(hint_line(card)), 200), "> "), Piece(" ".join(f"@{user}" for user in users))]
    pieces = [Piece(piece.text.replace("@", "＠"), piece.before, piece.after) for piece in _body(card, titled=True)]
    link = safe_link(card.link)
    if link and size(link) <= WEBHOOK_BYTES // 4:
        tail.insert(0, Piece("查看详情", "[", f"]({link})"))
    text = fit(pieces, WEBHOOK_BYTES, NEWLINE, tail=tail)
    if keyword and keyword not in text:
        text = fit(pieces, WEBHOOK_BYTES, NEWLINE, tail=[*tail, Piece(keyword, "> 来自 ")])
    at = {"atUserIds": users, "isAtAll": False}
    return {"msgtype": "markdown", "markdown": {"title": _quiet(_title(card)), "text": text}, "at": at}


def _quiet(text: str) -> str:
    return unmarked(text).replace("@", "＠")


def _title(card: Card) -> str:
    return cut(unmarked(title_of(card)), 60)


def _body(card: Card, *, titled: bool) -> list[Piece]:
    """The card's text as markdown lines, each piece one line of it."""
    title = unmarked(title_of(card))
    font = _FONTS[card.tone]
    return [
        *([Piece(cut(title, 120), "#### ")] if titled or len(title) > 60 else []),
        Piece(cut(unmarked(one_line(tag_of(card))), 40), f'<font color="{font}">', "</font>"),
        Piece(unmarked(one_line(closed_of(card))), "**", "**"),
        Piece(unmarked(emphasis_of(card)), "**", "**"),
        *(piece for line in card.lines for piece in _split(line)),
        *(Piece(_broken(row.value), f"**{cut(unmarked(one_line(row.name)), 20)}**：") for row in card.fields),
        *(piece for piece in _split(card.quote, "> ")),
        *(Piece(unmarked(line)) for line in option_lines(card)),
    ]


def _split(text: str, before: str = "") -> list[Piece]:
    return [Piece(line, before) for line in unmarked(text).split("\n")]


def _broken(text: str) -> str:
    return unmarked(text).replace("\n", NEWLINE)


def _buttons(card: Card) -> str:
    """As the SDK sends them: `{"msgButtons": [...]}` in one string, as many as its kilobyte holds."""
    found = [_button(button) for button in card.buttons]
    if card.closed:
        found = [{"text": cut(one_line(card.closed), 20), "color": "gray", "id": "closed", "request": False}]
    while size(_packed(found)) > VALUE_BYTES:
        found.pop()
    return _packed(found)


def _button(button: CardButton) -> dict[str, Any]:
    text = cut(one_line(button.text), 20) or "好"
    return {"text": text, "color": _BUTTON_COLOURS[button.style], "id": button.key, "request": True}


def _packed(buttons: list[dict[str, Any]]) -> str:
    return json.dumps({"msgButtons": buttons}, ensure_ascii=False, separators=(",", ":"))

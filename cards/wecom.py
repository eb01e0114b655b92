"""A card in WeCom's forms, inside its limits (protocols/wecom.md 3, 3.1, 3.2, 4; document/path/90236, 94888, 99110).

Recommended display lengths are kept as well: what is cut in one place stands whole, or longer, in another.
"""

import re
from typing import Any

from cards.card import Card, CardButton, CardField, Option, Select
from cards.fit import Piece, cut, cut_bytes, fit, harmless, one_line, size, unmarked
from cards.text import closed_of, emphasis_of, hint_line, option_lines, plain, safe_link, tag_of, title_of

Json = dict[str, Any]

APP_BYTES, ROBOT_BYTES = 2048, 4096
TITLE, DESC, TAG, SUB_TITLE, NAME, VALUE, BUTTON = 36, 44, 20, 160, 5, 30, 10
VOTE_TITLE, VOTE_DESC, OPTION, CHECK, QUOTE = 16, 160, 16, 17, 1000
NUMBERED = 4  # characters of a number before an option
BUTTONS, FIELDS, SELECTS, OPTIONS, CHECKS, VERTICAL = 6, 6, 3, 10, 20, 4
KEY_BYTES, OPTION_ID_BYTES = 1024, 128
_TASK = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
_USER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-@.]{0,63}")
_STYLES = {"primary": 1, "plain": 2, "danger": 3}
_COLOURS = {"grey": 0, "blue": 1, "red": 2, "green": 3}
_FONTS = {"grey": "comment", "blue": "comment", "red": "warning", "green": "info"}


def app_message(card: Card, *, task_id: str) -> Json:
    """`msgtype` and its part for message/send. Raises `ValueError` for a task id that WeCom would refuse."""
    if not _TASK.fullmatch(task_id):
        raise ValueError("a WeCom task_id is 1 to 128 of 0-9A-Za-z_-@")
    form = _template_card(card)
    if form is not None:
        return {"msgtype": "template_card", "template_card": {**form, "task_id": task_id}}
    if card.fields or card.quote or card.emphasis or card.tone in ("red", "green"):
        return {"msgtype": "markdown", "markdown": {"content": markdown(card, limit=APP_BYTES)}}
    return {"msgtype": "text", "text": {"content": plain(card, limit_bytes=APP_BYTES)}}


def is_template_card(card: Card) -> bool:
    """Whether `app_message` makes a template card of it, which cannot be a passive reply."""
    return _template_card(card) is not None


def card_update(card: Card) -> Json:
    """The part of message/update_template_card that shows `card` as it now is; a card without taps turns grey."""
    form = None if card.closed else _template_card(card)
    if form is not None and form["card_type"] not in ("text_notice", "news_notice"):
        return {"template_card": form}
    closed = cut(one_line(card.closed), BUTTON) or "已更新"
    grey = {"text": closed, "style": _STYLES["plain"], "key": "closed"}
    return {"template_card": {**_button_card(card), "button_list": [grey], "replace_text": closed}}


def robot_message(card: Card) -> Json:
    """A group robot's markdown with `<@userid>` for each of `card.mentions`; what people typed mentions nobody."""
    return {"msgtype": "markdown", "markdown": {"content": markdown(card, limit=ROBOT_BYTES, mentions=card.mentions)}}


def markdown(card: Card, *, limit: int, mentions: tuple[str, ...] = ()) -> str:
    """WeCom's markdown subset: a bold title, the tag in the colour of the tone, `名：值` lines, a quote."""
    font = _FONTS[card.tone]
    pieces = [
        Piece(cut(unmarked(title_of(card)), 120), "**", "**"),
        Piece(cut(unmarked(one_line(tag_of(card))), TAG), f'<font color="{font}">', "</font>"),
        Piece(cut(unmarked(one_line(closed_of(card))), TAG), f'<font color="{font}">【', "】</font>"),
        Piece(unmarked(emphasis_of(card)), "**", "**"),
        *(Piece(unmarked(line)) for line in card.lines),
        *(_field_piece(row) for row in card.fields),
        *(Piece(line, "> ") for line in unmarked(card.quote).split("\n")),
        *(Piece(unmarked(line)) for line in option_lines(card)),
    ]
    link, hint = safe_link(card.link), cut(unmarked(hint_line(card)), 200)
    tail = [
        Piece(hint, '<font color="comment">', "</font>"),
        *([Piece("查看详情", "[", f"]({link})")] if link and size(link) <= limit // 4 else []),
        Piece(_called(mentions, limit // 8)),
    ]
    return fit(pieces, limit, tail=tail)


def _called(mentions: tuple[str, ...], limit: int) -> str:
    """As many of the mentions as `limit` bytes hold."""
    found = ""
    for user in mentions:
        one = f"<@{user}>" if _USER.fullmatch(user) and user.lower() != "all" else ""
        found += one if size(found + one) <= limit else ""
    return found


def _field_piece(row: CardField) -> Piece:
    name, value = cut(unmarked(one_line(row.name)), 20), unmarked(row.value)
    return Piece(value, f'<font color="comment">{name}：</font>') if value else Piece("")


def _template_card(card: Card) -> Json | None:
    """The template card that shows all of `card`, None where markdown or text does."""
    link = safe_link(card.link)
    if card.closed and not link:
        return None
    if card.buttons and not card.closed:
        return {**_button_card(card), "button_list": [_button(button) for button in card.buttons[:BUTTONS]]}
    if card.selects and card.submit is not None and all(_options(select) for select in card.selects):
        return _vote(card, card.submit) if len(card.selects) == 1 else _form(card, card.submit)
    if link and card.picture is not None and safe_link(card.picture.url):
        return _news(card, link, card.picture.ratio)
    return _notice(card, link) if link and card.emphasis else None


def _base(card: Card, *, title: int = TITLE) -> Json:
    tag = cut(one_line(tag_of(card) or closed_of(card)), TAG)
    source = {"source": {"desc": tag, "desc_color": _COLOURS[card.tone]}} if tag else {}
    return {**source, "main_title": {"title": cut(title_of(card), title)}}


def _rows(card: Card) -> tuple[list[Json], list[str]]:
    """The fields that fit beside their names, and the others as text."""
    fit_here = [row for row in card.fields if len(row.value) <= VALUE and "\n" not in row.value and row.value]
    beside = [row for row in fit_here if 0 < len(row.name) <= NAME][:FIELDS]
    others = [f"{one_line(row.name)}：{row.value}" for row in card.fields if row.value and row not in beside]
    return [{"keyname": one_line(row.name), "value": one_line(row.value)} for row in beside], others


def _text(card: Card, others: list[str], *, tappable: bool) -> Json:
    """Lines, long fields and hint in the subtitle; what does not fit there goes on in the quote."""
    title = title_of(card)
    first = [title] if len(title) > TITLE else []
    buttons = (
        f"还可回复：{' / '.join(one_line(b.text) for b in card.buttons[BUTTONS:])}" if card.buttons[BUTTONS:] else ""
    )
    hint = hint_line(card, tappable=tappable)
    options = option_lines(card)
    shown, over = _split([*first, *card.lines, *others, *options, buttons, hint], SUB_TITLE)
    quote = "\n".join(filter(None, (over, card.quote)))
    part: Json = {"sub_title_text": harmless(shown)} if shown else {}
    if quote:
        part["quote_area"] = {"type": 0, "quote_text": cut(harmless(quote), QUOTE)}
    return part


def _split(texts: list[str], limit: int) -> tuple[str, str]:
    """Whole lines up to `limit` characters, and the rest; a line longer than that is in both, here cut."""
    shown: list[str] = []
    texts = [text for text in texts if text]
    for number, text in enumerate(texts):
        room = limit - sum(len(line) + 1 for line in shown)
        if len(text) > room:
            if number == 0:
                return cut(text, limit), "\n".join(texts)
            return "\n".join(shown), "\n".join(texts[number:])
        shown.append(text)
    return "\n".join(shown), ""


def _button_card(card: Card) -> Json:
    beside, others = _rows(card)
    form = {"card_type": "button_interaction", **_base(card), **_text(card, others, tappable=True)}
    if card.emphasis:
        form["main_title"]["desc"] = cut(emphasis_of(card), DESC)
    if beside:
        form["horizontal_content_list"] = beside
    link = safe_link(card.link)
    return {**form, "card_action": {"type": 1, "url": link}} if link else form


def _button(button: CardButton) -> Json:
    text = cut(one_line(button.text), BUTTON) or "好"
    return {"type": 0, "text": text, "style": _STYLES[button.style], "key": cut_bytes(button.key, KEY_BYTES)}


def _question(card: Card, kind: str, submit: CardButton) -> Json:
    """Vote and form have no place for text but the title's description."""
    beside, others = _rows(card)
    texts = [
        *(() if _are_options(card) else card.lines),
        *(f"{row['keyname']}：{row['value']}" for row in beside),
        *others,
        card.quote,
        hint_line(card),
    ]
    form = {"card_type": kind, **_base(card, title=VOTE_TITLE if kind == "vote_interaction" else TITLE)}
    if "source" in form:
        del form["source"]["desc_color"]
    title = title_of(card)
    long = [title] if len(title) > len(form["main_title"]["title"]) else []
    desc = cut("\n".join(filter(None, [*long, *texts])), VOTE_DESC)
    form["main_title"].update({"desc": harmless(desc)} if desc else {})
    return {**form, "submit_button": {"text": _button(submit)["text"], "key": _button(submit)["key"]}}


def _are_options(card: Card) -> bool:
    """Whether the lines only number what the one select, which has no title, can list in full with its numbers."""
    texts = [one_line(option.text) for select in card.selects if not select.title for option in _options(select)]
    in_full = all(len(text) <= CHECK - NUMBERED for text in texts) and len(set(texts)) == len(texts) == len(card.lines)
    return in_full and all(text in line for text, line in zip(texts, card.lines, strict=True))


def _vote(card: Card, submit: CardButton) -> Json:
    select, numbered = card.selects[0], _are_options(card)
    texts = [one_line(option.text) for option in _options(select)[:CHECKS]]
    options = [
        {"id": option.id, "text": cut(f"{n}. {text}" if numbered else text, CHECK), "is_checked": option.chosen}
        for n, (option, text) in enumerate(zip(_options(select), texts, strict=False), 1)
    ]
    checkbox = {"question_key": cut_bytes(select.key, KEY_BYTES), "mode": int(select.many), "option_list": options}
    return {**_question(card, "vote_interaction", submit), "checkbox": checkbox}


def _form(card: Card, submit: CardButton) -> Json:
    selects = [_select(select) for select in card.selects[:SELECTS]]
    return {**_question(card, "multiple_interaction", submit), "select_list": selects}


def _select(select: Select) -> Json:
    options = _options(select)[:OPTIONS]
    shown = [{"id": option.id, "text": cut(one_line(option.text), OPTION)} for option in options]
    form = {"question_key": cut_bytes(select.key, KEY_BYTES), "title": cut(one_line(select.title), OPTION)}
    chosen = next((option.id for option in options if option.chosen), None)
    return {**form, "option_list": shown, **({} if chosen is None else {"selected_id": chosen})}


def _options(select: Select) -> list[Option]:
    """Those that can be tapped: an id that is too long, or there twice, would come back as something else."""
    usable = {option.id: option for option in reversed(select.options) if 0 < size(option.id) <= OPTION_ID_BYTES}
    return [option for option in usable.values() if one_line(option.text)][::-1]


def _notice(card: Card, link: str) -> Json:
    beside, others = _rows(card)
    form = {"card_type": "text_notice", **_base(card), **_text(card, others, tappable=False)}
    if card.emphasis:
        form["emphasis_content"] = {
            "title": cut(one_line(card.emphasis.value), 14),
            "desc": cut(one_line(card.emphasis.name), 22),
        }
    form.update({"horizontal_content_list": beside} if beside else {})
    return {**form, "card_action": {"type": 1, "url": link}}


def _news(card: Card, link: str, ratio: float) -> Json:
    beside, others = _rows(card)
    form = {"card_type": "news_notice", **_base(card)}
    picture = safe_link(card.picture.url) if card.picture else ""
    form["card_image"] = {"url": picture, "aspect_ratio": min(max(ratio, 1.31), 2.24)}
    if card.emphasis:
        form["main_title"]["desc"] = cut(unmarked(emphasis_of(card)), DESC)
    texts = [text for text in (*card.lines, *others, card.quote, hint_line(card)) if text]
    vertical = [_paragraph(text) for text in texts[:VERTICAL]]
    form.update({"vertical_content_list": vertical} if vertical else {})
    form.update({"horizontal_content_list": beside} if beside else {})
    return {**form, "card_action": {"type": 1, "url": link}}


def _paragraph(text: str) -> Json:
    head, _, below = text.partition("\n")
    short = {"title": cut(one_line(head), 38)}
    full = below if len(one_line(head)) <= 38 else text
    return {**short, "desc": cut(full.strip(), 160)} if full.strip() else short

"""The rules of template cards (90236): which field where, how many, how long."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .fields import Fields, part, parts, text, utf8

KINDS = ("text_notice", "news_notice", "button_interaction", "vote_interaction", "multiple_interaction")
INTERACTIVE = KINDS[2:]
NOTICES = KINDS[:2]
TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
ALLOWED = {
    "quote_area": KINDS[:3],
    "emphasis_content": ("text_notice",),
    "sub_title_text": ("text_notice", "button_interaction"),
    "image_text_area": ("news_notice",),
    "card_image": ("news_notice",),
    "vertical_content_list": ("news_notice",),
    "horizontal_content_list": KINDS[:3],
    "jump_list": NOTICES,
    "action_menu": KINDS[:3],
    "card_action": KINDS[:3],
    "button_selection": ("button_interaction",),
    "button_list": ("button_interaction",),
    "checkbox": ("vote_interaction",),
    "select_list": ("multiple_interaction",),
    "submit_button": KINDS[3:],
}


def has_code(card: Fields) -> bool:
    """Whether sending this card yields a response_code."""
    return text(card, "card_type") in INTERACTIVE or bool(part(card, "action_menu"))


def problem(card: Fields, *, robot: bool = False, update: bool = False) -> str | None:
    """The first broken rule, or None. Updates name no task and may leave the submit button out."""
    return next(_problems(card, robot, update), None)


def _problems(card: Fields, robot: bool, update: bool) -> Iterator[str]:
    kind = text(card, "card_type")
    if kind not in KINDS:
        yield f"card_type {kind!r}"
        return
    if robot and kind not in NOTICES:
        yield "a group robot takes text_notice and news_notice only"
    if robot and card.get("action_menu"):
        yield "a group robot's card has no action_menu"
    yield from (
        f"{name} is not a field of {kind}" for name, kinds in ALLOWED.items() if name in card and kind not in kinds
    )
    yield from _title(card, kind)
    yield from _lists(card)
    if kind in NOTICES and text(part(card, "card_action"), "type") not in ("1", "2"):
        yield "card_action.type must be 1 or 2"
    if kind == "news_notice" and not (part(card, "card_image") or part(card, "image_text_area")):
        yield "card_image or image_text_area is required"
    if kind == "news_notice" and robot and not part(card, "card_image"):
        yield "card_image is required for robots"
    yield from _image(card)
    if has_code(card) and not robot:
        if not update and not TASK_ID.fullmatch(text(card, "task_id")):
            yield "task_id must be 1 to 128 of [0-9A-Za-z_-@]"
        yield from _interaction(card, kind, update)


def _title(card: Fields, kind: str) -> Iterator[str]:
    title = text(part(card, "main_title"), "title")
    if kind == "text_notice":
        if not title and not text(card, "sub_title_text"):
            yield "neither main_title.title nor sub_title_text"
    elif not title:
        yield "main_title.title is required"


def _lists(card: Fields) -> Iterator[str]:
    for name, limit, needed in (
        ("horizontal_content_list", 6, "keyname"),
        ("vertical_content_list", 4, "title"),
        ("jump_list", 3, "title"),
    ):
        rows = parts(card, name)
        if len(rows) > limit:
            yield f"{name} is longer than {limit}"
        if any(not text(row, needed) for row in rows):
            yield f"{name} without {needed}"
    for row in parts(card, "horizontal_content_list"):
        kind = text(row, "type")
        target = {"1": "url", "2": "media_id", "3": "userid"}.get(kind)
        if kind not in ("", "0", "1", "2", "3") or (target and not text(row, target)):
            yield f"horizontal_content_list type {kind} without {target}"
    for row in parts(card, "jump_list"):
        if text(row, "type") == "1" and not text(row, "url"):
            yield "jump_list type 1 without url"


def _image(card: Fields) -> Iterator[str]:
    image = part(card, "card_image")
    if image and not text(image, "url"):
        yield "card_image.url is required"
    ratio = text(image, "aspect_ratio")
    if ratio and not 1.3 <= float(ratio) <= 2.25:
        yield "card_image.aspect_ratio must be between 1.3 and 2.25"
    if "image_text_area" in card and not text(part(card, "image_text_area"), "image_url"):
        yield "image_text_area.image_url is required"


def _interaction(card: Fields, kind: str, update: bool) -> Iterator[str]:
    menu = part(card, "action_menu")
    if menu:
        actions = parts(menu, "action_list")
        if not 1 <= len(actions) <= 3:
            yield "action_list must hold 1 to 3"
        yield from _keys([text(action, "key") for action in actions], "action_menu key")
    if kind == "button_interaction":
        yield from _buttons(parts(card, "button_list"))
        yield from _options([part(card, "button_selection")] if "button_selection" in card else [], 10)
    if kind == "vote_interaction":
        box = part(card, "checkbox")
        if not box:
            yield "checkbox is required"
        yield from _options([box], 20)
    if kind == "multiple_interaction":
        selects = parts(card, "select_list")
        if not 1 <= len(selects) <= 3:
            yield "select_list must hold 1 to 3"
        yield from _options(selects, 10)
    if kind in KINDS[3:] and not update:
        submit = part(card, "submit_button")
        if not text(submit, "text"):
            yield "submit_button.text is required"
        yield from _keys([text(submit, "key")], "submit_button key")


def _buttons(buttons: list[Fields]) -> Iterator[str]:
    if not 1 <= len(buttons) <= 6:
        yield "button_list must hold 1 to 6"
    if any(not text(button, "text") for button in buttons):
        yield "button without text"
    if any(text(button, "style") not in ("", "1", "2", "3", "4") for button in buttons):
        yield "button style must be 1 to 4"
    if any(text(button, "type") == "1" and not text(button, "url") for button in buttons):
        yield "button type 1 without url"
    yield from _keys([text(b, "key") for b in buttons if text(b, "type") in ("", "0")], "button keys")


def _keys(keys: list[str], what: str) -> Iterator[str]:
    if any(not key or utf8(key) > 1024 for key in keys) or len(set(keys)) != len(keys):
        yield f"{what} must be present, unique, at most 1024 bytes"


def _options(questions: list[Fields], limit: int) -> Iterator[str]:
    keys = [text(question, "question_key") for question in questions]
    yield from _keys(keys, "question_key")
    for question in questions:
        ids = [text(option, "id") for option in parts(question, "option_list")]
        if not 1 <= len(ids) <= limit:
            yield f"option_list must hold 1 to {limit}"
        if any(not each or utf8(each) > 128 for each in ids) or len(set(ids)) != len(ids):
            yield "option ids must be present, unique, at most 128 bytes"

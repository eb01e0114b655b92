"""The platforms' documented limits, written from protocols/wecom.md 3, 3.1, 4 and protocols/dingtalk.md 3, 4 alone.

Recommended display lengths count as limits here. Each function returns what is wrong, an empty list when nothing is.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
RECOMMENDED = {"T": 36, "N": 36, "B": 36, "V": 16, "M": 36}
KINDS = {"text_notice": "T", "news_notice": "N", "button_interaction": "B", "vote_interaction": "V",
         "multiple_interaction": "M"}  # fmt: skip
ALLOWED = {
    "source": "TNBVM", "main_title": "TNBVM", "quote_area": "TNB", "emphasis_content": "T", "sub_title_text": "TB",
    "card_image": "N", "vertical_content_list": "N", "horizontal_content_list": "TNB", "card_action": "TNB",
    "task_id": "TNBVM", "button_list": "B", "button_selection": "B", "checkbox": "V", "select_list": "M",
    "submit_button": "VM", "card_type": "TNBVM", "replace_text": "BVM",
}  # fmt: skip


def size(text: str) -> int:
    return len(text.encode())


def _long(where: str, text: str, most: int) -> Iterator[str]:
    if len(text) > most:
        yield f"{where}: {len(text)} characters, recommended {most}"


def wecom_message(body: Json, *, robot: bool = False) -> list[str]:
    json.dumps(body).encode()
    kind = body["msgtype"]
    if kind == "template_card":
        return list(template_card(body["template_card"]))
    most = 4096 if robot and kind == "markdown" else 2048
    content = body[kind]["content"]
    return [] if content.strip() and size(content) <= most else [f"{kind}: {size(content)} of {most} bytes"]


def template_card(card: Json) -> Iterator[str]:
    kind = KINDS[card["card_type"]]
    yield from (f"{key} is not for {kind}" for key in card if kind not in ALLOWED[key])
    title = card.get("main_title", {}).get("title", "")
    if not title:
        yield "no title"
    yield from _long("title", title, RECOMMENDED[kind])
    yield from _long("desc", card.get("main_title", {}).get("desc", ""), 160 if kind in "VM" else 44)
    yield from _long("sub_title", card.get("sub_title_text", ""), 160)
    yield from _long("source", card.get("source", {}).get("desc", ""), 20)
    if kind in "VM" and "desc_color" in card.get("source", {}):
        yield "source has no colour here"
    if "task_id" in card and not re.fullmatch(r"[0-9A-Za-z_\-@]{1,128}", card["task_id"]):
        yield "task_id"
    if kind in "TN" and card.get("card_action", {}).get("type") not in (1, 2):
        yield "card_action is required"
    yield from _parts(card)
    yield from _questions(card, kind)
    if kind == "B":
        yield from _buttons(card["button_list"])


def _parts(card: Json) -> Iterator[str]:
    rows = card.get("horizontal_content_list", [])
    if "horizontal_content_list" in card and not 1 <= len(rows) <= 6:
        yield f"{len(rows)} rows"
    for row in rows:
        yield from _long("keyname", row["keyname"], 5)
        yield from _long("value", row["value"], 30)
        if not row["keyname"]:
            yield "row without keyname"
    for row in card.get("vertical_content_list", []):
        yield from _long("vertical title", row["title"], 38)
        yield from _long("vertical desc", row.get("desc", ""), 160)
    if len(card.get("vertical_content_list", [])) > 4:
        yield "more than 4 vertical rows"
    if "card_image" in card and not 1.3 < card["card_image"]["aspect_ratio"] < 2.25:
        yield "aspect ratio"
    yield from _long("emphasis", card.get("emphasis_content", {}).get("title", ""), 14)
    yield from _long("emphasis desc", card.get("emphasis_content", {}).get("desc", ""), 22)


def _buttons(buttons: list[Json]) -> Iterator[str]:
    if not 1 <= len(buttons) <= 6:
        yield f"{len(buttons)} buttons"
    keys = [button["key"] for button in buttons]
    if len(set(keys)) != len(keys) or any(not 1 <= size(key) <= 1024 for key in keys):
        yield "button keys"
    for button in buttons:
        yield from _long("button", button["text"], 10)
        if not button["text"] or button["style"] not in (1, 2, 3, 4):
            yield "button text or style"


def _questions(card: Json, kind: str) -> Iterator[str]:
    if kind == "V":
        yield from _options(card["checkbox"], 20, 17)
    if kind == "M":
        keys = [select["question_key"] for select in card["select_list"]]
        if not 1 <= len(keys) <= 3 or len(set(keys)) != len(keys):
            yield "select_list"
        for select in card["select_list"]:
            yield from _options(select, 10, 16)
    if kind in "VM":
        yield from _long("submit", card["submit_button"]["text"], 10)
        if not card["submit_button"]["text"] or not 1 <= size(card["submit_button"]["key"]) <= 1024:
            yield "submit_button"


def _options(question: Json, most: int, length: int) -> Iterator[str]:
    ids = [option["id"] for option in question["option_list"]]
    if not 1 <= len(ids) <= most or len(set(ids)) != len(ids) or any(not 1 <= size(ident) <= 128 for ident in ids):
        yield f"options {ids}"
    if size(question["question_key"]) > 1024:
        yield "question_key"
    for option in question["option_list"]:
        yield from _long("option", option["text"], length)
        if not option["text"]:
            yield "option without text"


def card_params(params: dict[str, str]) -> list[str]:
    wrong = [f"{key}: {size(value)} bytes" for key, value in params.items() if size(value) > 1024 or size(key) > 100]
    buttons = json.loads(params["sys_full_json_obj"])["msgButtons"]
    colours, parts = ("blue", "red", "gray"), {"text", "color", "id", "request"}
    wrong += [f"button {one}" for one in buttons if set(one) != parts or one["color"] not in colours]
    return wrong if params["title"].strip() and params["markdown"] else ["no title or text"]


def robot_param(key: str, param: Json) -> list[str]:
    wanted = {"sampleText": {"content"}, "sampleMarkdown": {"title", "text"},
              "sampleActionCard": {"title", "text", "singleTitle", "singleURL"}}[key]  # fmt: skip
    wrong = [] if set(param) == wanted and all(param.values()) else [f"{key}: {sorted(param)}"]
    return wrong + ([] if len(json.dumps(param)) <= 15_000 else ["msgParam over 15,000 bytes, dumped in ASCII"])


def webhook(body: Json) -> list[str]:
    users = body["at"]["atUserIds"]
    text = body["markdown"]["text"]
    wrong = [f"@{user} is not in the text" for user in users if f"@{user}" not in text]
    if len(users) > 50 or body["at"]["isAtAll"] or not text.strip() or not body["markdown"]["title"].strip():
        wrong.append("at, title or text")
    return wrong if size(json.dumps(body)) <= 20_000 else [*wrong, "over 20,000 bytes"]

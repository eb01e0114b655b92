"""预算改成10万, 不是王总是李总, 20台改成30台, 不要提醒: what changes in arguments that were understood before; pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.listening import numbers
from bot.listening.bag import read_bag
from bot.listening.normalize import Sentence
from bot.listening.numbers import Doubt
from bot.listening.slots import Field, read

_CHANGE = r"(?:改成|改为|改到|换成|变成|更正为|应该是|应为)"
_INSTEAD = re.compile(r"(?:(?:不对|不是|错了|修改)[\s,]*)?(?:把|将)?(?:应该|应)?(?:改成|改为|改到|改|换成|是)?")
_NOT_BUT = re.compile(r"(?:不是|不叫|并非)\s?(?P<old>.+?)[\s,;、]*(?:而是|应该是|是|叫)\s?(?P<new>.+)")
_OLD_TO_NEW = re.compile(rf"(?:把|将)?(?P<old>.+?)\s?(?:{_CHANGE}|改)\s?(?P<new>.+)")
_WITHOUT = re.compile(
    r"(?:不要|不用|去掉|删掉|删除|取消|别建|不建|别加)(?:这个|那个|了)?(?P<what>[\u4e00-\u9fff]{2,6})(?:了|吧)?"
)
_QUANTITY = re.compile(rf"(?P<n>{numbers.COUNT})\s?(?:{numbers.UNIT}|套|次)?")
# What of several records a word takes away.
_PARTS = {"商机": ("wants", "amount"), "提醒": ("remind_at", "remind_title"), "待办": ("remind_at", "remind_title")}
_TEXT = "content"


def amended(
    args: Mapping[str, Any], fields: Mapping[str, Field], said: Sentence, now: datetime
) -> dict[str, Any] | None:
    """The arguments with what the sentence changes in them, without `confirm`; None where nothing changes for sure."""
    known = {name: value for name, value in args.items() if name != "confirm"}
    for change in (_without, _replaced, _labelled):
        found = change(known, fields, said, now)
        if found is not None and found != known:
            return found
    return None


def _without(
    args: dict[str, Any], fields: Mapping[str, Field], said: Sentence, _now: datetime
) -> dict[str, Any] | None:
    match = _WITHOUT.fullmatch(said.key)
    if match is None:
        return None
    gone = {name for word, names in _PARTS.items() if word in match["what"] for name in names}
    gone = gone or {name for name, one in fields.items() if match["what"] in one.labels}
    return {name: value for name, value in args.items() if name not in gone or fields[name].required}


def _replaced(
    args: dict[str, Any], fields: Mapping[str, Field], said: Sentence, now: datetime
) -> dict[str, Any] | None:
    for shape in (_NOT_BUT, _OLD_TO_NEW):
        match = shape.fullmatch(said.key)
        if match is None:
            continue
        old, new = said.cut(*match.span("old")), said.cut(*match.span("new"))
        for name, value in args.items():
            if (found := _instead(fields[name], value, old, new, now)) is not None:
                return _retold({**args, name: found}, name, old, new)
    return None


def _instead(one: Field, value: Any, old: Sentence, new: Sentence, now: datetime) -> Any | None:
    """The new value of an argument whose value is the old one."""
    if isinstance(value, list):
        return _in_rows(value, old, new)
    if one.slot.kind == "words" and one.name == _TEXT:
        return None
    is_it = value in (old.text, old.key)
    if not is_it and one.slot.kind not in ("ref", "name", "company", "words"):
        read_old = read(one, old, now)
        is_it = read_old == value or (one.slot.kind == "instant" and str(read_old)[:10] == str(value)[:10])
    found = read(one, new, now) if is_it else None
    return None if isinstance(found, Doubt) else found


def _in_rows(rows: list[Any], old: Sentence, new: Sentence) -> list[Any] | None:
    """打印机改成30台 and 20台改成30台 are about the quantity, 打印机换成硒鼓 about the product."""
    changed = [dict(row) for row in rows if isinstance(row, dict)]
    quantity, was = _QUANTITY.fullmatch(new.key), _QUANTITY.fullmatch(old.key)
    number = numbers.number(quantity["n"]) if quantity else None
    before = numbers.number(was["n"]) if was else None
    for row in changed:
        if row.get("product") in (old.text, old.key):
            row.update({"quantity": numbers.plain(number)} if number is not None else {"product": new.text})
            return changed
        if number is not None and before is not None and row.get("quantity") == numbers.plain(before):
            row["quantity"] = numbers.plain(number)
            return changed
    return None


def _retold(args: dict[str, Any], name: str, old: Sentence, new: Sentence) -> dict[str, Any]:
    """What was told in free words says the new value too: the record must not contradict itself."""
    text = args.get(_TEXT)
    return {**args, _TEXT: text.replace(old.text, new.text)} if isinstance(text, str) and name != _TEXT else args


def _labelled(
    args: dict[str, Any], fields: Mapping[str, Field], said: Sentence, now: datetime
) -> dict[str, Any] | None:
    """A part that is wholly understood, by its label or its kind."""
    said = said.cut(found.end() if (found := _INSTEAD.match(said.key)) else 0)
    bag = read_bag(said, tuple(fields.values()), now)
    if not bag.values or bag.caught or bag.leftover or bag.guessed or bag.doubts:
        return None
    return args | bag.values

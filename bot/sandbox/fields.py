"""JSON of unknown shape, read without surprises, and the human text inside a payload."""

from __future__ import annotations

import json
from collections.abc import Iterator

Fields = dict[str, object]

SHOWN = frozenset(
    [
        "content",
        "title",
        "desc",
        "description",
        "text",
        "sub_title_text",
        "keyname",
        "value",
        "quote_text",
        "markdown",
        "tips",
        "name",
        "replace_name",
        "replace_text",
        "alertContent",
        "msgTitle",
        "msgContent",
        "staticMsgContent",
        "singleTitle",
        "btntxt",
    ]
)
NESTED = frozenset({"sys_full_json_obj", "msgParam", "cardData", "msgButtons"})  # JSON inside a string


def text(fields: Fields, name: str) -> str:
    """A scalar as text; empty where it is absent or not a scalar."""
    value = fields.get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def part(fields: Fields, name: str) -> Fields:
    """An object; empty where it is absent or something else."""
    return as_fields(fields.get(name))


def parts(fields: Fields, name: str) -> list[Fields]:
    """A list of objects, others left out."""
    return [as_fields(item) for item in as_list(fields.get(name)) if isinstance(item, dict)]


def texts(fields: Fields, name: str) -> list[str]:
    """A list of scalars as text."""
    return [str(item) for item in as_list(fields.get(name)) if isinstance(item, str | int)]


def as_fields(value: object) -> Fields:
    return {str(key): inner for key, inner in value.items()} if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def from_json(value: object) -> object:
    """A value that may be JSON in a string: the parsed value, or the string itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def utf8(value: str) -> int:
    return len(value.encode())


def visible(payload: object) -> str:
    """What a person reads of a payload: no ids, keys, links or numbers that only machines see."""
    return "\n".join(dict.fromkeys(found for found in _walk(payload, "") if found))


def _walk(value: object, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "cardParamMap":
                yield from _card_parameters(as_fields(inner))
            else:
                yield from _walk(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, key)
    elif isinstance(value, str):
        if key in NESTED or (key in SHOWN and value[:1] in ("[", "{")):
            parsed = from_json(value)
            if not isinstance(parsed, str):
                yield from _walk(parsed, key)
                return
        if key in SHOWN:
            yield value


def _card_parameters(values: Fields) -> Iterator[str]:
    """The variables of a DingTalk card template have free names."""
    for name, value in values.items():
        yield from _walk(value, name if name in NESTED else "content")

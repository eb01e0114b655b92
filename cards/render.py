"""A template and its facts become one neutral card."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context

from cards import labels, rows, wording
from cards.card import Card, card_from_json
from cards.fit import clean, cut

TEMPLATES = Path(__file__).parent / "templates"
LONGEST = 2000  # characters of one text: more is shown nowhere
ROOM = "room for rows"  # no fact has this name
COMMON = ("title", "tag", "tone", "hint", "link", "closed", "mentions")

FILTERS: dict[ModuleType, tuple[str, ...]] = {
    labels: ("money", "quantity", "percent", "rate", "status", "tone", "noun", "report", "period", "scene", "name"),
    wording: ("bulleted", "options", "pairs", "duties", "pick", "group_safe", "figures"),
}
GLOBALS = ("fields", "lines", "join", "money_rows")  # so no fact may have one of these names


class _House(Environment):
    """A record's missing field reads as null (a hidden field is absent); a missing fact is an error."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if obj is None:
            return None
        return obj.get(attribute) if isinstance(obj, Mapping) else super().getattr(obj, attribute)


def render(
    template: str, facts: Mapping[str, Any], *, keys: Mapping[str, str] | None = None, rows: int | None = None
) -> Card:
    """The card of `cards/templates/<template>.j2`, still without buttons.

    Every template knows some facts more than its own: `title tag tone hint link closed mentions` replace what
    it says, `notes` (texts) follow its lines, `now` (an instant) decides where a year is shown.
    `keys` gives selects their random keys by name, and under "submit" that of the submit button; without
    that one the card has none, and its options are there to be typed. `rows` is how many rows of a list there is
    room for, where that is not a chat's few.
    Raises `jinja2.UndefinedError` when a fact is missing, `jinja2.TemplateNotFound` for an unknown template.
    """
    text = _environment().get_template(f"{template}.j2").render(facts if rows is None else {**facts, ROOM: rows})
    value = _cleaned(json.loads(text))
    value.update({name: _cleaned(facts[name]) for name in COMMON if facts.get(name)})
    value["lines"] = [*value.get("lines", ()), *(str(_cleaned(note)) for note in facts.get("notes") or ())]
    return _keyed(card_from_json(value), keys or {})


def _keyed(card: Card, keys: Mapping[str, str]) -> Card:
    selects = tuple(replace(select, key=keys.get(select.key, select.key)) for select in card.selects)
    submit = replace(card.submit, key=keys["submit"]) if card.submit is not None and "submit" in keys else None
    return replace(card, selects=selects, submit=submit)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return cut(clean(value), LONGEST)
    if isinstance(value, Mapping):
        return {key: _cleaned(inner) for key, inner in value.items()}
    return [_cleaned(inner) for inner in value] if isinstance(value, list | tuple) else value


def _tojson(value: Any) -> str:
    if isinstance(value, Undefined):
        str(value)  # StrictUndefined raises here, naming the fact
    return json.dumps(value, ensure_ascii=True)


@pass_context
def _when(context: Context, value: object) -> str:
    return labels.when(value, _now(context))


@pass_context
def _day(context: Context, value: object) -> str:
    return labels.day(value, _now(context))


@pass_context
def _ago(context: Context, value: object) -> str:
    return labels.relative(value, _now(context))


@pass_context
def _numbered(context: Context, value: Any, kind: str, shown: int = 10) -> list[str]:
    return rows.numbered(value, kind, _now(context), shown=_room(context, shown))


@pass_context
def _listed(context: Context, value: Any, kind: str, shown: int = 10) -> list[str]:
    return rows.listed(value, kind, _now(context), shown=_room(context, shown))


@pass_context
def _plain(context: Context, value: Any, kind: str, shown: int = 10) -> list[str]:
    return rows.plain(value, kind, _now(context), shown=_room(context, shown))


@pass_context
def _rest(context: Context, value: Any, total: int | None = None, more: object = None, *, shown: int = 10) -> str:
    return wording.rest(value, total, more, shown=_room(context, shown))


def _room(context: Context, shown: int) -> int:
    return int(context.get(ROOM, shown))


def _now(context: Context) -> object:
    return context.get("now")


@cache
def _environment() -> Environment:
    house = _House(  # autoescape is for HTML; here `finalize` makes every expression a JSON value
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=_tojson,
        autoescape=False,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for module, words in FILTERS.items():
        house.filters.update({word: getattr(module, word) for word in words})
    house.filters.update(when=_when, day=_day, ago=_ago, numbered=_numbered, listed=_listed, plain=_plain)
    house.globals.update({word: getattr(wording, word) for word in GLOBALS}, rest=_rest)
    return house

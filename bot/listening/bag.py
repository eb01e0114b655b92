"""`{...}`: the remaining arguments of a command in any order — by label, by kind, by shape, by position."""

import re
from datetime import datetime
from typing import Any

from bot.listening.bag_left import take_by_position, take_by_shape
from bot.listening.bag_marked import take_approvers, take_by_kind, take_choices, take_codes, take_labelled, take_met
from bot.listening.bag_state import Bag
from bot.listening.normalize import Sentence
from bot.listening.slots import Field, meanings


def read_bag(said: Sentence, fields: tuple[Field, ...], now: datetime, known: dict[str, Any] | None = None) -> Bag:
    """Reads every argument in `fields` that is not already `known`; the text may name each in any order."""
    wanted = tuple(one for one in fields if one.name not in (known or {}))
    bag = Bag(said, wanted, now, free=said.key)
    take_labelled(bag)
    take_by_kind(bag)
    take_met(bag)
    take_choices(bag)
    take_codes(bag)
    take_approvers(bag)
    take_by_shape(bag)
    take_by_position(bag)
    return bag


def repeated(fields: tuple[Field, ...], key: str, known: dict[str, Any]) -> dict[str, Any]:
    """每周五: how often is part of the date phrase, wherever in the sentence that stands."""
    found = re.search(r"每天|每周|每月|每(?=星期|礼拜)", key)
    word = {"每": "每周"}.get(found[0], found[0]) if found else ""
    return {
        one.name: meanings(one.slot)[word]
        for one in fields
        if one.slot.kind == "choice" and one.name not in known and word in meanings(one.slot)
    }

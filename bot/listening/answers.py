"""What an answer tells of the argument that was asked for, and of the others."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.listening.bag import read_bag
from bot.listening.normalize import Sentence
from bot.listening.numbers import Doubt
from bot.listening.slots import Field, read


def read_answer(
    asked: Field, fields: Mapping[str, Field], known: dict[str, Any], said: Sentence, now: datetime
) -> tuple[dict[str, Any], dict[str, Doubt], str]:
    """What the answer tells, what in it means no single value, and what was not understood."""
    whole = read(asked, said, now) if asked.slot.kind != "lines" else None
    if asked.slot.kind == "words" and whole is None:
        return {}, {}, ""  # 嗯 is no content
    is_one_piece = re.search(r"[\s,、;]", said.key) is None
    if (
        whole is not None
        and not isinstance(whole, Doubt)
        and (is_one_piece or asked.slot.kind not in ("ref", "name", "company"))
    ):
        return {asked.name: whole}, {}, ""
    wanted = tuple(replace(one, required=one.required or one is asked) for one in fields.values())
    bag = read_bag(said, wanted, now, known)
    if asked.name not in bag.values and whole is not None and not isinstance(whole, Doubt):
        return {asked.name: whole}, {}, ""
    if asked.name not in bag.values and bag.values.keys() == {bag.caught}:
        return {}, bag.doubts, bag.leftover  # 等一下 is no note to an order whose lines were asked for
    return bag.values, bag.doubts, bag.leftover

"""What may count as a value where a pattern matches: how names show, and what stands glued to what."""

import re
from collections.abc import Sequence
from typing import Any

from bot.listening.normalize import SEPARATORS, Sentence, sentence
from bot.listening.patterns import Compiled, Pattern
from bot.listening.slots import CODE, Field, is_shaped

GAPS = re.compile(SEPARATORS)


def shows(found: Field, value: Any) -> bool:
    """Whether a name shows by itself that it is one: in another order anything might be taken for it."""
    if found.slot.kind != "ref" or isinstance(value, list):
        return True
    said = sentence(str(value))
    return re.fullmatch(CODE, said.key) is not None or is_shaped(found, said)


def may_be_glued(found: Field, part: Sentence) -> bool:
    """Directly behind other characters a name must look like one, and a free text must not go on with their grammar."""
    if found.slot.kind in ("company", "name"):
        return is_shaped(found, part)
    return found.slot.kind != "words" or re.match(r"[的了过得着吗]|不[了下出]|.*[吗么呢?]$", part.key) is None


def without_refs(compiled: Compiled, match: re.Match[str], said: Sentence, fields: dict[str, Field]) -> Sentence:
    """The sentence with names blanked, so that 微信支付公司 is not taken for a message."""
    text, key = said.text, said.key
    for name, place in compiled.groups.items():
        if match[name] and fields[place.name].slot.kind == "ref":
            start, end = match.span(name)
            text, key = (one[:start] + "\0" * (end - start) + one[end:] for one in (text, key))
    return Sentence(text, key)


def is_glued(said: Sentence, start: int) -> bool:
    return start > 0 and GAPS.fullmatch(said.key[start - 1]) is None


def by_first_character(patterns: Sequence[Pattern]) -> dict[str, list[int]]:
    """Where the patterns stand, by the first characters of one word that each needs; under "" those that need none."""
    found: dict[str, list[int]] = {}
    for index, pattern in enumerate(patterns):
        words = min(pattern.needed, key=len, default=("",))
        for character in {word[:1] for word in words}:
            found.setdefault(character, []).append(index)
    return found

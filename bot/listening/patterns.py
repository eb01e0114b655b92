"""One `says` as a regular expression over the compared form of a sentence."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from bot.listening.date_words import DATE, SPAN
from bot.listening.normalize import SEPARATORS
from bot.listening.numbers import DOUBTFUL_COUNT
from bot.listening.people_and_places import AFTER_TRADE, FIRM
from bot.listening.says import (
    CONNECTIVES,
    BadPattern,
    Choice,
    Parts,
    Place,
    Rest,
    Text,
    can_be_asked,
    has_place,
    needed_texts,
    parse,
)
from bot.listening.slots import CODE, NAMES, PHONE, Field, is_free, shape

GAP = f"(?:{SEPARATORS}|吧(?={SEPARATORS}))*"
# Two free texts meet at a separator, but not at the space inside an English name.
_STRICT = rf"(?:(?<![a-z]){SEPARATORS}+|{SEPARATORS}+(?![a-z])|[,;/]{SEPARATORS}*)"
_OPENERS = (
    "客户(?!端|经理)|对方|今天|昨天|前天|刚刚?|已经?|电话|微信上?|上门|拜访|见了|发了|打了|聊了|谈了|沟通|约了|下次|邮件"
    "|短信|开会|报价|寄了|价格|单价"
)
_LOOSE = rf"(?:{_STRICT}|{AFTER_TRADE}|(?<!^)(?={_OPENERS}))"
HOW = {
    "code": CODE,
    "names": NAMES,
    "phone": PHONE,
    "day": DATE,
    "span": rf"{SPAN}|个把(?:月|星期|礼拜)|-?\d+天|(?:{DOUBTFUL_COUNT})天|半个月",
    "sea": r"[^\s,、。;]{1,10}?公海",
    "pool": r"[^\s,、。;]{1,10}?(?:线索池|池)",
    "unit": r"(?:[\u4e00-\u9fff]{1,10}?(?:组|部|部门|大区|分公司|团队)|团队)",
    "firm": FIRM,
    "apart": r"(?<=[\s,:]).+?",
}


@dataclass
class _Maker:
    """Writes the expression; groups are numbered, since one slot may stand in several alternatives."""

    fields: dict[str, Field]
    loose: bool
    groups: dict[str, Place] = field(default_factory=dict)
    rests: dict[str, Rest] = field(default_factory=dict)

    def group(self, part: Place | Rest, body: str) -> str:
        name = f"g{len(self.groups) + len(self.rests)}"
        if isinstance(part, Place):
            self.groups[name] = part
        else:
            self.rests[name] = part
        return f"(?P<{name}>{body})"

    def make(self, parts: Parts, *, after_free: bool = False, started: bool = False, inner: bool = False) -> str:
        """The expression of a sequence.

        `after_free`: a free text ends right before it; `started`: something was said already, so that what can be asked
        for may be left out; `inner`: stands in brackets, where nothing is asked for.
        """
        if not parts:
            return ""
        part, rest = parts[0], parts[1:]
        unsaid = started and not inner and can_be_asked(parts)
        if isinstance(part, Text):
            body = GAP + _literal(part.said) + self.make(rest, started=True, inner=inner)
            return f"(?:{body})?" if unsaid and part.said in CONNECTIVES else body
        if isinstance(part, Rest):
            return self._rest(part, rest, after_free, inner)
        if isinstance(part, Place):
            body = self._place(part, rest, after_free, inner)
            return f"(?:{body})?" if unsaid else body
        return self._ways(part, rest, after_free, started, inner)

    def _rest(self, bag: Rest, rest: Parts, after_free: bool, inner: bool) -> str:
        if rest:
            glue = self._boundary() if after_free else GAP
            return glue + self.group(bag, ".+?") + self.make(rest, after_free=True, started=True, inner=inner)
        if not after_free:
            return GAP + self.group(bag, ".+" if bag.strict else ".*")
        body = self._boundary() + self.group(bag, ".+")
        return body if bag.strict else f"(?:{body})?"

    def _boundary(self) -> str:
        return _LOOSE if self.loose else _STRICT

    def _place(self, place: Place, rest: Parts, after_free: bool, inner: bool) -> str:
        found = self.fields.get(place.name)
        if found is None:
            raise BadPattern(f"no argument {place.name}")
        body = HOW.get(place.how) or shape(found.slot, found.labels, found.many)
        free = place.how not in HOW and is_free(found.slot, found.many)
        if not free:
            return GAP + self.group(place, body) + self.make(rest, started=True, inner=inner)
        glue = self._boundary() if after_free else GAP
        if found.slot.kind != "ref":
            return glue + self.group(place, ".+?") + self.make(rest, after_free=True, started=True, inner=inner)
        coded = self.group(place, CODE) + self.make(rest, started=True, inner=inner)
        named = self.group(place, ".+?") + self.make(rest, after_free=True, started=True, inner=inner)
        return f"{glue}(?:{coded}|{named})"

    def _ways(self, part: Choice, rest: Parts, after_free: bool, started: bool, inner: bool) -> str:
        """Plain alternatives stand in one group; with a slot inside, or a free text before, each goes on by itself."""
        if not any(has_place(way) for way in part.ways):
            texts = f"(?:{'|'.join(self.make(way, inner=True) for way in part.ways)})"
            if not part.optional:
                return texts + self.make(rest, started=True, inner=inner)
            if not after_free:
                return f"{texts}?" + self.make(rest, started=started, inner=inner)
            with_texts = texts + self.make(rest, started=True, inner=inner)
            return f"(?:{with_texts}|{self.make(rest, after_free=True, started=started, inner=inner)})"
        ways = [self._way(way, rest, after_free, inner or part.optional) for way in part.ways]
        if part.optional:
            ways.append(self.make(rest, after_free=after_free, started=started, inner=inner))
        return f"(?:{'|'.join(ways)})"

    def _way(self, way: Parts, rest: Parts, after_free: bool, inner: bool) -> str:
        return self.make((*way, *rest), after_free=after_free, started=False, inner=inner)


def _literal(said: str) -> str:
    """领下 means 领一下, but 下沙 is a place and 下周 a date."""
    if said == "下":
        return "下(?![沙关城周个月午次半])"
    return re.escape(said).replace(r"\ ", " ?")


@dataclass
class Pattern:
    """One `says` of a command; expressions are compiled when a sentence first might fit, for a quick start."""

    says: str
    fields: dict[str, Field]
    parts: Parts = ()
    needed: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        self.parts = parse(self.says)
        self.needed = needed_texts(self.parts)
        unknown = [place.name for place in _places(self.parts) if place.name not in self.fields]
        if unknown:
            raise BadPattern(f"{self.says}: no argument {unknown[0]}")

    def might_fit(self, key: str) -> bool:
        for ways in self.needed:  # plain loops: every sentence is held against every pattern
            for word in ways:
                if word in key:
                    break
            else:
                return False
        return True

    @cached_property
    def begins_fixed(self) -> bool:
        first = self.parts[0] if self.parts else Rest()
        return isinstance(first, Text) or (isinstance(first, Choice) and not has_place((first,)) and not first.optional)

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """Slots outside brackets: asked for when they are not said."""
        return tuple(part.name for part in self.parts if isinstance(part, Place))

    @cached_property
    def has_slots(self) -> bool:
        return has_place(self.parts)

    @cached_property
    def strict(self) -> "Compiled":
        return Compiled.of(self, loose=False)

    @cached_property
    def loose(self) -> "Compiled | None":
        """Also splits 海豚科技客户说… behind the trade or before a verb; None where that makes no difference."""
        made = Compiled.of(self, loose=True)
        return None if made.expression.pattern == self.strict.expression.pattern else made


def _places(parts: Parts) -> list[Place]:
    found: list[Place] = []
    for part in parts:
        if isinstance(part, Place):
            found.append(part)
        elif isinstance(part, Choice):
            found += [place for way in part.ways for place in _places(way)]
    return found


@dataclass(frozen=True)
class Compiled:
    expression: re.Pattern[str]
    groups: dict[str, Place]
    rests: dict[str, Rest]

    @classmethod
    def of(cls, pattern: Pattern, *, loose: bool) -> "Compiled":
        maker = _Maker(pattern.fields, loose)
        source = maker.make(pattern.parts) + GAP
        return cls(re.compile(source), maker.groups, maker.rests)

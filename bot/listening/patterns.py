"""The little language of `Command.says` (docs/grammar.md), made into one regular expression a pattern."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from bot.listening.normalize import SEPARATORS
from bot.listening.people_and_places import AFTER_TRADE
from bot.listening.slots import CODE, Field, is_free, shape
from handlers.args import Slot

GAP = f"{SEPARATORS}*"
# Two free texts meet at a separator, but not at the space inside an English name.
_STRICT = rf"(?:(?<![a-z]){SEPARATORS}+|{SEPARATORS}+(?![a-z])|[,;/]{SEPARATORS}*)"
_OPENERS = (
    "客户(?!端|经理)|对方|今天|昨天|前天|刚刚?|已经?|电话|微信上?|上门|拜访|见了|发了|打了|聊了|谈了|沟通|约了|下次|邮件|短信|开会|报价|寄了|价格"
)
_LOOSE = rf"(?:{_STRICT}|{AFTER_TRADE}|(?={_OPENERS}))"
_TOKEN = re.compile(r"\{(?P<slot>\.\.\.|[a-z_]+(?::[a-z]+)?[!+?]?)\}|(?P<sign>[()\[\]|])|(?P<text>[^{}()\[\]|]+)")
_CONNECTIVES = ("给", "到", "为", "成", "至", "原因", "转给", "到了")
_KINDS: dict[str, Slot] = {"phone": Slot("phone"), "topic": Slot("words"), "day": Slot("day")}


@dataclass(frozen=True)
class Text:
    said: str


@dataclass(frozen=True)
class Place:
    """A slot in a pattern: `how` is code, phone or topic, `mark` is ! (never asked for) or + (also read for others)."""

    name: str
    how: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Rest:
    pass


@dataclass(frozen=True)
class Choice:
    ways: tuple["Parts", ...]


@dataclass(frozen=True)
class Maybe:
    ways: tuple["Parts", ...]


Part = Text | Place | Rest | Choice | Maybe
Parts = tuple[Part, ...]


class BadPattern(ValueError):
    """A `says` that is not in the language, or names an argument that the command does not have."""


def parse(says: str) -> Parts:
    """The parts of one pattern."""
    position = 0

    def sequence(closing: str) -> tuple[Parts, ...]:
        nonlocal position
        ways: list[Parts] = []
        parts: list[Part] = []
        while position < len(says):
            token = _TOKEN.match(says, position)
            if token is None:
                raise BadPattern(f"{says}: at {position}")
            position = token.end()
            sign = token["sign"]
            if sign and sign in ")]":
                if sign != closing:
                    raise BadPattern(f"{says}: unexpected {sign}")
                return (*ways, tuple(parts))
            if sign == "|":
                ways.append(tuple(parts))
                parts = []
            elif sign:
                inner = sequence(")" if sign == "(" else "]")
                parts.append(Choice(inner) if sign == "(" else Maybe(inner))
            else:
                parts.append(_leaf(token))
        if closing:
            raise BadPattern(f"{says}: {closing} is missing")
        return (*ways, tuple(parts))

    ways = sequence("")
    if len(ways) > 1:
        raise BadPattern(f"{says}: | outside brackets")
    return ways[0]


def _leaf(token: re.Match[str]) -> Part:
    if token["text"]:
        return Text(token["text"].strip().lower())
    if token["slot"] == "...":
        return Rest()
    match = re.fullmatch(r"([a-z_]+)(?::([a-z]+))?([!+?]?)", token["slot"])
    if match is None:
        raise BadPattern(token["slot"])
    return Place(match[1], match[2] or "", match[3])


@dataclass
class _Maker:
    """Writes the expression; groups are numbered, since one slot may stand in several alternatives."""

    fields: dict[str, Field]
    loose: bool
    groups: dict[str, Place] = field(default_factory=dict)
    rests: list[str] = field(default_factory=list)

    def group(self, place: Place | None, body: str) -> str:
        name = f"g{len(self.groups) + len(self.rests)}"
        if place is None:
            self.rests.append(name)
        else:
            self.groups[name] = place
        return f"(?P<{name}>{body})"

    def make(self, parts: Parts, after_free: bool = False, *, top: bool = False, after_text: bool = False) -> str:
        """The expression of a sequence; `after_free` is whether a free text ends right before it."""
        if not parts:
            return ""
        part, rest = parts[0], parts[1:]
        if isinstance(part, Text):
            body = GAP + re.escape(part.said).replace(r"\ ", " ?") + self.make(rest, top=top, after_text=True)
            return f"(?:{body})?" if top and after_text is False and self._may_end(part, rest) else body
        if isinstance(part, Rest):
            return self._rest(after_free)
        if isinstance(part, Place):
            body = self._place(part, rest, after_free, top)
            return f"(?:{body})?" if top and part.mark != "!" and after_text and _droppable(rest) else body
        return self._ways(part, rest, after_free, top, after_text)

    def _may_end(self, part: Text, rest: Parts) -> bool:
        return part.said in _CONNECTIVES and bool(rest) and _droppable(rest)

    def _rest(self, after_free: bool) -> str:
        if after_free:
            return f"(?:{self._boundary()}{self.group(None, '.+')})?"
        return GAP + self.group(None, ".*")

    def _boundary(self) -> str:
        return _LOOSE if self.loose else _STRICT

    def _place(self, place: Place, rest: Parts, after_free: bool, top: bool) -> str:
        found = self.fields.get(place.name)
        if found is None:
            raise BadPattern(f"no argument {place.name}")
        slot = _KINDS.get(place.how, found.slot)
        only_code = place.how == "code"
        body = CODE if only_code else shape(slot, found.labels, found.many)
        free = not only_code and is_free(slot, found.many)
        glue = self._boundary() if free and after_free else GAP
        if free and slot.kind == "ref" and rest:
            coded = self.group(place, CODE) + self.make(rest, top=top, after_text=True)
            named = self.group(place, ".+?") + self.make(rest, True, top=top, after_text=True)
            return f"{glue}(?:{coded}|{named})"
        last = not rest and free
        return glue + self.group(place, ".+" if last and not after_free and not rest else body) + self.make(rest, free, top=top, after_text=True)

    def _ways(self, part: Choice | Maybe, rest: Parts, after_free: bool, top: bool, after_text: bool) -> str:
        if isinstance(part, Choice) or after_free or any(_has_place(way) for way in part.ways):
            ways = [self.make((*way, *rest), after_free, top=top, after_text=after_text) for way in part.ways if way] if not isinstance(part, Choice) or any(
                _has_place(way) for way in part.ways
            ) else []
            if isinstance(part, Choice) and not ways:
                return self._literal(part, after_free) + self.make(rest, top=top, after_text=True)
            if isinstance(part, Maybe):
                ways.append(self.make(rest, after_free, top=top, after_text=after_text))
            return f"(?:{'|'.join(ways)})"
        return f"(?:{self._literal(part, after_free)})?" + self.make(rest, after_free, top=top, after_text=after_text)

    def _literal(self, part: Choice | Maybe, after_free: bool) -> str:
        return f"(?:{'|'.join(self.make(way, after_free) for way in part.ways)})"


def _has_place(parts: Parts) -> bool:
    return any(
        isinstance(part, Place | Rest) or (isinstance(part, Choice | Maybe) and any(_has_place(way) for way in part.ways)) for part in parts
    )


def _droppable(parts: Parts) -> bool:
    """Whether nothing but arguments that can be asked for stands here."""
    return all(
        isinstance(part, Maybe | Rest) or (isinstance(part, Place) and part.mark != "!") or (isinstance(part, Text) and part.said in _CONNECTIVES)
        for part in parts
    )


def needed_texts(parts: Parts) -> tuple[tuple[str, ...], ...]:
    """For each obligatory text its alternatives: a sentence that lacks all of one cannot fit."""
    found: list[tuple[str, ...]] = []
    for index, part in enumerate(parts):
        if isinstance(part, Text):
            ways: tuple[str, ...] = tuple(word for word in part.said.split(" ") if word)[:1]
        elif isinstance(part, Choice):
            inner = [needed_texts(way) for way in part.ways]
            ways = tuple(one[0] for one in (texts[0] for texts in inner if texts)) if all(len(t) >= 1 and len(t[0]) == 1 for t in inner) else ()
        else:
            continue
        if ways and not (isinstance(part, Text) and part.said in _CONNECTIVES and index > 0):
            found.append(ways)
    return tuple(found)


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

    def might_fit(self, key: str) -> bool:
        return all(any(word in key for word in ways) for ways in self.needed)

    @property
    def begins_fixed(self) -> bool:
        return bool(self.parts) and isinstance(self.parts[0], Text | Choice)

    @property
    def needs(self) -> tuple[str, ...]:
        """Slots outside brackets: asked for when they are not said."""
        return tuple(part.name for part in self.parts if isinstance(part, Place))

    @cached_property
    def has_slots(self) -> bool:
        return _has_place(self.parts)

    @cached_property
    def strict(self) -> "Compiled":
        return Compiled.of(self, loose=False)

    @cached_property
    def loose(self) -> "Compiled | None":
        """Also splits 海豚科技客户说… behind the trade or before a verb; None where that makes no difference."""
        made = Compiled.of(self, loose=True)
        return None if made.source == self.strict.source else made


@dataclass(frozen=True)
class Compiled:
    source: str
    expression: re.Pattern[str]
    groups: dict[str, Place]
    rests: tuple[str, ...]

    @classmethod
    def of(cls, pattern: Pattern, *, loose: bool) -> "Compiled":
        maker = _Maker(pattern.fields, loose)
        source = maker.make(pattern.parts, top=True) + GAP
        return cls(source, re.compile(source), maker.groups, tuple(maker.rests))

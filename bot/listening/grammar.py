"""Which command a sentence means: every pattern of every command, the one that fixes most characters wins."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.listening import numbers
from bot.listening.bag import read_bag, repeated
from bot.listening.bag_doubts import offered_instead
from bot.listening.compound import read_visit
from bot.listening.name_card import FEWEST_LINES, Card, read_card
from bot.listening.normalize import SEPARATORS, Sentence, sentence
from bot.listening.numbers import Doubt
from bot.listening.order import rotations
from bot.listening.patterns import Compiled, Pattern
from bot.listening.planned import read_along
from bot.listening.politeness import is_unasked, without_politeness
from bot.listening.questions import card_question, choice_question, first_question, leftover_question, moved_question
from bot.listening.says import BadPattern, Place
from bot.listening.several import several_leads
from bot.listening.slots import CODE, FREE, Field, fields_of, is_shaped, read
from bot.listening.understanding import NOTHING, Reading, Understanding
from handlers.args import Slot
from handlers.command import Command

LEAD, LEADS, VISIT = "lead.register", "lead.register_many", "visit.log"
SHANGHAI = ZoneInfo("Asia/Shanghai")
_LONG = 400  # beyond this, patterns that begin with a free text are not tried: they would search the whole of it
_LIMIT = 4000
_WELL_FIXED = 2  # and so many where the order of its parts was changed
_ENOUGH_FIXED = 4  # so many fixed characters are a command even when nothing else was said: 登记线索
_GAPS = re.compile(SEPARATORS)


@dataclass(frozen=True)
class _Candidate:
    command: Command
    args: dict[str, Any]
    missing: tuple[str, ...]
    question: str | None
    score: tuple[int, int, int, int, int]


@dataclass
class _Fill:
    """Arguments under way while one pattern is tried."""

    args: dict[str, Any] = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    leftover: str = ""
    rest_found: bool = True
    caught: str = ""  # the free text that took what nothing else claimed
    along: bool = False  # further arguments are read from a free text


class Grammar:
    """Made once from all commands; a pattern that is not in the language is refused here, with its command's name."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._commands = tuple(commands)
        self._by_name = {command.name: command for command in self._commands}
        self._fields = {command.name: {one.name: one for one in fields_of(command.args)} for command in self._commands}
        self._patterns = [(command, pattern) for command in self._commands for pattern in self._patterns_of(command)]
        self._by_first = _by_first_character([pattern for _, pattern in self._patterns])
        titles = [command.title for command in self._commands]
        self._topics = {title[i : i + 2] for title in titles for i in range(len(title) - 1)}

    def _patterns_of(self, command: Command) -> Iterator[Pattern]:
        for says in command.says:
            try:
                yield Pattern(says, self._fields[command.name])
            except BadPattern as error:
                raise BadPattern(f"{command.name}: {error}") from error

    def fields(self, command: str) -> dict[str, Field]:
        return self._fields[command]

    def begins(self, command: str, key: str) -> bool:
        """Whether a sentence begins with a word of the command's title, as its patterns do, whatever comes then."""
        title = self._by_name[command].title
        return any(
            len(word) > 1 and word in title and key.startswith(word)
            for one, pattern in self._patterns
            if one.name == command and pattern.begins_fixed
            for word in pattern.needed[0]
        )

    def completed(
        self, command: str, args: dict[str, Any], missing: tuple[str, ...], doubts: dict[str, Doubt] | None = None
    ) -> Understanding:
        """An understanding under way in a dialogue: what is required and not yet in `args` is asked for."""
        fields = self._fields[command]
        asked = tuple(
            name
            for name, one in fields.items()
            if name not in args and (one.required or name in missing or name in (doubts or {}))
        )
        question = first_question(self._by_name[command], fields, asked, doubts or {})
        return Understanding(command, self._ordered(self._by_name[command], args), asked, question)

    def understand(self, text: str, *, now: datetime, speaker: str | None = None) -> Understanding:  # noqa: ARG002
        """What one message asks the desk to do; instants are given in Asia/Shanghai.

        `speaker` changes nothing yet: 我 is left to the desk, which knows who speaks.
        """
        pasted = self._pasted(text[:_LIMIT], now.astimezone(SHANGHAI))
        if pasted is not None:
            return pasted
        understood = self._understand(text, now)
        if understood.command is None and "\n" in text and (card := read_card(text[:_LIMIT])) is not None:
            return self._carded(card)
        return understood

    def _pasted(self, text: str, now: datetime) -> Understanding | None:
        """Several leads in one message, or a card of four lines and more that is to be registered."""
        if LEADS not in self._by_name:
            return None
        found = several_leads(text, tuple(self._fields[LEAD].values()), now)
        if found is not None and len(found.leads) > 1:
            question = leftover_question("；".join(found.unread)) if found.unread else None
            return Understanding(LEADS, {"leads": found.leads}, (), question)
        if found is not None:
            return Understanding(LEAD, self._ordered(self._by_name[LEAD], found.leads[0]))
        card = read_card(text) if text.count("\n") >= FEWEST_LINES else None
        return self._carded(card) if card is not None and card.is_asked else None

    def _carded(self, card: Card) -> Understanding:
        args = self._ordered(self._by_name[LEAD], card.args)
        told = "，".join(f"{self._fields[LEAD][name].labels[0]} {value}" for name, value in args.items())
        return Understanding(LEAD, args, (), None if card.is_asked else card_question(told))

    def _understand(self, text: str, now: datetime) -> Understanding:
        said = without_politeness(sentence(text[:_LIMIT]))
        if not said or is_unasked(said.key):
            return NOTHING
        moment = now.astimezone(SHANGHAI)
        if VISIT in self._by_name and (visit := read_visit(said, moment)) is not None:
            return self.completed(VISIT, visit.args, (), visit.doubts)
        candidates = list(self._candidates(said, moment))
        if not candidates:
            candidates = self._in_other_order(said, moment)
        if not candidates:
            return NOTHING
        best = max(candidate.score for candidate in candidates)
        equal = _distinct(candidate for candidate in candidates if candidate.score == best)
        if len(equal) > 1:
            readings = tuple(
                Reading(one.command.name, one.command.title, one.args, one.missing, one.question) for one in equal[:5]
            )
            return Understanding(None, {}, (), choice_question([one.title for one in readings]), readings)
        found = equal[0]
        return Understanding(found.command.name, found.args, found.missing, found.question)

    def _in_other_order(self, said: Sentence, now: datetime) -> list[_Candidate]:
        """What the sentence means with its parts in another order. Nothing may be missing then, and where a free text
        was moved, which a teller's aside might be, it is confirmed first."""
        found = []
        for turned, moved in rotations(said):
            for one in self._candidates(turned, now):
                if one.question is not None or one.score[0] < _WELL_FIXED:
                    continue
                fields = self._fields[one.command.name]
                if not all(_shows(fields[name], value) for name, value in one.args.items()):
                    continue
                told = [fields[name] for name, value in one.args.items() if fields[name].slot.kind == "words"]
                guessed = next((one_.labels[0] for one_ in told if moved.text in str(one.args[one_.name])), "")
                question = moved_question(one.command.title, guessed, moved.text) if guessed else None
                found.append(replace(one, question=question))
        return found

    def _near(self, key: str) -> Iterator[tuple[Command, Pattern]]:
        """The patterns of which a word that they need might stand in the sentence, in their order."""
        found = {index for character in ("", *key) for index in self._by_first.get(character, ())}
        return (self._patterns[index] for index in sorted(found))

    def _candidates(self, said: Sentence, now: datetime) -> Iterator[_Candidate]:
        for command, pattern in self._near(said.key):
            if not pattern.might_fit(said.key) or (len(said.key) > _LONG and not pattern.begins_fixed):
                continue
            candidate = self._try(command, pattern, pattern.strict, said, now)
            if candidate is not None:
                yield candidate
            if (candidate is None or candidate.missing) and (loose := pattern.loose) is not None:
                candidate = self._try(command, pattern, loose, said, now)
                if candidate is not None:
                    yield candidate

    def _try(
        self, command: Command, pattern: Pattern, compiled: Compiled, said: Sentence, now: datetime
    ) -> _Candidate | None:
        match = compiled.expression.fullmatch(said.key)
        fill = self._filled(command, compiled, match, said, now) if match else None
        if match is None or fill is None:
            return None
        fixed = self._fixed(command, compiled, match)
        missing = self._missing(command, pattern, fill)
        if missing and pattern.has_slots and fixed < (2 if fill.args or fill.doubts else _ENOUGH_FIXED):
            return None
        if (fill.leftover and not fill.args) or (
            missing and any(rest.strict and match[name] is not None for name, rest in compiled.rests.items())
        ):
            return None
        if fixed == 1 and self._is_guess(command, compiled, match, said):
            return None
        question = first_question(command, self._fields[command.name], missing, fill.doubts)
        if question is None and fill.leftover:
            question = leftover_question(fill.leftover)
        exact = sum(1 for name in compiled.groups if match[name])
        score = (fixed, -len(missing), -int(bool(fill.leftover)), -int(compiled is not pattern.strict), exact)
        return _Candidate(command, self._ordered(command, fill.args), missing, question, score)

    def _fixed(self, command: Command, compiled: Compiled, match: re.Match[str]) -> int:
        """How many characters the pattern itself gives, choices included."""
        free = [
            name
            for name in (*compiled.groups, *compiled.rests)
            if match[name] and not self._is_fixed(command, compiled, name)
        ]
        return len(_GAPS.sub("", match.string)) - sum(len(_GAPS.sub("", match[name])) for name in free)

    def _is_guess(self, command: Command, compiled: Compiled, match: re.Match[str], said: Sentence) -> bool:
        """领导来了 is not 领 + a customer: behind a single character only what looks like a company is a name."""
        for name, place in compiled.groups.items():
            one = self._fields[command.name][place.name]
            free = match[name] and one.slot.kind in FREE and not re.fullmatch(CODE, match[name])
            if free and _is_glued(said, match.start(name)) and not is_shaped(one, said.cut(*match.span(name))):
                return True
        return False

    def _is_fixed(self, command: Command, compiled: Compiled, group: str) -> bool:
        place = compiled.groups.get(group)
        return place is not None and self._fields[command.name][place.name].slot.kind in ("choice", "flag")

    def _filled(
        self, command: Command, compiled: Compiled, match: re.Match[str], said: Sentence, now: datetime
    ) -> _Fill | None:
        fields = self._fields[command.name]
        fill = _Fill()
        for group, place in compiled.groups.items():
            if match[group] is None:
                continue
            if not self._read_place(fields[place.name], place, said, match.span(group), now, fill):
                return None
        for group, rest in compiled.rests.items():
            if match[group] is None:
                continue
            bag = read_bag(said.cut(*match.span(group)), tuple(fields.values()), now, fill.args)
            caught = bag.caught if bag.caught and not fields[bag.caught].required else ""
            glued = bool(match[group]) and _is_glued(said, match.start(group))
            recognised = bag.values.keys() - {caught} - (bag.guessed if glued else set())
            if not recognised and not bag.doubts and (rest.strict or glued):
                return None
            fill.args |= bag.values
            fill.doubts |= bag.doubts
            fill.leftover, fill.caught = bag.leftover, caught
            fill.rest_found = bool(recognised or bag.doubts)
        if compiled.rests:
            fill.args |= repeated(tuple(fields.values()), said.key, fill.args)
        if fill.along:
            along = read_along(_without_refs(compiled, match, said, fields), fields, fill.args, now)
            fill.doubts |= {name: value for name, value in along.items() if isinstance(value, Doubt)}
            fill.args |= {name: value for name, value in along.items() if not isinstance(value, Doubt)}
        return fill

    def _read_place(
        self, found: Field, place: Place, said: Sentence, span: tuple[int, int], now: datetime, fill: _Fill
    ) -> bool:
        part = said.cut(*span)
        if place.how == "topic" and not self._is_topic(part.key):
            return False
        if place.how == "span" and found.slot.kind != "count":
            part = sentence(part.text + "后")
        reader = replace(found, slot=Slot("phone")) if place.how == "phone" else found
        value = (
            numbers.days(part.key) if place.how == "span" and found.slot.kind == "count" else read(reader, part, now)
        )
        if value is not None and (other := offered_instead(found, said.key, span[1])):
            value = Doubt(f"{part.text} 和 {other}", "只能有一个")
        if value is None or (_is_glued(said, span[0]) and not _may_be_glued(found, part)):
            return False
        if isinstance(value, Doubt):
            fill.doubts[found.name] = value
        else:
            fill.args[found.name] = value
            fill.along = fill.along or "+" in place.mark
        return True

    def _is_topic(self, key: str) -> bool:
        return re.match(r"还|没|不|了|会|样|回事|能|又|就|这么|那么|办$|个", key) is None and any(
            topic in key for topic in self._topics
        )

    def _missing(self, command: Command, pattern: Pattern, fill: _Fill) -> tuple[str, ...]:
        fields = self._fields[command.name]
        if fill.caught and any(
            one.slot.kind == "lines" and one.required and name not in fill.args for name, one in fields.items()
        ):
            fill.args.pop(fill.caught, None)  # lines that were not understood are no note
        asked = [
            name for name, one in fields.items() if (one.required or name in pattern.needs) and name not in fill.args
        ]
        asked += [name for name in fill.doubts if name not in asked and name not in fill.args]
        if not asked and not fill.rest_found and not fill.args.keys() - {fill.caught}:
            asked = [next(iter(fields))]  # one of several handles would do: ask for the first
        return tuple(asked)

    def _ordered(self, command: Command, args: dict[str, Any]) -> dict[str, Any]:
        return {name: args[name] for name in self._fields[command.name] if name in args}


def _shows(found: Field, value: Any) -> bool:
    """Whether a name shows by itself that it is one: in another order anything might be taken for it."""
    if found.slot.kind != "ref" or isinstance(value, list):
        return True
    said = sentence(str(value))
    return re.fullmatch(CODE, said.key) is not None or is_shaped(found, said)


def _may_be_glued(found: Field, part: Sentence) -> bool:
    """Directly behind other characters a name must look like one, and a free text must not go on with their grammar."""
    if found.slot.kind in ("company", "name"):
        return is_shaped(found, part)
    return found.slot.kind != "words" or re.match(r"[的了过得着吗]|不[了下出]|.*[吗么呢?]$", part.key) is None


def _without_refs(compiled: Compiled, match: re.Match[str], said: Sentence, fields: dict[str, Field]) -> Sentence:
    """The sentence with names blanked, so that 微信支付公司 is not taken for a message."""
    text, key = said.text, said.key
    for name, place in compiled.groups.items():
        if match[name] and fields[place.name].slot.kind == "ref":
            start, end = match.span(name)
            text, key = (one[:start] + "\0" * (end - start) + one[end:] for one in (text, key))
    return Sentence(text, key)


def _is_glued(said: Sentence, start: int) -> bool:
    return start > 0 and _GAPS.fullmatch(said.key[start - 1]) is None


def _distinct(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """One candidate a command: patterns of the same command never compete."""
    found: dict[str, _Candidate] = {}
    for candidate in candidates:
        found.setdefault(candidate.command.name, candidate)
    return list(found.values())


def _by_first_character(patterns: Sequence[Pattern]) -> dict[str, list[int]]:
    """Where the patterns stand, by the first characters of one word that each needs; under "" those that need none."""
    found: dict[str, list[int]] = {}
    for index, pattern in enumerate(patterns):
        words = min(pattern.needed, key=len, default=("",))
        for character in {word[:1] for word in words}:
            found.setdefault(character, []).append(index)
    return found

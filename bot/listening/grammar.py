"""Which command a sentence means: every pattern of every command, the one that fixes most characters wins."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.listening import numbers
from bot.listening.bag import read_bag, repeated
from bot.listening.bag_doubts import offered_instead
from bot.listening.candidate import Candidate, Fill, distinct
from bot.listening.compound import read_visit
from bot.listening.matching import GAPS, by_first_character, is_glued, may_be_glued, shows, without_refs
from bot.listening.normalize import Sentence, sentence
from bot.listening.numbers import Doubt
from bot.listening.order import rotations
from bot.listening.pasted import LEAD, card_pasted, several_pasted
from bot.listening.patterns import Compiled, Pattern
from bot.listening.planned import read_along
from bot.listening.politeness import is_unasked, without_politeness
from bot.listening.questions import choice_question, first_question, leftover_question, moved_question
from bot.listening.says import BadPattern, Place
from bot.listening.slots import CODE, FREE, Field, fields_of, is_shaped, read
from bot.listening.understanding import NOTHING, Reading, Understanding
from handlers.args import Slot
from handlers.command import Command

VISIT = "visit.log"
SHANGHAI = ZoneInfo("Asia/Shanghai")
_LONG = 400  # beyond this, patterns that begin with a free text are not tried: they would search the whole of it
_LIMIT = 4000
_WELL_FIXED = 2  # and so many where the order of its parts was changed
_ENOUGH_FIXED = 4  # so many fixed characters are a command even when nothing else was said: 登记线索


class Grammar:
    """Made once from all commands; a pattern that is not in the language is refused here, with its command's name."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._commands = tuple(commands)
        self._by_name = {command.name: command for command in self._commands}
        self._fields = {command.name: {one.name: one for one in fields_of(command.args)} for command in self._commands}
        self._patterns = [(command, pattern) for command in self._commands for pattern in self._patterns_of(command)]
        self._by_first = by_first_character([pattern for _, pattern in self._patterns])
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
        leads, text = self._fields.get(LEAD), text[:_LIMIT]
        if leads is None:
            return self._understand(text, now)
        found = several_pasted(text, leads, now.astimezone(SHANGHAI)) or card_pasted(text, leads, is_asked=True)
        if found is not None:
            return found
        understood = self._understand(text, now)
        if understood.command is None and (card := card_pasted(text, leads, is_asked=False)) is not None:
            return card
        return understood

    def _understand(self, text: str, now: datetime) -> Understanding:
        said = without_politeness(sentence(text))
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
        equal = distinct(candidate for candidate in candidates if candidate.score == best)
        if len(equal) > 1:
            readings = tuple(
                Reading(one.command.name, one.command.title, one.args, one.missing, one.question) for one in equal[:5]
            )
            return Understanding(None, {}, (), choice_question([one.title for one in readings]), readings)
        found = equal[0]
        return Understanding(found.command.name, found.args, found.missing, found.question)

    def _in_other_order(self, said: Sentence, now: datetime) -> list[Candidate]:
        """What the sentence means with its parts in another order. Nothing may be missing then, and where a free text
        was moved, which a teller's aside might be, it is confirmed first."""
        found = []
        for turned, moved in rotations(said):
            for one in self._candidates(turned, now):
                if one.question is not None or one.score[0] < _WELL_FIXED:
                    continue
                fields = self._fields[one.command.name]
                if not all(shows(fields[name], value) for name, value in one.args.items()):
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

    def _candidates(self, said: Sentence, now: datetime) -> Iterator[Candidate]:
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
    ) -> Candidate | None:
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
        return Candidate(command, self._ordered(command, fill.args), missing, question, score)

    def _fixed(self, command: Command, compiled: Compiled, match: re.Match[str]) -> int:
        """How many characters the pattern itself gives, choices included."""
        free = [
            name
            for name in (*compiled.groups, *compiled.rests)
            if match[name] and not self._is_fixed(command, compiled, name)
        ]
        return len(GAPS.sub("", match.string)) - sum(len(GAPS.sub("", match[name])) for name in free)

    def _is_guess(self, command: Command, compiled: Compiled, match: re.Match[str], said: Sentence) -> bool:
        """领导来了 is not 领 + a customer: behind a single character only what looks like a company is a name."""
        for name, place in compiled.groups.items():
            one = self._fields[command.name][place.name]
            free = match[name] and one.slot.kind in FREE and not re.fullmatch(CODE, match[name])
            if free and is_glued(said, match.start(name)) and not is_shaped(one, said.cut(*match.span(name))):
                return True
        return False

    def _is_fixed(self, command: Command, compiled: Compiled, group: str) -> bool:
        place = compiled.groups.get(group)
        return place is not None and self._fields[command.name][place.name].slot.kind in ("choice", "flag")

    def _filled(
        self, command: Command, compiled: Compiled, match: re.Match[str], said: Sentence, now: datetime
    ) -> Fill | None:
        fields = self._fields[command.name]
        fill = Fill()
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
            glued = bool(match[group]) and is_glued(said, match.start(group))
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
            along = read_along(without_refs(compiled, match, said, fields), fields, fill.args, now)
            fill.doubts |= {name: value for name, value in along.items() if isinstance(value, Doubt)}
            fill.args |= {name: value for name, value in along.items() if not isinstance(value, Doubt)}
        return fill

    def _read_place(
        self, found: Field, place: Place, said: Sentence, span: tuple[int, int], now: datetime, fill: Fill
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
        if value is None or (is_glued(said, span[0]) and not may_be_glued(found, part)):
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

    def _missing(self, command: Command, pattern: Pattern, fill: Fill) -> tuple[str, ...]:
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

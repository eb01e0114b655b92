"""What a message means while the bot's own question is open; pure, the caller keeps the question."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from bot.listening.bag import read_bag
from bot.listening.grammar import Grammar
from bot.listening.normalize import Sentence, sentence
from bot.listening.numbers import Doubt, number
from bot.listening.planned import read_along
from bot.listening.politeness import without_politeness
from bot.listening.questions import leftover_question
from bot.listening.slots import Field, read
from bot.listening.understanding import Reading, Understanding

CHOICE, CONFIRM = "choice", "confirm"
_CANCEL = re.compile(r"取消|算了|不用了|退出|不要了|没事了?|不弄了|放弃|cancel|quit|exit")
_YES = re.compile(r"是的?|对的?|好的?|嗯|确认|确定|可以|行|要|照办|没错|继续|ok|yes|y")
_NO = re.compile(r"不是?|不要|不对|否|别|no|n|修改")
_INSTEAD = re.compile(r"(?:(?:不对|不是|错了|修改)[\s,]*)?(?:应该|应)?(?:改成|改为|改到|改|换成|是)?")
_ORDINAL = re.compile(r"(?:选|就)?第?([1-9一二三四五六七八九两])(?:个|条|项|号|家|位|张|种)?[.。]?")


@dataclass(frozen=True)
class OpenQuestion:
    """JSON-able. `asked` is an argument, `choice` (of `candidates` for `slot`, or of `readings`) or `confirm`."""

    command: str | None
    args: dict[str, Any]
    asked: str
    slot: str = ""
    missing: tuple[str, ...] = ()
    candidates: tuple[tuple[str, str], ...] = ()  # (code, name)
    readings: tuple[Reading, ...] = ()
    question: str = ""
    also: tuple[tuple[str, dict[str, Any]], ...] = ()  # of a confirmation: what may be said instead, and its arguments

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "OpenQuestion":
        """The question as it was kept; JSON turns its tuples into lists."""
        readings = tuple(Reading(**{**one, "missing": tuple(one["missing"])}) for one in kept.get("readings", ()))
        candidates = tuple((code, name) for code, name in kept.get("candidates", ()))
        also = tuple((said, args) for said, args in kept.get("also", ()))
        missing = tuple(kept.get("missing", ()))
        return cls(**{**kept, "missing": missing, "candidates": candidates, "readings": readings, "also": also})


@dataclass(frozen=True)
class Outcome:
    """`run`: carry out `understood`, the question is answered. `other`: carry out `understood`, `open` stays open.

    `ask`: put `open.question` (a further part is missing, or the answer was not one). `cancel`: forget the question.
    """

    kind: Literal["run", "other", "ask", "cancel"]
    understood: Understanding = field(default_factory=Understanding)
    open: OpenQuestion | None = None


def question_of(understood: Understanding) -> OpenQuestion | None:
    """What to keep when an understanding has to be asked about; None where it is complete."""
    if understood.question is None:
        return None
    if understood.readings:
        return OpenQuestion(None, {}, CHOICE, readings=understood.readings, question=understood.question)
    asked = understood.missing[0] if understood.missing else CONFIRM
    return OpenQuestion(
        understood.command, understood.args, asked, missing=understood.missing, question=understood.question
    )


def answer(
    question: OpenQuestion, text: str, *, grammar: Grammar, now: datetime, speaker: str | None = None
) -> Outcome:
    """取消 leaves, a number or name chooses, a complete command is run and the question stays, all else answers it."""
    said = without_politeness(sentence(text)) or sentence(text).cut(0)
    if _CANCEL.fullmatch(said.key):
        return Outcome("cancel")
    if question.asked == CHOICE and (chosen := _chosen(question, said, grammar)) is not None:
        return _settled(chosen)
    if question.asked == CONFIRM and _YES.fullmatch(said.key):
        return Outcome("run", Understanding(question.command, question.args))
    if question.asked == CONFIRM:
        for said_for, args in question.also:
            if said.key == sentence(said_for).key:
                return Outcome("run", Understanding(question.command, args))
    if question.asked == CONFIRM and _NO.fullmatch(said.key):
        return Outcome("cancel")
    other = grammar.understand(text, now=now, speaker=speaker)
    if other.command is not None and other.question is None and not _is_own_text(question, other, grammar):
        stays = None if other.command == question.command else question
        return Outcome("other", other, stays)
    if _is_new_command(question, other, said, grammar):
        return _settled(other)
    if question.asked in (CHOICE, CONFIRM) and other.command is not None:
        return _settled(other)  # something else was begun: its question takes this one's place
    if question.asked == CONFIRM and question.command is not None:
        return _amended(question, said, grammar, now)
    if question.asked == CHOICE or question.command is None:
        return Outcome("ask", open=question)
    if _says_it_again(question, other):
        args = {**question.args, **other.args}
        return _settled(grammar.completed(question.command, args, tuple(n for n in other.missing if n not in args)))
    if grammar.fields(question.command)[question.asked].slot.kind != "words" and grammar.begins(
        question.command, said.key
    ):
        begun_anew = other.command == question.command and other.question is not None
        return _settled(other) if begun_anew else Outcome("ask", open=question)
    return _filled(question, said, grammar, now)


def _is_new_command(question: OpenQuestion, other: Understanding, said: Sentence, grammar: Grammar) -> bool:
    """退回 恐龙园 names no product: another command's own word was said, though a part of it is still asked for."""
    if other.command is None or question.command is None or other.command == question.command:
        return False
    if (
        question.asked not in (CHOICE, CONFIRM)
        and grammar.fields(question.command)[question.asked].slot.kind == "words"
    ):
        return False
    return grammar.begins(other.command, said.key)


def _is_own_text(question: OpenQuestion, other: Understanding, grammar: Grammar) -> bool:
    """拜访了李总 is the content that was asked for, not a second follow-up."""
    if question.command is None or question.asked in (CHOICE, CONFIRM):
        return False
    return other.command == question.command and grammar.fields(question.command)[question.asked].slot.kind == "words"


def _amended(question: OpenQuestion, said: Sentence, grammar: Grammar, now: datetime) -> Outcome:
    """Neither yes nor no, but a part that is wholly understood: it takes its place, and what was to be confirmed is
    judged anew."""
    command = question.command or ""
    said = said.cut(found.end() if (found := _INSTEAD.match(said.key)) else 0)
    bag = read_bag(said, tuple(grammar.fields(command).values()), now)
    if not bag.values or bag.caught or bag.leftover or bag.guessed or bag.doubts:
        return Outcome("ask", open=question)
    args = {name: value for name, value in question.args.items() if name != "confirm"} | bag.values
    return _settled(grammar.completed(command, args, ()))


def _says_it_again(question: OpenQuestion, other: Understanding) -> bool:
    """退回 海豚科技, said a second time, is no reason for it; 下单 云图智能 answers 下单:哪个客户? as a whole."""
    if other.command is None or other.command != question.command:
        return False
    is_same = all(question.args.get(name, value) == value for name, value in other.args.items())
    is_rest = question.asked in other.args and set(other.missing) <= {*question.args, *question.missing}
    return is_same and (question.asked in other.missing or is_rest)


def _settled(understood: Understanding) -> Outcome:
    following = question_of(understood)
    return Outcome("run", understood) if following is None else Outcome("ask", understood, following)


def _chosen(question: OpenQuestion, said: Sentence, grammar: Grammar) -> Understanding | None:
    """The candidate or reading meant by a number, an ordinal, a code or an unambiguous part of a name."""
    size = len(question.candidates) or len(question.readings)
    index = _ordinal(said.key, size)
    if index is None:
        index = _named(question, said.key)
    if index is None:
        return None
    if question.readings:
        reading = question.readings[index]
        return Understanding(reading.command, reading.args, reading.missing, reading.question)
    args = put(question.args, question.slot, question.candidates[index][0])
    return grammar.completed(
        question.command or "", args, tuple(one for one in question.missing if one != question.slot)
    )


def put(args: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The arguments with one more, or with one inside a line: `lines.0.product`."""
    if "." not in path:
        return {**args, path: value}
    name, index, part = path.split(".")
    rows = [dict(row) for row in args[name]]
    rows[int(index)][part] = value
    return {**args, name: rows}


def _ordinal(key: str, size: int) -> int | None:
    if re.fullmatch(r"(?:选|就)?最后一?个?", key):
        return size - 1
    match = _ORDINAL.fullmatch(key)
    value = number(match[1]) if match else None
    return int(value) - 1 if value is not None and 1 <= value <= size else None


def _named(question: OpenQuestion, key: str) -> int | None:
    names = question.candidates or tuple((one.command, one.title) for one in question.readings)
    exact = [i for i, (code, name) in enumerate(names) if key in (code.lower(), sentence(name).key)]
    partly = [i for i, (_, name) in enumerate(names) if len(key) >= 2 and key in sentence(name).key]
    found = exact or partly
    return found[0] if len(found) == 1 else None


def _filled(question: OpenQuestion, said: Sentence, grammar: Grammar, now: datetime) -> Outcome:
    """The asked argument and whatever else of the command the answer tells."""
    command = question.command or ""
    fields = grammar.fields(command)
    asked = fields[question.asked]
    found, doubts, leftover = _read_answer(asked, fields, question.args, said, now)
    args = {**question.args, **found}
    if asked.slot.kind == "words":
        along = read_along(said, fields, args, now)
        doubts |= {name: value for name, value in along.items() if isinstance(value, Doubt)}
        args |= {name: value for name, value in along.items() if not isinstance(value, Doubt)}
    missing = tuple(one for one in question.missing if one not in args)
    if not found and not doubts:
        return Outcome("ask", open=question)
    if question.asked not in fields or (question.asked not in args and not fields[question.asked].required and found):
        missing = tuple(one for one in missing if one != question.asked)  # another handle will do
    understood = grammar.completed(command, args, missing, doubts)
    following = question_of(understood)
    if following is None and leftover:
        return Outcome("ask", understood, OpenQuestion(command, args, CONFIRM, question=leftover_question(leftover)))
    if following is None:
        return Outcome("run", understood)
    return Outcome("ask", understood, replace(following, missing=understood.missing))


def _read_answer(
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

"""What a message means while the bot's own question is open; pure, the caller keeps the question."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from bot.listening.amending import amended
from bot.listening.answers import read_answer
from bot.listening.grammar import Grammar
from bot.listening.normalize import Sentence, sentence
from bot.listening.numbers import Doubt, number
from bot.listening.planned import read_along
from bot.listening.politeness import without_politeness
from bot.listening.questions import leftover_question
from bot.listening.understanding import Reading, Understanding

CHOICE, CONFIRM = "choice", "confirm"
_CANCEL = re.compile(r"取消|算了|不用了|退出|不要了|没事了?|不弄了|放弃|cancel|quit|exit")
_YES = re.compile(r"是的?|对的?|好的?|嗯|确认|确定|可以|行|要|照办|没错|继续|ok|yes|y")
_NO = re.compile(r"不是?|不要|不对|否|别|no|n")
_EDIT = re.compile(r"修改|改一下|要改|改")
_BACK = re.compile(r"(?:回到|返回|退回)?上一(?:步|个|个问题|题|项)|back|上一个问题是什么")
_NONE = re.compile(r"(?:都|全)不是|没有一个是|都不对|none")
_CHANGES = re.compile(r"改|换成|不是.+是|不要|不用|去掉|删掉|应该是")
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
    before: dict[str, Any] | None = None  # the question that was answered before it, as JSON
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
    """What the message means to the open question (`_answer`); going back, the way is remembered."""
    said = without_politeness(sentence(text)) or sentence(text).cut(0)
    if _BACK.fullmatch(said.key):
        return _back(question)
    return _following(question, _answer(question, text, said, grammar=grammar, now=now, speaker=speaker))


def _answer(
    question: OpenQuestion, text: str, said: Sentence, *, grammar: Grammar, now: datetime, speaker: str | None
) -> Outcome:
    """取消 leaves, a number or name chooses, a complete command is run and the question stays, all else answers it."""
    if _CANCEL.fullmatch(said.key):
        return Outcome("cancel")
    if question.asked == CHOICE and (chosen := _chosen(question, said, grammar)) is not None:
        return _settled(chosen)
    if question.asked == CONFIRM and _YES.fullmatch(said.key):
        return Outcome("run", Understanding(question.command, question.args))
    if question.asked == CHOICE and _NONE.fullmatch(said.key):
        return _none_of_them(question, grammar)
    if question.asked == CONFIRM and (other_way := _other_way(question, said)) is not None:
        return other_way
    if question.asked == CONFIRM and _EDIT.fullmatch(said.key):
        return Outcome("ask", open=question)
    if question.asked == CONFIRM and _NO.fullmatch(said.key):
        return Outcome("cancel")
    if question.asked == CONFIRM and _CHANGES.search(said.key):
        changed = _amended(question, said, grammar, now)
        if changed is not None:
            return changed
    other = grammar.understand(text, now=now, speaker=speaker)
    if other.command is not None and other.question is None and not _is_own_text(question, other, grammar):
        stays = None if other.command == question.command else question
        return Outcome("other", other, stays)
    if _is_new_command(question, other, said, grammar):
        return _settled(other)
    if question.asked in (CHOICE, CONFIRM) and other.command is not None:
        return _settled(other)  # something else was begun: its question takes this one's place
    if question.asked == CONFIRM and question.command is not None:
        return _amended(question, said, grammar, now) or Outcome("ask", open=question)
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


def _amended(question: OpenQuestion, said: Sentence, grammar: Grammar, now: datetime) -> Outcome | None:
    """Neither yes nor no, but a change of what was to be confirmed, which is judged anew; None where it is none."""
    command = question.command or ""
    args = amended(question.args, grammar.fields(command), said, now)
    return None if args is None else _settled(grammar.completed(command, args, ()))


def _other_way(question: OpenQuestion, said: Sentence) -> Outcome | None:
    """What stands on a confirmation's other buttons, typed."""
    args = next((args for word, args in question.also if said.key == sentence(word).key), None)
    return None if args is None else Outcome("run", Understanding(question.command, args))


def _back(question: OpenQuestion) -> Outcome:
    """上一步: the question before this one."""
    before = question.before
    return Outcome("ask", open=OpenQuestion.from_json(before) if before is not None else question)


def _none_of_them(question: OpenQuestion, grammar: Grammar) -> Outcome:
    """都不是: which one it is, is asked in words."""
    if question.command is None or question.slot not in grammar.fields(question.command):
        return Outcome("cancel")
    args = {name: value for name, value in question.args.items() if name != question.slot}
    missing = (question.slot, *(one for one in question.missing if one != question.slot))
    label = grammar.fields(question.command)[question.slot].labels[0]
    asked = f"那是哪个{label}？请说编号或完整名称。"
    return Outcome("ask", open=OpenQuestion(question.command, args, question.slot, missing=missing, question=asked))


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


def _following(question: OpenQuestion, outcome: Outcome) -> Outcome:
    """A further question about the same command remembers the one that was answered, so that one may go back to it."""
    following = outcome.open
    if outcome.kind != "ask" or following is None or following.command != question.command or following.before:
        return outcome
    if following == question or (following.asked, following.args) == (question.asked, question.args):
        return outcome
    return replace(outcome, open=replace(following, before=question.as_json()))


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
    found, doubts, leftover = read_answer(asked, fields, question.args, said, now)
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

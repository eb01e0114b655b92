"""The answer to a question: its numbers, a first look at what they are made of, and a way to the rows of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.context import Context
from handlers.questions.figures import Figure
from handlers.reply import Button, Reply
from models.base import Json
from models.errors import Invalid

BUTTONS = 4  # numbers that can be opened by a tap; all of them can be typed
LOOK = 10


@dataclass(frozen=True)
class Question:
    """`args` are those by which `command` asks it again; `part` is the number whose rows are wanted, `look` the one
    whose rows are shown at once, unless `look_at` are ready lines ("kind" says how they read)."""

    command: str
    args: Json
    title: str
    figures: Sequence[Figure]
    part: str | None = None
    look: str | None = None
    kind: str = "summed"
    look_at: Sequence[Json] | None = None
    about: Json = field(default_factory=dict)
    notes: Sequence[str] = ()
    empty: str = "没有符合条件的记录"
    buttons: tuple[Button, ...] = ()


def answer(ctx: Context, question: Question) -> Reply:
    """The numbers; with a `part` exactly the rows that sum to that one."""
    return _numbers(ctx, question) if question.part is None else _rows(ctx, question, question.part)


def _rows(ctx: Context, question: Question, part: str) -> Reply:
    figure = next((one for one in question.figures if one.key == part), None)
    if figure is None:
        names = "、".join(one.name for one in question.figures)
        raise Invalid("part", "没有这个数的明细", next_step=f"可以看：{names}")
    items, total = figure.items(ctx), figure.count(ctx)
    number = {"key": figure.key, "name": figure.name, "unit": figure.unit, "value": figure.value(ctx)}
    facts = {"question": question.title, "figure": number, "items": items, "total": total}
    return Reply(
        "questions/rows", facts, result={**question.about, "figures": [number], "items": items, "total": total}
    )


def _numbers(ctx: Context, question: Question) -> Reply:
    figures = [
        {"key": one.key, "name": one.name, "unit": one.unit, "value": one.value(ctx)} for one in question.figures
    ]
    shown = next((one for one in question.figures if one.key == question.look), None)
    items = list(question.look_at) if question.look_at is not None else shown.items(ctx, LOOK) if shown else []
    total = len(items) if shown is None or question.look_at is not None else shown.count(ctx)
    facts = {
        "question": question.title, "figures": figures, "items": items[:LOOK], "kind": question.kind, "total": total,
        "empty": question.empty, "notes": list(question.notes),
    }  # fmt: skip
    result = {**question.about, "title": question.title, "figures": figures, "items": items, "total": total}
    return Reply("questions/answer", facts, buttons=(*question.buttons, *_openers(question, figures)), result=result)


def _openers(question: Question, figures: Sequence[Json]) -> list[Button]:
    """One for each number that is not nothing."""
    wanted = [one for one in figures if one["value"] not in (0, "0.00")]
    return [
        Button(f"{one['name']}明细", question.command, {**question.args, "part": one["key"]})
        for one in wanted[: BUTTONS - len(question.buttons)]
    ]

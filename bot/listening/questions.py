"""The Chinese question for a missing argument."""

from collections.abc import Mapping

from bot.listening.numbers import Doubt
from bot.listening.slots import Field
from handlers.command import Command

_ASKS = ("谁", "什么", "哪", "几", "多少")
_BY_KIND = {
    "ref": "哪个{label}？",
    "phone": "{label}是多少？",
    "money": "{label}是多少？",
    "rate": "{label}是多少？",
    "count": "{label}是多少？",
    "day": "{label}是哪天？",
    "instant": "{label}是什么时候？",
    "choice": "{label}是哪一个？",
    "lines": "{label}？例如：打印机3台 1200",
}


def question_for(field: Field) -> str:
    """Asks for one argument by its label; a label that is a question already is only given its mark."""
    label = field.labels[0] if field.labels else field.name
    if any(word in label for word in _ASKS):
        return f"{label}？"
    asked = _BY_KIND.get(field.slot.kind, "{label}是什么？").format(label=label)
    return f"{asked}（{field.hint}）" if field.hint else asked


def doubt_question(doubt: Doubt) -> str:
    return f"「{doubt.said}」{doubt.reason}，请再说一次。"


def first_question(
    command: Command, fields: Mapping[str, Field], missing: tuple[str, ...], doubts: Mapping[str, Doubt]
) -> str | None:
    """The question for the first missing argument, in the order of asking."""
    if not missing:
        return None
    if missing[0] in doubts:
        return doubt_question(doubts[missing[0]])
    field = fields[missing[0]]
    if not field.required and field.slot.kind == "name":  # one of several handles would do
        labels = "、".join(one.labels[0] for one in list(fields.values())[:3])
        return f"{command.title}：谁？可以说{labels}。"
    return f"{command.title}：{question_for(field)}"


def leftover_question(leftover: str) -> str:
    return f"「{leftover}」没看懂，其余照办吗？"


def card_question(told: str) -> str:
    return f"像是一张名片：{told}。登记成线索吗？"


def moved_question(title: str, label: str, said: str) -> str:
    return f"是要{title}，{label}是「{said}」吗？"


def choice_question(titles: list[str]) -> str:
    return "是哪一个意思？" + " ".join(f"{number}. {title}" for number, title in enumerate(titles, 1))

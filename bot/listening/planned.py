"""What a follow-up's text tells besides itself: how the customer was reached, and when the rep plans to speak again."""

import re
from datetime import datetime
from typing import Any

from bot.listening.dates import find_moments, find_no_day, instant
from bot.listening.normalize import Sentence
from bot.listening.numbers import Doubt
from bot.listening.slots import Field, meanings

_PLAN_BEFORE = re.compile(
    r"(?:下次|下一次|下回|约好?了?|再约|预约|计划|打算|准备|定在|定于|安排在?|改约|回访|我(?:会|要|再)?|咱们?|争取)"
    r"(?:的?时间|联系|跟进|拜访|沟通|见面|回访|会面|开会)?(?:是|在|到|为|:)?[\s,、:]*(?:客户|对方|他们?|她)?[\s]*$"
)
_PLAN_AFTER = re.compile(
    r"\s?(?:左右|前|之前)?(?:我|要|会|去|需要|准备|继续|再|与他|和他|跟他|给他|的时候)*"
    r"(?:再(?:次|去)?(?:联系|跟进|沟通|聊|谈|打|约|拜访|看|回访|说|确认|发|问|来|见)|回访|复访|继续跟|跟进|联系(?!我)|拜访|见面|面谈|去(?:拜访|见|看|聊|谈))(?!了|过)"
)
_CUSTOMER_SAYS = re.compile(
    r"(?:(?:电话|微信|邮件|会议?|短信)(?:里|上|中)?(?=[^,;。]{0,3}说)|客户|对方|甲方|他们?|她|老板|采购|[\u4e00-\u9fff]{1,2}(?:总|董|经理|主任|工|老师|先生|女士))"
    r"[\u4e00-\u9fff]{0,4}?(?:说|要求|让|希望|表示|提出|要|想|建议|讲|答应|通知|反馈|回复|计划|打算|准备|叫|告诉|打电话来|约)"
)
# 客户在开会 is the customer's meeting, not how he was reached.
_THEIR_OWN = ("会议", "活动", "拜访")
_THEIR_DOING = re.compile(r"(?:客户|对方|他们?|她)[^\s,;。!?、]{0,8}$")
_CLAUSE = re.compile(r"[,;。!?、\n]")


def read_along(said: Sentence, fields: dict[str, Field], known: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Choices and instants that a text mentions; they stay in the text."""
    found: dict[str, Any] = {}
    plan: tuple[int, int] | None = None
    for name, field in fields.items():
        if name in known or field.required:
            continue
        if field.slot.kind == "instant":
            planned = _planned(said, now)
            if planned is not None:
                plan = planned[0], planned[1]
                found[name] = _second(said, now, planned) or planned[2]
            elif (wrong := find_no_day(said.key)) and _PLAN_BEFORE.search(said.key[: wrong[0]]):
                found[name] = Doubt(said.cut(*wrong).text, "日历上没有这一天")
    for name, field in fields.items():
        if name not in known and field.slot.kind == "choice" and (meant := _mentioned(said.key, field, plan)):
            found[name] = meant
    return found


def _planned(said: Sentence, now: datetime, behind: int = 0) -> tuple[int, int, str, int] | None:
    """The first date that the rep plans, with the words around it and where it ends.

    What the customer merely says is not a plan.
    """
    for start, end, moment in find_moments(said.key, now):
        if start < behind:
            continue
        when = instant(moment, now)
        first = max((m.end() for m in _CLAUSE.finditer(said.key, 0, start)), default=0)
        before, after = said.key[first:start], said.key[end:]
        labelled = re.search(
            r"(?:下次|下一次|下回)(?:的?时间|联系|跟进|拜访|沟通|见面|回访)?(?:是|在|定在|约在|到|:)?\s?$", before
        )
        if labelled is None and _CUSTOMER_SAYS.search(before.rsplit(" ", 1)[-1] or before):
            continue
        planning = labelled or _PLAN_BEFORE.search(before)
        if (planning or _PLAN_AFTER.match(after)) and when >= now:
            closing = _CLAUSE.search(said.key, end)
            begins = first + planning.start() if planning else start
            return begins, closing.start() if closing else len(said.key), when.isoformat(timespec="seconds"), end
    return None


def _second(said: Sentence, now: datetime, planned: tuple[int, int, str, int]) -> Doubt | None:
    """下次明天…, 下次周五…: a second plan for another time."""
    again = re.compile("下次|下一次|下回").search(said.key, planned[3])
    other = _planned(said, now, planned[3]) if again else None
    if other is None or other[2] == planned[2]:
        return None
    return Doubt(f"{planned[2][:16]} 和 {other[2][:16]}".replace("T", " "), "下次联系只能有一个时间")


def _mentioned(key: str, field: Field, plan: tuple[int, int] | None) -> str | None:
    """The first option that the text names outside the plan."""
    words = [word for word in meanings(field.slot) if not word.isascii() and word != "其他"]
    if not words:
        return None
    for match in re.finditer("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), key):
        meant = meanings(field.slot)[match[0]]
        is_planned = plan is not None and plan[0] <= match.start() < plan[1]
        if not is_planned and not (meant in _THEIR_OWN and _THEIR_DOING.search(key[: match.start()])):
            return meant
    return None

"""Whom somebody meets: todos, planned contacts and visits of a period, by time (domain.md A.13)."""

from typing import Annotated, Any

from sqlalchemy import ColumnElement, exists, or_, select

from handlers.args import Arg, Args, PersonRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER
from handlers.customers.follow_up_view import FOLLOW_UP
from handlers.customers.todo_view import TODO
from handlers.periods import Span
from handlers.questions.answering import Question, answer
from handlers.questions.figures import Figure
from handlers.questions.scope import Period, Scope, asked_about, days, over
from handlers.reply import Reply
from handlers.sales.lead_view import LEAD
from models.base import Json
from models.customers.activity import FollowUp, Todo
from models.customers.customer import Customer
from models.sales.lead import ACTIVE, Lead

VISITS = ("拜访", "会议")
Part = Annotated[Text, choice("todos", "customers", "leads", "visits", 待办="todos", 拜访="visits")]


class AskAgenda(Args):
    period: Period | None = Arg("时间", default=None)
    scope: Scope | None = Arg("范围", default=None)
    person: PersonRef | None = Arg("谁的", default=None)
    department: Words | None = Arg("部门", default=None)
    part: Part | None = Arg("看哪个数的明细", default=None)


def ask_agenda(ctx: Context, args: AskAgenda) -> Reply:
    """One's own, or of those in sight; what is planned and, of days gone by, whom one has met."""
    period = args.period or "this_week"
    who = asked_about(ctx, args.person, args.department, args.scope, team_first=False)
    span = days(ctx, period)
    figures = planned(who.idents, span)
    lines = sorted((line for one in figures for line in _lines(one.items(ctx))), key=lambda line: str(line["at"]))
    again = {"period": period} | args.model_dump(include={"scope", "person", "department"}, exclude_none=True)
    question = Question(
        "ask.agenda", again, over(who.name, period, "要见谁"), figures, args.part, kind="planned", look_at=lines,
        about={"subject": who.name, "period": period}, empty="没有安排，可以说「提醒我明天上午10点拜访 客户名」",
    )  # fmt: skip
    return answer(ctx, question)


def planned(idents: list[int], span: Span) -> tuple[Figure, ...]:
    """A planned contact is a todo as a rule; customers and leads count where theirs is gone."""
    ahead = (Todo.person_id.in_(idents), Todo.status == "open", span.holds(Todo.due_at))
    met = (FollowUp.person_id.in_(idents), FollowUp.method.in_(VISITS), span.holds(FollowUp.at))
    return (
        Figure("todos", "待办和约好的联系", TODO, ahead, order_by=(Todo.due_at,)),
        Figure("customers", "其他计划联系的客户", CUSTOMER, _next_of(Customer, "customer", idents, span)),
        Figure(
            "leads", "其他计划联系的线索", LEAD, (*_next_of(Lead, "lead", idents, span), Lead.status.in_(ACTIVE)),
        ),
        Figure("visits", "已记录的拜访", FOLLOW_UP, met, order_by=(FollowUp.at,)),
    )  # fmt: skip


def _next_of(model: Any, noun: str, idents: list[int], span: Span) -> tuple[ColumnElement[bool], ...]:
    about = (Todo.noun == noun, Todo.record_id == model.id, Todo.status == "open", span.holds(Todo.due_at))
    return (
        model.owner_id.in_(idents),
        span.holds(model.next_follow_up_at),
        ~exists(select(1).where(*about, or_(Todo.person_id.in_(idents), Todo.person_id == model.owner_id))),
    )


def _lines(items: list[Json]) -> list[Json]:
    """What is at which time, whatever the noun."""
    return [_LINE[item["noun"]](item) for item in items]


def _of_todo(item: Json) -> Json:
    return {name: item[name] for name in ("code", "title", "about", "person")} | {"at": item["due_at"]}


def _of_record(item: Json) -> Json:
    about = {"code": item["code"], "name": item.get("label") or item["name"]}
    own = {"code": item["code"], "title": "计划联系", "about": about, "person": item["owner"]}
    return own | {"at": item["next_follow_up_at"]}


def _of_visit(item: Json) -> Json:
    own = {"code": item["code"], "title": f"已{item['method']}：{item['content']}"}
    return own | {"about": item["about"], "person": item["person"], "at": item["at"]}


_LINE = {"todo": _of_todo, "customer": _of_record, "lead": _of_record, "follow_up": _of_visit}

_MEET = "(见|拜访|联系|跟进|约见|走访|回访)"
_MET = "(见|拜访|约见|走访|回访)"
ASK_AGENDA = Command(
    name="ask.agenda", title="要见谁",
    says=(
        f"[{{scope}}]{{period}}[我][都|还][要|该|得|需要|打算|计划|约了]{_MEET}[哪些|什么|哪个|哪几个|几个](谁|人|客户|哪些人|几家)",
        f"{{person}}{{period}}[都|还][要|该|得|需要|打算|计划|约了]{_MEET}[哪些|什么|哪个|哪几个|几个](谁|人|客户|哪些人|几家)",
        f"{{department:unit}}{{period}}[都|还][要|该|得|需要|打算|计划|约了]{_MEET}[哪些|什么](谁|人|客户|哪些人)",
        "[{scope}]{period}[我][都]约了谁",
        "{person}{period}[都]约了谁",
        f"[{{scope}}]{{period}}[我][有]哪些[人|客户]要{_MEET}",
        f"[{{scope}}]{{period}}[我|都|有](什么|哪些){_MEET}[计划|安排]",
        "[{scope}]{period}[的]拜访(计划|安排)",
        "{person}{period}[的]拜访(计划|安排)",
        f"[{{scope}}]{{period}}[我][都]{_MET}[了|过](谁|哪些客户|哪些人|几家|几个客户)",
        f"{{person}}{{period}}[都]{_MET}[了|过](谁|哪些客户|哪些人|几家|几个客户)",
    ),
    examples=("下周要见谁", "李雷下周要见谁"),
    args=AskAgenda, needs=Permission.BASIC, run=ask_agenda, reads=True,
)  # fmt: skip

COMMANDS = (ASK_AGENDA,)

"""Which customers nobody has spoken to for so many days, and who has written no follow-up."""

from datetime import timedelta
from typing import Annotated, Any

from sqlalchemy import exists, func, select

from handlers.args import Arg, Args, Count, PersonRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.company.people import PERSON
from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER
from handlers.presenting import instant
from handlers.questions.answering import Question, answer
from handlers.questions.figures import Figure
from handlers.questions.scope import Scope, asked_about
from handlers.reply import Reply
from handlers.sales.lead_view import LEAD
from models.base import Json
from models.company.people import Person
from models.customers.activity import FollowUp
from models.customers.customer import Customer
from models.sales.lead import ACTIVE, Lead

DAYS = 7
What = Annotated[
    Text,
    choice(
        "people", "customers", "leads", 谁="people", 哪些人="people", 哪些同事="people", 哪个同事="people",
        哪些销售="people", 哪些客户="customers", 哪个客户="customers", 什么客户="customers", 哪几个客户="customers",
        客户="customers", 哪些线索="leads", 线索="leads", 同事="people",
    ),
]  # fmt: skip
Part = Annotated[Text, choice("people", "customers", "leads", 同事="people", 客户="customers", 线索="leads")]


class AskNeglected(Args):
    what: What | None = Arg("看什么", default=None)
    days: Count | None = Arg("几天", default=None)
    scope: Scope | None = Arg("范围", default=None)
    person: PersonRef | None = Arg("谁的", default=None)
    department: Words | None = Arg("部门", default=None)
    part: Part | None = Arg("看哪个数的明细", default=None)


def ask_neglected(ctx: Context, args: AskNeglected) -> Reply:
    """One's own, or one's team's; a customer that was never spoken to counts from when its owner got it."""
    days, who = args.days or DAYS, asked_about(ctx, args.person, args.department, args.scope)
    figures = neglected(ctx, who.idents, days)
    what = args.what or "customers"
    again = {"days": days} | args.model_dump(include={"what", "scope", "person", "department"}, exclude_none=True)
    look_at = _last_of(ctx, figures[0].items(ctx)) if what == "people" else None
    question = Question(
        "ask.neglected", again, f"{who.name} {days} 天没跟进", figures, args.part, look=what,
        kind="person" if what == "people" else "summed", look_at=look_at, about={"subject": who.name, "days": days},
        empty=f"都跟进了，没有超过 {days} 天的",
    )  # fmt: skip
    return answer(ctx, question)


def neglected(ctx: Context, idents: list[int], days: int) -> tuple[Figure, Figure, Figure]:
    """People who own something and wrote nothing, customers and leads of theirs, the longest ago first."""
    since = ctx.now - timedelta(days=days)
    wrote = exists(select(1).where(FollowUp.person_id == Person.id, FollowUp.at >= since))
    owns = exists(select(1).where(Customer.owner_id == Person.id)) | exists(
        select(1).where(Lead.owner_id == Person.id, Lead.status.in_(ACTIVE))
    )
    return (
        Figure("people", "没写跟进的同事", PERSON, (Person.id.in_(idents), Person.is_active, owns, ~wrote)),
        Figure("customers", "没跟进的客户", CUSTOMER, _old(Customer, idents, since), order_by=(_spoken(Customer),)),
        Figure(
            "leads", "没跟进的线索", LEAD, (*_old(Lead, idents, since), Lead.status.in_(ACTIVE)),
            order_by=(_spoken(Lead),),
        ),
    )  # fmt: skip


def _spoken(model: Any) -> Any:
    """The last follow-up of this owner, else when he got it."""
    return func.greatest(model.owned_at, model.last_follow_up_at)


def _old(model: Any, idents: list[int], since: Any) -> tuple[Any, ...]:
    return model.owner_id.in_(idents), _spoken(model) < since


def _last_of(ctx: Context, items: list[Json]) -> list[Json]:
    """When each of them wrote last."""
    names = [item["name"] for item in items]
    last = select(Person.name, func.max(FollowUp.at)).join(FollowUp, FollowUp.person_id == Person.id)
    found = {row[0]: row[1] for row in ctx.db.execute(last.where(Person.name.in_(names)).group_by(Person.name))}
    return [item | {"last_at": instant(ctx, found.get(item["name"]))} for item in items]


_NOT = "(没跟进|没有跟进|未跟进|没联系|没有联系|没人跟进|没人跟|没动静|没写跟进|没有写跟进|没跟|没回访)"
ASK_NEGLECTED = Command(
    name="ask.neglected", title="谁没跟进",
    says=(
        f"[看看|看|查|查看][{{scope}}][有]{{what}}[有|已经|都]{{days:span}}{_NOT}[过][了|的]",
        f"[看看|看|查|查看][{{scope}}][有]{{what}}(最近|近期|这几天|好久|很久|一直|这段时间|好几天)[都|还]{_NOT}[过][了|的]",
        f"[看看|看|查|查看]{{person}}[有]{{what}}[有|已经|都]{{days:span}}{_NOT}[过][了]",
        f"[看看|看|查|查看]{{person}}[有]{{what}}(最近|近期|这几天|好久|很久|一直)[都|还]{_NOT}[过][了]",
        f"{{department:unit}}[有]{{what}}[有|已经|都]{{days:span}}{_NOT}[过][了]",
        f"{{department:unit}}[有]{{what}}(最近|近期|这几天|好久|很久|一直)[都|还]{_NOT}[过][了]",
        f"(最近|近期|这几天)[有]{{what}}[都|还]{_NOT}[过][了]",
        f"[有]{{what}}[都|还]{_NOT}[过][了]",
        f"{{days:span}}{_NOT}[过]的{{what}}[有哪些|有多少|有几个]",
        f"(最近|近期|好久|很久|长期){_NOT}[过]的{{what}}[有哪些|有多少|有几个]",
    ),
    examples=("谁最近没跟进", "哪些客户7天没跟进了"),
    args=AskNeglected, needs=Permission.BASIC, run=ask_neglected, reads=True,
)  # fmt: skip

COMMANDS = (ASK_NEGLECTED,)

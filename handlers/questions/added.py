"""How many are new in a period: customers, leads, opportunities, orders, follow-ups."""

from typing import Annotated

from handlers.args import Arg, Args, PersonRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER
from handlers.customers.follow_up_view import FOLLOW_UP
from handlers.money.order_view import ORDER
from handlers.periods import Span
from handlers.questions.answering import Question, answer
from handlers.questions.figures import Figure
from handlers.questions.scope import Period, Scope, asked_about, days, over
from handlers.reply import Reply
from handlers.sales.lead_view import LEAD
from handlers.sales.opportunity_view import OPPORTUNITY
from models.customers.activity import FollowUp
from models.customers.customer import Customer
from models.money.order import Order
from models.sales.lead import Lead
from models.sales.opportunity import Opportunity

PARTS = ("customers", "leads", "opportunities", "orders", "follow_ups")
_SAID = {"客户": "customers", "线索": "leads", "商机": "opportunities", "订单": "orders", "跟进": "follow_ups"}
What = Annotated[Text, choice(*PARTS, **_SAID)]


class AskAdded(Args):
    what: What | None = Arg("新增什么", default=None)
    period: Period | None = Arg("时间", default=None)
    scope: Scope | None = Arg("范围", default=None)
    person: PersonRef | None = Arg("谁的", default=None)
    department: Words | None = Arg("部门", default=None)
    part: What | None = Arg("看哪个数的明细", default=None)


def ask_added(ctx: Context, args: AskAdded) -> Reply:
    """Made by oneself or one's team; of everything, where nothing is named."""
    period, who = args.period or "this_week", asked_about(ctx, args.person, args.department, args.scope)
    every = made(who.idents, days(ctx, period))
    figures = [one for one in every if args.what in (None, one.key) or args.part == one.key]
    again = {"period": period} | args.model_dump(include={"what", "scope", "person", "department"}, exclude_none=True)
    question = Question(
        "ask.added", again, over(who.name, period, "新增"), figures, args.part, look=args.what,
        about={"subject": who.name, "period": period}, empty="这段时间没有新增" if args.what else "说「明细」看是哪些",
    )  # fmt: skip
    return answer(ctx, question)


def made(idents: list[int], span: Span) -> tuple[Figure, ...]:
    """What these people entered in the period."""
    return (
        Figure("customers", "新客户", CUSTOMER, (Customer.creator_id.in_(idents), span.holds(Customer.created_at))),
        Figure("leads", "新线索", LEAD, (Lead.creator_id.in_(idents), span.holds(Lead.created_at))),
        Figure(
            "opportunities", "新商机", OPPORTUNITY,
            (Opportunity.creator_id.in_(idents), span.holds(Opportunity.created_at)),
        ),
        Figure("orders", "新订单", ORDER, (Order.creator_id.in_(idents), span.holds(Order.created_at))),
        Figure("follow_ups", "跟进", FOLLOW_UP, (FollowUp.person_id.in_(idents), span.holds(FollowUp.at))),
    )  # fmt: skip


_ADDED = "(新增|新建|新加|增加|录入|录|登记|新登记|新进|添加|加|来)"
ASK_ADDED = Command(
    name="ask.added", title="新增了多少",
    says=(
        f"[看看|看|查]{{period}}[{{scope}}][一共|总共|都]{_ADDED}[了](多少|几|哪些|几个|几条|多少个|多少条)[个|条|家]{{what}}",
        f"[看看|看|查]{{scope}}{{period}}[一共|总共|都]{_ADDED}[了](多少|几|哪些|几个|几条|多少个|多少条)[个|条|家]{{what}}",
        f"[看看|看|查]{{person}}{{period}}[一共|总共|都]{_ADDED}[了](多少|几|哪些|几个|几条|多少个|多少条)[个|条|家]{{what}}",
        f"[看看|看|查]{{department:unit}}{{period}}[一共|总共|都]{_ADDED}[了](多少|几|哪些|几个|几条|多少个)[个|条|家]{{what}}",
        "[看看|看|查]{period}[有|来了|有了](多少|几个|几条|哪些)新{what}",
        "[看看|看|查]{period}新[增]{what}[有](多少|几个|几条|哪些|数量)",
        "[看看|看|查]{period}新增[的]{what}[数|数量|情况]",
        "{period}新增[了](多少|哪些|什么)",
    ),
    examples=("本周新增了多少客户", "这个月有多少新线索"),
    args=AskAdded, needs=Permission.BASIC, run=ask_added, reads=True,
)  # fmt: skip

COMMANDS = (ASK_ADDED,)

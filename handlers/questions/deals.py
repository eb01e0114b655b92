"""Who closed a deal in a period: approved orders and won opportunities, by whoever they are credited to."""

from typing import Annotated

from sqlalchemy import func, select

from handlers.args import Arg, Args, PersonRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.money.order_view import ORDER
from handlers.periods import Span
from handlers.presenting import money, people
from handlers.questions.answering import Question, answer
from handlers.questions.figures import Figure
from handlers.questions.scope import Period, Scope, asked_about, days, over
from handlers.reply import Reply
from handlers.sales.opportunity_view import OPPORTUNITY
from models.base import Json
from models.money.order import Order
from models.sales.opportunity import Opportunity

Part = Annotated[
    Text, choice("amount", "orders", "wins", 金额="amount", 成交额="amount", 订单="orders", 单数="orders", 赢单="wins")
]


class AskDeals(Args):
    period: Period | None = Arg("时间", default=None)
    scope: Scope | None = Arg("范围", default=None)
    person: PersonRef | None = Arg("谁的", default=None)
    department: Words | None = Arg("部门", default=None)
    part: Part | None = Arg("看哪个数的明细", default=None)


def ask_deals(ctx: Context, args: AskDeals) -> Reply:
    """Of everybody whose records one sees; credited at the event, a later transfer does not move it (E.10)."""
    period, who = args.period or "today", asked_about(ctx, args.person, args.department, args.scope)
    span = days(ctx, period)
    figures = closed(who.idents, span)
    again = {"period": period} | args.model_dump(include={"scope", "person", "department"}, exclude_none=True)
    question = Question(
        "ask.deals", again, over(who.name, period, "成交"), figures, args.part, kind="ranked",
        look_at=_by_person(ctx, figures[0]), about={"subject": who.name, "period": period}, empty="还没有成交的订单",
    )  # fmt: skip
    return answer(ctx, question)


def closed(idents: list[int], span: Span) -> tuple[Figure, ...]:
    """The same orders by their amount and by their number; opportunities that were won."""
    credited = (Order.approved_owner_id.in_(idents), Order.status == "approved", span.holds(Order.approved_at))
    won = (Opportunity.credited_id.in_(idents), Opportunity.status == "won", span.holds(Opportunity.closed_at))
    newest = (Order.approved_at.desc(),)
    return (
        Figure("amount", "成交金额", ORDER, credited, Order.__table__.c.amount_fen, newest),
        Figure("orders", "成交订单", ORDER, credited, order_by=newest),
        Figure("wins", "赢单商机", OPPORTUNITY, won),
    )


def _by_person(ctx: Context, orders: Figure) -> list[Json]:
    """Amount and number of the orders of each, the most first."""
    sums = select(Order.approved_owner_id, func.sum(Order.amount_fen), func.count())
    mine = sums.where(orders.noun.gate(ctx), *orders.where).group_by(Order.approved_owner_id)
    rows = sorted(ctx.db.execute(mine).all(), key=lambda row: (-row[1], row[0]))
    known = people(ctx, [row[0] for row in rows])
    return [
        {
            "name": known[ident]["name"],
            "code": known[ident]["code"],
            "amount": money(int(amount)),
            "value": f"{count} 单",
        }
        for ident, amount, count in rows
    ]


_DEAL = "(成交|开单|出单|签单|成单|赢单)"
ASK_DEALS = Command(
    name="ask.deals", title="谁成交了",
    says=(
        f"{{period}}[有|都有](谁|哪些人|哪些同事|哪个同事){_DEAL}[了]",
        f"[谁|哪些人|哪些同事]{{period}}{_DEAL}了",
        f"(谁|哪些人){{period}}{_DEAL}[了]",
        f"{{period}}[{{scope}}][一共|总共|都]{_DEAL}[了](多少|几单|几个|哪些|哪几个|多少单|多少钱|几笔|什么)[单|个|订单|客户]",
        f"{{scope}}{{period}}[一共|总共|都]{_DEAL}[了](多少|几单|几个|哪些|多少单|多少钱|几笔)[单|个|订单|客户]",
        f"{{person}}{{period}}[一共|总共|都]{_DEAL}[了](多少|几单|几个|哪些|多少单|多少钱|几笔)[单|个|订单|客户]",
        f"{{department:unit}}{{period}}[一共|总共|都]{_DEAL}[了](多少|几单|几个|哪些|多少单|多少钱|几笔)[单|个|订单|客户]",
        f"{{department:unit}}{{period}}[有|都有]谁{_DEAL}[了]",
        f"{{period}}[有|有没有]人{_DEAL}[了吗|了没有|了没|吗]",
    ),
    examples=("今天谁成交了", "本周成交了几单"),
    args=AskDeals, needs=Permission.BASIC, run=ask_deals, reads=True,
)  # fmt: skip

COMMANDS = (ASK_DEALS,)

"""What a customer still owes: by order, due and overdue, confirmed payments apart from those on their way."""

from datetime import time, timedelta

from sqlalchemy import BigInteger, ColumnElement, cast, func, select

from handlers.company import rules
from handlers.context import Context
from handlers.customers.customer_view import present
from handlers.money.order_view import ORDER
from handlers.money.payment_view import PAYMENT
from handlers.questions.answering import Question, answer
from handlers.questions.figures import Figure
from handlers.reply import Reply
from models.clock import at
from models.company.approval import UNDECIDED
from models.company.rule import Receivables
from models.customers.customer import Customer
from models.money.order import Order, Payment
from models.rows import Condition

PARTS = ("outstanding", "overdue", "not_due", "paid", "in_transit")


def said() -> dict[str, str]:
    """How one asks what somebody owes."""
    owes = [f"{still}{verb}{whom}多少{what}" for still in ("", "还", "一共", "总共") for verb in ("欠", "差", "该")
            for whom in ("", "我们", "咱们", "着", "了") for what in ("", "钱", "款", "货款")]  # fmt: skip
    unpaid = [
        f"{still}有多少{what}"
        for still in ("", "还")
        for what in ("没回款", "没付", "没回", "未回款", "没收回来", "尾款", "欠款", "应收")
    ]
    late = [
        "有没有欠款",
        "有欠款吗",
        "欠钱吗",
        "欠不欠钱",
        "逾期了吗",
        "有没有逾期",
        "有逾期吗",
        "逾期多少",
        "尾款还剩多少",
        "款付清了吗",
        "钱付清了吗",
    ]
    return dict.fromkeys([*owes, *unpaid, *late], "debt")


def outstanding() -> ColumnElement[int]:
    """Of an order, in fen: what was agreed less what is confirmed; below nothing where too much came."""
    confirmed = select(func.coalesce(func.sum(Payment.amount_fen), 0)).where(
        Payment.order_id == Order.id, Payment.status == "approved"
    )
    return Order.amount_fen - cast(confirmed.scalar_subquery(), BigInteger)


def figures(ctx: Context, of_orders: Condition, of_payments: Condition) -> tuple[Figure, ...]:
    """Outstanding is overdue and not yet due together. Without a payment plan an order is due so many days after its
    approval as the rule `receivables` says."""
    left, came = outstanding(), Payment.__table__.c.amount_fen
    open_orders = (of_orders, Order.status == "approved", left != 0)
    days = rules.in_force(ctx, "receivables", Receivables)[0].due_days
    edge = at(ctx.today - timedelta(days=days), time(0), ctx.zone)
    oldest = (Order.approved_at,)
    return (
        Figure("outstanding", "待回款", ORDER, open_orders, left, oldest),
        Figure("overdue", "已逾期", ORDER, (*open_orders, Order.approved_at < edge), left, oldest),
        Figure("not_due", "未到期", ORDER, (*open_orders, Order.approved_at >= edge), left, oldest),
        Figure("paid", "已确认回款", PAYMENT, (of_payments, Payment.status == "approved"), came),
        Figure(
            "in_transit", "在途回款", PAYMENT, (of_payments, Payment.status.in_(UNDECIDED)), came,
        ),
    )  # fmt: skip


def debt(ctx: Context, customer: Customer, part: str | None) -> Reply:
    """Of one customer; the result is the customer as always, with the numbers beside it."""
    view = present(ctx, [customer])[0]
    of_it = figures(ctx, Order.customer_id == customer.id, Payment.customer_id == customer.id)
    question = Question(
        "customer.show", {"ref": customer.code, "about": "debt"}, f"{customer.name} 还欠多少", of_it, part,
        look="outstanding", about=view, empty="没有待回款的订单", notes=_notes(customer),
    )  # fmt: skip
    return answer(ctx, question)


def _notes(customer: Customer) -> list[str]:
    return ["客户在公海里，它的订单和回款只有管理员能看到"] if customer.sea_id is not None else []

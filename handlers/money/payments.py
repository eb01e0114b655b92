"""Payments against orders (domain.md A.11, E.6)."""

from typing import Annotated

from handlers.args import (
    Arg,
    Args,
    Day,
    OrderRef,
    PersonRef,
    Text,
    Words,
    Yuan,
    choice,
)
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply

Method = Annotated[Text, choice("银行转账", "支付宝", "微信", "现金", "支票", "承兑汇票", 转账="银行转账", 打款="银行转账", 汇款="银行转账", 对公="银行转账", 承兑="承兑汇票", 微信支付="微信")]  # fmt: skip


class CreatePayment(Args):
    ref: OrderRef = Arg("订单", "编号")
    amount: Yuan = Arg("金额", labels=("回款金额",))
    method: Method | None = Arg("方式", default=None, labels=("付款方式",))
    paid_at: Day | None = Arg("到账日期", default=None, labels=("日期",))
    approver: PersonRef | None = Arg("审核人", default=None)
    note: Words | None = Arg("备注", default=None)


def create_payment(ctx: Context, args: CreatePayment) -> Reply:
    raise NotImplementedError


CREATE_PAYMENT = Command(
    name="payment.create", title="登记回款", says=("[登记]回款{ref}{amount}{...}", "{ref}[收到|客户打了|到了|到账][回款]{amount}{...}"),
    examples=("回款 SO20261123-0001 5万 银行转账", "SO20261123-0003 收到回款 ¥3,600.50 昨天到的"), args=CreatePayment, needs=Permission.PAYMENT_WRITE, run=create_payment, undo="回款已送财务确认,可以撤回",
)  # fmt: skip

COMMANDS = (CREATE_PAYMENT,)  # fmt: skip

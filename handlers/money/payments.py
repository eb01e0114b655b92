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

Method = Annotated[Text, choice("银行转账", "支付宝", "微信", "现金", "支票", "承兑汇票", 转账="银行转账", 打款="银行转账", 汇款="银行转账", 对公="银行转账", 对公转账="银行转账", 电汇="银行转账", 银行="银行转账", 承兑="承兑汇票", 汇票="承兑汇票", 微信支付="微信", 微信转账="微信")]  # fmt: skip


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
    name="payment.create", title="登记回款",
    says=(
        "(登记|录入|录|新增|新建|记|记录)[一下][一][笔](回款|收款|到款)[订单]{ref}{...}",
        "(回款|收款|到款|payment)[登记][订单]{ref}{...}",
        "[订单]{ref}[的][{paid_at}][客户|对方|公司][已经|已|又|刚|刚刚](收到|到账|到款|回款|打款|付款|收款)[了][一]"
        "[笔]{...}",
        "[订单]{ref}[的][{paid_at}][客户|对方|公司][已经|已|又|刚|刚刚](打|付|汇|转|来)了[一][笔]{...!}",
        "收到[了][订单]{ref}[的][客户|一笔][回款|货款|款]{...!}",
        "[订单]{ref}[的]{amount!}[已经|已|都](到账|到款|收到|打过来|付清|到)[了]{...}",
        "(客户|对方)(付了|打了|支付了|汇了)[订单]{ref}[的]{...!}",
    ),
    examples=("回款 SO20261123-0001 6万 银行转账", "SO20261123-0012 收到回款 ¥2,480.50 前天到的"),
    args=CreatePayment, needs=Permission.PAYMENT_WRITE, run=create_payment, undo="回款已送财务确认,可以撤回",
)  # fmt: skip

COMMANDS = (CREATE_PAYMENT,)  # fmt: skip

"""Orders and their lines (domain.md A.10, E.5)."""

from typing import Annotated

from handlers.args import (
    Arg,
    Args,
    CustomerRef,
    Lines,
    OrderRef,
    PersonRef,
    Rate,
    Text,
    Words,
    Yuan,
    choice,
)
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply

Scene = Annotated[Text, choice("mine", "participating", "subordinates", "all", 我的="mine", 我参与的="participating", 下属="subordinates", 下属的="subordinates", 全部="all", 所有="all")]  # fmt: skip


class CreateOrder(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    lines: Lines = Arg("产品和数量", labels=("产品",))
    discount: Rate | None = Arg("整单折扣", default=None, labels=("折扣",))
    allowance: Yuan | None = Arg("优惠", default=None, labels=("减免", "让利"))
    approver: PersonRef | None = Arg("审核人", default=None, labels=("审批人",))
    note: Words | None = Arg("备注", default=None)


class UpdateOrder(Args):
    ref: OrderRef = Arg("订单", "编号")
    lines: Lines | None = Arg("产品和数量", default=None)
    discount: Rate | None = Arg("整单折扣", default=None, labels=("折扣",))
    allowance: Yuan | None = Arg("优惠", default=None, labels=("减免", "让利"))
    approver: PersonRef | None = Arg("审核人", default=None, labels=("审批人",))
    note: Words | None = Arg("备注", default=None)


class ShowOrder(Args):
    ref: OrderRef = Arg("订单", "编号")


class ListOrders(Args):
    scene: Scene | None = Arg("范围", default=None)


def create_order(ctx: Context, args: CreateOrder) -> Reply:
    raise NotImplementedError


def update_order(ctx: Context, args: UpdateOrder) -> Reply:
    raise NotImplementedError


def show_order(ctx: Context, args: ShowOrder) -> Reply:
    raise NotImplementedError


def list_orders(ctx: Context, args: ListOrders) -> Reply:
    raise NotImplementedError


CREATE_ORDER = Command(
    name="order.create", title="下单", says=("(下单|下个单|开单|新建订单){ref}{lines}{...}", "给{ref}下单{lines}{...}"),
    examples=("下单 蓝鲸贸易 打印机x3 1200 九五折", "给云图智能下单 硒鼓10个 单价320"), args=CreateOrder, needs=Permission.ORDER_WRITE, run=create_order,
)  # fmt: skip
UPDATE_ORDER = Command(
    name="order.update", title="修改订单", says=("(修改|改)[订单]{ref}{...}",),
    examples=("修改 SO20261123-0002 九八折", "修改订单 SO20261123-0002 优惠 500"), args=UpdateOrder, needs=Permission.ORDER_WRITE, run=update_order, undo="订单已重新提交审批,可以撤回",
)  # fmt: skip
SHOW_ORDER = Command(
    name="order.show", title="查看订单", says=("[订单]{ref}到哪[一]步[了]", "(查|看|查看)[订单]{ref}"),
    examples=("SO20261123-0001 到哪一步了", "查订单 SO20261123-0001"), args=ShowOrder, needs=Permission.BASIC, run=show_order, reads=True,
)  # fmt: skip
LIST_ORDERS = Command(
    name="order.list", title="订单列表", says=("{scene}[的]订单", "订单列表"),
    examples=("我的订单", "下属的订单"), args=ListOrders, needs=Permission.BASIC, run=list_orders, reads=True,
)  # fmt: skip

COMMANDS = (CREATE_ORDER, UPDATE_ORDER, SHOW_ORDER, LIST_ORDERS,)  # fmt: skip

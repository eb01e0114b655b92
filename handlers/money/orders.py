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

Scene = Annotated[Text, choice("mine", "participating", "subordinates", "all", 我的="mine", my="mine", 我参与的="participating", 下属="subordinates", 下属的="subordinates", 全部="all", 所有="all")]  # fmt: skip


class CreateOrder(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    lines: Lines = Arg("产品和数量", labels=("产品",))
    discount: Rate | None = Arg("整单折扣", default=None, labels=("折扣",))
    allowance: Yuan | None = Arg("优惠", default=None, labels=("减免", "让利", "优惠了", "便宜", "抹零", "减"))
    approver: PersonRef | None = Arg("审核人", default=None, labels=("审批人",))
    note: Words | None = Arg("备注", default=None)


class UpdateOrder(Args):
    ref: OrderRef = Arg("订单", "编号")
    lines: Lines | None = Arg("产品和数量", default=None)
    discount: Rate | None = Arg("整单折扣", default=None, labels=("折扣",))
    allowance: Yuan | None = Arg("优惠", default=None, labels=("减免", "让利", "优惠了", "便宜", "抹零", "减"))
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
    name="order.create", title="下单",
    says=(
        "(下单|下个单|下订单|下一单|开单|开个单|新建订单|创建订单|新增订单|录订单|order)[给|客户]{ref}{...}",
        "(给|帮|为|替)[客户]{ref}(下单|下个单|下一单|下订单|开单|开个单|新建订单|做个订单|建个订单){...}",
        "[客户]{ref}(下单|下了单|要下单|订购|订了|采购){...!}",
        "(下单|下个单|开单|下订单)",
    ),
    examples=("下单 恒通机电 打印机x3 1200 九折", "给云图智能下单 硒鼓12个 单价310"),
    args=CreateOrder, needs=Permission.ORDER_WRITE, run=create_order,
)  # fmt: skip
UPDATE_ORDER = Command(
    name="order.update", title="修改订单",
    says=(
        "(修改|改|更新|调整)[一下][订单]{ref}[的]{...}",
        "(把|将)[订单]{ref}[的]{...!}",
        "[把|将][订单]{ref}[的](改成|改为|改到|改下|改一下|修改为|修改|调整为|调整成|更新为){...}",
        "重新提交[一下][订单]{ref}{...}",
        "[订单]{ref}重新提交{...}",
    ),
    examples=("修改 SO20261123-0002 九八折", "修改订单 SO20261123-0002 优惠 500"),
    args=UpdateOrder, needs=Permission.ORDER_WRITE, run=update_order, undo="订单已重新提交审批,可以撤回",
)  # fmt: skip
SHOW_ORDER = Command(
    name="order.show", title="查看订单",
    says=(
        "[订单]{ref}[现在|目前]到(哪里|哪儿|哪|什么)[一][步|阶段|程度|进度|地方][了]",
        "(查|看|看看|查看|查询|打开|show)[一下][订单]{ref}[[的](进度|状态|详情|情况)]",
        "[订单]{ref}[的|现在|目前](进度|状态|详情|情况|怎么样|什么情况|什么状态)[了|如何|怎么样]",
        "[订单]{ref}(批了|审了|通过了|审批了|同意了|审完了|批下来了|审批通过了)(吗|没有|没|么|不)",
        "[订单]{ref}(批|审|审批|审核)到(哪里|哪儿|哪|谁)[了|那里了|那了]",
    ),
    examples=("SO20261123-0007 到哪了", "查订单 SO20261123-0001"),
    args=ShowOrder, needs=Permission.BASIC, run=show_order, reads=True,
)  # fmt: skip
LIST_ORDERS = Command(
    name="order.list", title="订单列表",
    says=(
        "[看看|看|查|查看|列出|打开][一下]{scene}[的](订单|orders)[列表|有哪些|有多少]",
        "{scene}有(哪些|什么|多少)[个|张]订单",
        "订单(列表|清单)",
    ),
    examples=("全部订单", "下属的订单"),
    args=ListOrders, needs=Permission.BASIC, run=list_orders, reads=True,
)  # fmt: skip

COMMANDS = (CREATE_ORDER, UPDATE_ORDER, SHOW_ORDER, LIST_ORDERS,)  # fmt: skip

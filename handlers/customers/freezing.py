"""Customers that nobody may claim: whom not to contact, and what the lawyers keep as it is (domain.md E.1.3.3)."""

from typing import Annotated

from handlers import permits
from handlers.args import Arg, Args, CustomerRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers.claims import FROZEN
from handlers.customers.customer_view import CUSTOMER, shown
from handlers.finding import find
from handlers.reply import Reply
from models.customers.customer import Customer
from models.errors import Conflict, Forbidden

Reason = Annotated[
    Text,
    choice(
        "do_not_contact", "legal_hold",
        勿扰="do_not_contact", 免打扰="do_not_contact", 不要联系="do_not_contact", 禁止联系="do_not_contact",
        法务保留="legal_hold", 法务="legal_hold", 诉讼="legal_hold", 诉讼中="legal_hold",
    ),
]  # fmt: skip


class FreezeCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    reason: Reason = Arg("冻结原因", "勿扰 或 法务保留", labels=("原因",))
    note: Words | None = Arg("备注", default=None)


class UnfreezeCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")


def freeze_customer(ctx: Context, args: FreezeCustomer) -> Reply:
    """From now on it is not claimed, whatever sea it lies in; its owner keeps it, and admins may still assign it."""
    customer = _mine_to_freeze(ctx, args.ref)
    if customer.frozen:
        why = FROZEN.get(customer.frozen["reason"], "")
        raise Conflict(f"{customer.name} 已经冻结", f"原因：{why}", f"要解冻就说：解冻 {customer.code}")
    customer = ctx.save(customer, frozen={"reason": args.reason, "note": args.note})
    ctx.record("customer.frozen", customer, facts={"reason": args.reason, "note": args.note})
    ctx.refresh_cards("customer", customer.id)
    return shown(ctx, customer, title=f"已冻结：{FROZEN[args.reason]}", undo=True)


def unfreeze_customer(ctx: Context, args: UnfreezeCustomer) -> Reply:
    """It may be claimed again."""
    customer = _mine_to_freeze(ctx, args.ref)
    if not customer.frozen:
        raise Conflict(f"{customer.name} 没有冻结", next_step=f"要冻结就说：冻结客户 {customer.code} 勿扰")
    customer = ctx.save(customer, frozen=None)
    ctx.record("customer.unfrozen", customer)
    ctx.refresh_cards("customer", customer.id)
    return shown(ctx, customer, title="已解冻", undo=True)


def _mine_to_freeze(ctx: Context, ref: str) -> Customer:
    """Whoever may not see it is told that it does not exist, everybody else who could do it."""
    customer: Customer = find(ctx, CUSTOMER, ref, lock=True)
    if not permits.everything(ctx):
        raise Forbidden("没有权限", "只有管理员可以冻结和解冻客户", "请联系管理员")
    return customer


FREEZE_CUSTOMER = Command(
    name="customer.freeze", title="冻结客户",
    says=(
        "冻结[一下|下][客户]{ref}[原因[是|为]|因为]{reason}[,][备注{note}]",
        "(把|将)[客户]{ref}冻结[了|掉|起来][原因[是|为]|因为]{reason}",
        "(把|将)[客户]{ref}(设为|标为|设成)(冻结|禁领)[原因[是|为]|因为]{reason}",
    ),
    examples=("冻结客户 恒通机电 勿扰", "把海豚科技冻结，原因是法务保留"),
    args=FreezeCustomer, needs=Permission.CUSTOMER_ASSIGN, run=freeze_customer,
)  # fmt: skip
UNFREEZE_CUSTOMER = Command(
    name="customer.unfreeze", title="解冻客户",
    says=("(解冻|取消冻结|解除冻结)[一下|下][客户]{ref}", "(把|将)[客户]{ref}(解冻|取消冻结|解除冻结)[了|掉]"),
    examples=("解冻客户 恒通机电", "把海豚科技解冻"),
    args=UnfreezeCustomer, needs=Permission.CUSTOMER_ASSIGN, run=unfreeze_customer,
)  # fmt: skip

COMMANDS = (FREEZE_CUSTOMER, UNFREEZE_CUSTOMER)

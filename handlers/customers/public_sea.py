"""The public sea: claim and return, one winner by the ledger (domain.md E.1)."""

from typing import Any

from sqlalchemy import or_

from cards import labels
from handlers.args import Arg, Args, CustomerRef, Flag, SeaRef, Words
from handlers.command import Command, Permission
from handlers.context import Context, unique
from handlers.customers import chances, claiming, claims, returned, seas
from handlers.customers.customer_view import CUSTOMER, cooling_until, shown
from handlers.customers.leaving import held_with, to_sea
from handlers.customers.sea_notices import announce
from handlers.finding import find, require_write
from handlers.presenting import instant, names
from handlers.reply import Reply
from models.company.approval import UNDECIDED, Approval
from models.customers import return_reason
from models.customers.customer import Customer
from models.customers.sea import Sea
from models.errors import Conflict, Invalid
from models.money.order import Order, Payment
from models.rows import fetch_one


class ReturnCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    reason: Words = Arg("退回原因", labels=("原因",))
    sea: SeaRef | None = Arg("公海", default=None)
    take_along: Flag | None = Arg("连同商机", default=None, labels=("连商机", "带商机", "带着商机", "商机一起"))


def return_customer(ctx: Context, args: ReturnCustomer) -> Reply:
    """By the owner, his superior or a read-write team member; refused while something about it is undecided."""
    customer = find(ctx, CUSTOMER, args.ref, lock=True)
    refuse_return(ctx, customer)
    _refuse_undecided(ctx, customer)
    chances.let_go(ctx, customer, args.reason, along=bool(args.take_along))
    sea_id = seas.named(ctx, args.sea).id if args.sea else customer.home_sea_id
    if sea_id is None:
        raise Invalid("sea", "不知道退到哪个公海", next_step="请说明公海")
    old = customer.owner_id
    held = held_with(ctx, [customer.id])[customer.id]
    customer = to_sea(ctx, customer, sea_id, out="return", note=args.reason, held=held)
    ctx.record("customer.returned", customer, owner_id=old, facts=returned.facts(args.reason))
    said = return_reason.shown(args.reason)
    announce(ctx, "customer.returned", customer, told=unique([old]), concerned=old, reason=said)
    returned.watch(ctx, "customer", old)
    more: dict[str, Any] = {"sea": names(ctx, Sea, [sea_id])[sea_id], "reason": said}
    more["again_at"] = instant(ctx, cooling_until(ctx, customer))
    return shown(ctx, customer, undo=True, template="customers/returned", **more)


def refuse_return(ctx: Context, customer: Customer) -> None:
    """Raises what forbids it whatever the reason: it lies in a sea already, or is not the actor's to give back."""
    if customer.sea_id is None:
        require_write(ctx, CUSTOMER, customer)
        return
    denied = claims.refusal(ctx, customer)
    where = names(ctx, Sea, [customer.sea_id])[customer.sea_id] or "公海"
    raise claiming.pooled_already(customer.name, where, customer.code, denied)


def _refuse_undecided(ctx: Context, customer: Customer) -> None:
    """E.1.6: not while an order or payment waits for approval, or anything else about it does."""
    kinds: tuple[tuple[Any, str], ...] = ((Order, "订单"), (Payment, "回款"))
    for model, what in kinds:
        found = fetch_one(ctx.db, model, model.customer_id == customer.id, model.status.in_(UNDECIDED))
        if found is not None:
            raise Conflict(f"{customer.name} 还不能退回", f"{what} {found.code} 正在审批", "等审批结束，或先撤回")
    about = or_(
        Approval.customer_id == customer.id, (Approval.noun == "customer") & (Approval.record_id == customer.id)
    )
    waiting = fetch_one(ctx.db, Approval, about, Approval.decided_at.is_(None))
    if waiting is not None:
        what = labels.noun(waiting.noun)
        raise Conflict(f"{customer.name} 还不能退回", f"{what} {waiting.ref} 正在审批", "等审批结束，或先撤回")


RETURN_CUSTOMER = Command(
    name="customer.return", title="退回公海",
    says=(
        "[把|将][客户]{ref}(退回到|退回|退到|退还|扔回|放回|还回|放到|丢回|退)公海[里][去][了][原因[是|为]|因为|理"
        "由[是]]{reason}",
        "[把|将][客户]{ref}(退回到|退回|退到|退还|扔回|放回|还回|放到|丢回|退)[到]{sea:sea}[里][去][了][原因[是|为]"
        "|因为|理由[是]]{reason}",
        "(退回|退|释放|放弃|return)[一下|下]客户{ref}[原因[是|为]|因为|理由[是]]{reason}",
        "{take_along}[把|将](退回|退|释放)[客户]{ref}[原因[是|为]|因为|理由[是]]{reason}",
        "[把|将][客户]{ref}{take_along}(退回|退|放回|退到)[公海][里][去][了][原因[是|为]|因为|理由[是]]{reason}",
        "(退回|释放|return|release){ref}[原因[是|为]|因为|理由[是]]{reason}",
        "[客户]{ref}不跟[进]了[扔回公海|退回公海|退公海|放回公海|退了][原因[是|为]|因为|理由[是]]{reason}",
        "[客户]{ref}{reason!}(退回公海|退公海|扔回公海|放回公海|丢回公海)",
        "不跟[客户]{ref}了[退回公海|退公海|扔回公海|放回公海|退回|退了][原因[是|为]|因为|理由[是]]{reason}",
        "(释放|放掉)[客户]{ref}[到公海][原因[是|为]|因为|理由[是]]{reason}",
    ),
    examples=("把蓝鲸贸易退回公海,原因是联系不上", "退回 海豚科技 没预算"),
    args=ReturnCustomer, needs=Permission.CUSTOMER_WRITE, run=return_customer,
)  # fmt: skip


COMMANDS = (RETURN_CUSTOMER,)

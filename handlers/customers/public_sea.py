"""The public sea: claim and return, one winner by the ledger (domain.md E.1)."""

from functools import partial
from typing import Any

from handlers import permits
from handlers.args import Arg, Args, CustomerRef, SeaRef, Words
from handlers.command import Command, Permission
from handlers.context import Context, unique
from handlers.customers import claiming, claims, ownership, seas
from handlers.customers.customer_view import CUSTOMER, cooling_until, shown
from handlers.customers.leaving import held_with, to_sea
from handlers.customers.sea_notices import announce
from handlers.finding import find, find_to_claim, require_write, reread
from handlers.presenting import instant, names
from handlers.reply import Reply
from models.company.approval import UNDECIDED
from models.customers.customer import Customer
from models.customers.sea import Sea
from models.errors import Conflict, Invalid
from models.money.order import Order, Payment
from models.rows import fetch_one


class ClaimCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")


class ReturnCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    reason: Words = Arg("退回原因", labels=("原因",))
    sea: SeaRef | None = Arg("公海", default=None)


def claim_customer(ctx: Context, args: ClaimCustomer) -> Reply:
    """One person wins: customer locked, then person; the decision is `claiming.refusal` (domain.md E.1.3).

    Whoever sees at once that it is taken is refused without a lock: a crowd does not queue behind its losers.
    """
    look = partial(find, ctx, CUSTOMER, args.ref)
    customer = find_to_claim(ctx, look, permits.customers_and_claimed, Customer.owner_id)
    if customer.owner_id is None:
        customer = reread(ctx, customer, write=None, noun=CUSTOMER)
        ownership.lock_person(ctx, ctx.me.id)
    denied = claims.refusal(ctx, customer)
    if denied is not None:
        raise denied
    return shown(ctx, claims.take(ctx, customer), undo=True, template="customers/claimed")


def return_customer(ctx: Context, args: ReturnCustomer) -> Reply:
    """By the owner, his superior or a read-write team member; refused while something about it is undecided."""
    customer = find(ctx, CUSTOMER, args.ref, lock=True)
    refuse_return(ctx, customer)
    _refuse_undecided(ctx, customer)
    sea_id = seas.named(ctx, args.sea).id if args.sea else customer.home_sea_id
    if sea_id is None:
        raise Invalid("sea", "不知道退到哪个公海", next_step="请说明公海")
    old = customer.owner_id
    held = held_with(ctx, [customer.id])[customer.id]
    customer = to_sea(ctx, customer, sea_id, out="return", note=args.reason, held=held)
    ctx.record("customer.returned", customer, owner_id=old, facts={"reason": args.reason})
    announce(ctx, "customer.returned", customer, told=unique([old]), concerned=old, reason=args.reason)
    more: dict[str, Any] = {"sea": names(ctx, Sea, [sea_id])[sea_id], "reason": args.reason}
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
    """E.1.6: not while an order or payment waits for approval."""
    kinds: tuple[tuple[Any, str], ...] = ((Order, "订单"), (Payment, "回款"))
    for model, what in kinds:
        found = fetch_one(ctx.db, model, model.customer_id == customer.id, model.status.in_(UNDECIDED))
        if found is not None:
            raise Conflict(f"{customer.name} 还不能退回", f"{what} {found.code} 正在审批", "等审批结束，或先撤回")


CLAIM_CUSTOMER = Command(
    name="customer.claim", title="领取客户",
    says=(
        "(领取|认领|捞取|领走|claim)[一下|下][客户]{ref}",
        "(领取|认领|领|捞|抢)[一下|下][下]公海[里|中][的][客户]{ref}",
        "(领|捞|抢)[一下|下]客户{ref}",
        "(领|捞)[一下|下]{ref}",
        "[去|到|从]公海[里|中](领取|领|捞|认领|拿)[一下|下]{ref}",
        "(把|将)[公海][里|中][的][客户]{ref}(领了|领走|领取|领一下|领回来|捞出来|捞过来|认领)[了]",
        "[公海[里|中][的]][客户]{ref}我(领了|领走了|来领|认领了)",
        "公海[里|中][的][客户]{ref}(给我|我要了|我来跟|我要)",
        "我来跟公海[里|中][的]{ref}",
    ),
    examples=("领取 海豚科技", "把云图智能领了"),
    args=ClaimCustomer, needs=Permission.CUSTOMER_CLAIM, run=claim_customer,
)  # fmt: skip


RETURN_CUSTOMER = Command(
    name="customer.return", title="退回公海",
    says=(
        "[把|将][客户]{ref}(退回到|退回|退到|退还|扔回|放回|还回|放到|丢回|退)公海[里][去][了][原因[是|为]|因为|理"
        "由[是]]{reason}",
        "[把|将][客户]{ref}(退回到|退回|退到|退还|扔回|放回|还回|放到|丢回|退)[到]{sea:sea}[里][去][了][原因[是|为]"
        "|因为|理由[是]]{reason}",
        "(退回|退|释放|放弃|return)[一下|下]客户{ref}[原因[是|为]|因为|理由[是]]{reason}",
        "(退回|释放|return|release){ref}[原因[是|为]|因为|理由[是]]{reason}",
        "[客户]{ref}不跟[进]了[扔回公海|退回公海|退公海|放回公海|退了][原因[是|为]|因为|理由[是]]{reason}",
        "[客户]{ref}{reason!}(退回公海|退公海|扔回公海|放回公海|丢回公海)",
        "不跟[客户]{ref}了[退回公海|退公海|扔回公海|放回公海|退回|退了][原因[是|为]|因为|理由[是]]{reason}",
        "(释放|放掉)[客户]{ref}[到公海][原因[是|为]|因为|理由[是]]{reason}",
    ),
    examples=("把蓝鲸贸易退回公海,原因是联系不上", "退回 海豚科技 没预算"),
    args=ReturnCustomer, needs=Permission.CUSTOMER_WRITE, run=return_customer,
)  # fmt: skip


COMMANDS = (CLAIM_CUSTOMER, RETURN_CUSTOMER)

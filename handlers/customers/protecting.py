"""A customer is locked against reclaim for some days, by whoever works on it; a person may lock only a few
(domain.md E.1.5 Exemptions)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from handlers.args import Arg, Args, Count, CustomerRef, Words
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers import ownership, reclaim, seas
from handlers.customers.customer_view import CUSTOMER, shown
from handlers.finding import find
from handlers.reply import Reply
from models.company.pool_rules import SeaRules
from models.customers.customer import Customer
from models.errors import Conflict, Limit


class ProtectCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    days: Count | None = Arg("保护天数", default=None, labels=("天数",))
    reason: Words | None = Arg("原因", default=None)


class UnprotectCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")


def protect_customer(ctx: Context, args: ProtectCustomer) -> Reply:
    """Until the night after day N from today; the limits are those of its sea."""
    customer = find(ctx, CUSTOMER, args.ref, lock=True, write=True)
    if customer.owner_id is None or customer.home_sea_id is None:
        raise Conflict(f"{customer.name} 没有负责人", "公海里的客户不用保护", f"可以先「领取 {customer.code}」")
    rules, _ = seas.rules_of(ctx, customer.home_sea_id)
    days = args.days or rules.lock_days
    if days > rules.lock_days:
        raise Limit("保护太久", f"一次最多保护 {rules.lock_days} 天，你要 {days} 天", "请说少一些的天数")
    _refuse_too_many(ctx, customer, rules)
    until = reclaim.taken_after(ctx.today + timedelta(days=days), ctx.zone)
    locked = {"protected_until": until, "protected_as": "lock"}
    customer = ctx.save(customer, **seas.clock_changes(ctx, customer, **locked))
    ctx.record("customer.protected", customer, facts={"days": days, "reason": args.reason})
    ctx.refresh_cards("customer", customer.id)
    return shown(ctx, customer, title=f"已保护 {days} 天", undo=True)


def unprotect_customer(ctx: Context, args: UnprotectCustomer) -> Reply:
    """The rules count again as if it had never been locked, but not before its owner can have been warned."""
    customer = find(ctx, CUSTOMER, args.ref, lock=True, write=True)
    is_over = customer.protected_until is None or customer.protected_until <= ctx.now
    if is_over or customer.protected_as == "ending":
        raise Conflict(f"{customer.name} 现在没有保护", next_step=f"可以说「保护 {customer.code} 10天」")
    customer = ctx.save(customer, **seas.clock_changes(ctx, customer, **_until_warned(ctx, customer)))
    ctx.record("customer.unprotected", customer)
    ctx.refresh_cards("customer", customer.id)
    return shown(ctx, customer, title="已取消保护", undo=True)


def _until_warned(ctx: Context, customer: Customer) -> dict[str, Any]:
    free: dict[str, Any] = {"protected_until": None, "protected_as": None}
    grace = reclaim.grace_ends(ctx.now, seas.calendar(ctx), ctx.zone)
    due = seas.deadline_of(ctx, customer, **free)
    if due is None or due.reclaim_at >= grace or customer.protected_until is None:
        return free
    return {"protected_until": min(grace, customer.protected_until), "protected_as": "ending"}


def _refuse_too_many(ctx: Context, customer: Customer, rules: SeaRules) -> None:
    owner = customer.owner_id or 0
    ownership.lock_person(ctx, owner)
    running = (Customer.protected_as == "lock", Customer.protected_until > ctx.now, Customer.id != customer.id)
    statement = select(func.count(), func.min(Customer.protected_until)).where(Customer.owner_id == owner, *running)
    count, first = ctx.db.execute(statement).one()
    if count >= rules.lock_limit:
        free = (
            f"{first.astimezone(ctx.zone):%m月%d日} 起有一个到期" if first is not None else "管理员可以在公海规则里放开"
        )
        raise Limit(
            "保护的客户太多",
            f"每人同时最多保护 {rules.lock_limit} 个，现在 {count} 个",
            f"{free}，或先「取消保护」一个",
        )


def of_created(ctx: Context, sea_id: int) -> dict[str, Any]:
    """What the actor makes for himself is protected for some days, as many of them at a time as the sea allows."""
    rules, _ = seas.rules_of(ctx, sea_id)
    if rules.protect_created_days is None:
        return {}
    own = (Customer.owner_id == ctx.me.id, Customer.protected_as == "created", Customer.protected_until > ctx.now)
    count = ctx.db.execute(select(func.count()).where(*own)).scalar_one()
    if count >= rules.protect_created_max:
        return {}
    until = reclaim.taken_after(ctx.today + timedelta(days=rules.protect_created_days), ctx.zone)
    return {"protected_until": until, "protected_as": "created"}


PROTECT_CUSTOMER = Command(
    name="customer.protect", title="保护客户",
    says=(
        "(保护|锁定)[一下|下][客户]{ref}[{days}天][[原因[是]|因为|理由[是]]{reason}]",
        "(把|将)[客户]{ref}(保护|锁定)[起来|一下|住][{days}天][[原因[是]|因为|理由[是]]{reason}]",
        "[客户]{ref}(申请保护|保护|锁定){days}天[[原因[是]|因为|理由[是]]{reason}]",
    ),
    examples=("保护 海豚科技 30天", "把云图智能锁定10天"),
    args=ProtectCustomer, needs=Permission.CUSTOMER_WRITE, run=protect_customer,
)  # fmt: skip
UNPROTECT_CUSTOMER = Command(
    name="customer.unprotect", title="取消保护",
    says=(
        "(取消保护|解除保护|取消锁定|解锁|解除锁定)[客户]{ref}",
        "(取消|解除)[客户]{ref}[的](保护|锁定)",
        "[客户]{ref}(取消保护|解除保护|取消锁定)",
    ),
    examples=("取消保护 海豚科技", "解锁云图智能"),
    args=UnprotectCustomer, needs=Permission.CUSTOMER_WRITE, run=unprotect_customer,
)  # fmt: skip

COMMANDS = (PROTECT_CUSTOMER, UNPROTECT_CUSTOMER)

"""When a customer goes back to the sea and why, and asking for more time (domain.md D5, D9)."""

from datetime import timedelta
from typing import Any

from handlers.args import Arg, Args, Count, CustomerRef, Words
from handlers.command import Command, Permission
from handlers.context import Context, Notice, subject_of, unique
from handlers.customers import explaining, seas
from handlers.customers.customer_view import CUSTOMER, present, shown
from handlers.customers.sea_notices import announce
from handlers.finding import find
from handlers.reply import Button, Reply
from models.company.people import Person
from models.customers.customer import Customer
from models.errors import Conflict, Limit
from models.rows import fetch_one

DEFAULT_EXTENSION = 7


MAX_EXTENSION = 30


class ExplainCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")


class RequestExtension(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    days: Count | None = Arg("延期天数", default=None, labels=("天数",))
    reason: Words | None = Arg("原因", default=None)
    asked_at: Words | None = Arg("哪次申请", "同意按钮所属的申请", default=None)


def explain_customer(ctx: Context, args: ExplainCustomer) -> Reply:
    """What the job itself would say of it, and why (D5): see `explaining`."""
    customer = find(ctx, CUSTOMER, args.ref)
    facts: dict[str, Any] = {"customer": present(ctx, [customer])[0], "explain": explaining.of_customer(ctx, customer)}
    own = (_write_button(customer), Button("延期", "customer.request_extension", {"ref": customer.code}))
    buttons = own if ctx.actor is not None and customer.owner_id == ctx.actor.id else ()
    return Reply("customers/explain", facts, buttons=buttons, subject=subject_of(customer), result=facts)


def _write_button(customer: Customer) -> Button:
    """The button that stops a reclaim at the lowest cost."""
    return Button("写跟进", "follow_up.add", {"ref": customer.code}, "primary")


def request_extension(ctx: Context, args: RequestExtension) -> Reply:
    """A rep asks, his superior grants; a superior's own word grants at once (D9)."""
    customer = find(ctx, CUSTOMER, args.ref, lock=True, write=True)
    if customer.owner_id is None or customer.reclaim_at is None:
        raise Conflict(f"{customer.name} 没有回收期限", next_step="不需要延期")
    days = args.days or DEFAULT_EXTENSION
    if days > MAX_EXTENSION:
        raise Limit("延期太长", f"一次最多延 {MAX_EXTENSION} 天，你要 {days} 天", "请说少一些的天数")
    owner = fetch_one(ctx.db, Person, id=customer.owner_id)
    superior = owner.superior_id if owner else None
    if customer.owner_id == ctx.me.id and superior is not None:
        return _ask_superior(ctx, customer, superior, days, args.reason or "")
    if args.asked_at and (customer.extension_request or {}).get("at") != args.asked_at:
        raise Conflict(f"{customer.name} 的这次延期申请已经处理过，或被新的申请代替了", next_step="不用再处理")
    return _grant(ctx, customer, days)


def _ask_superior(ctx: Context, customer: Customer, superior: int, days: int, reason: str) -> Reply:
    request = {"days": days, "reason": reason, "by": ctx.me.id, "at": ctx.now.isoformat()}
    customer = ctx.save(customer, extension_request=request)
    ctx.record("customer.extension_requested", customer, facts={"days": days, "reason": reason})
    view = present(ctx, [customer])[0]
    facts = {
        "customer": view,
        "title": f"{ctx.me.name}申请延期 {days} 天：{customer.name}",
        "notes": [f"原因：{reason or '未说明'}"],
    }
    # Tied to this request: tapped twice, or on an older card, it must not grant again.
    grant = Button(
        "同意延期",
        "customer.request_extension",
        {"ref": customer.code, "days": days, "asked_at": request["at"]},
        "primary",
    )
    topic, template = "customer.extension_requested", "customers/customer"
    asked = Notice(topic, template, facts, customer.code, (superior,), (grant,), subject_of(customer), robots=False)
    ctx.tell(asked)
    return shown(ctx, customer, title=f"已向上级申请延期 {days} 天", undo=True)


def _grant(ctx: Context, customer: Customer, days: int) -> Reply:
    until = (customer.reclaim_at or ctx.now) + timedelta(days=days)
    customer = ctx.save(customer, **seas.clock_changes(ctx, customer, extended_until=until, extension_request=None))
    ctx.record("customer.extended", customer, facts={"days": days})
    announce(ctx, "customer.extended", customer, told=unique([customer.owner_id]), robots=False)
    ctx.refresh_cards("customer", customer.id)
    return shown(ctx, customer, title=f"已延期 {days} 天", undo=True)


EXPLAIN_CUSTOMER = Command(
    name="customer.explain", title="解释回收",
    says=(
        "[客户]{ref}(为什么|为啥|为何|怎么)[就|快|又][要|会|要被|会被|被|快](回收|收回)[到公海|公海][了]",
        "(为什么|为啥|为何)[要|会]回收[客户]{ref}",
        "[客户]{ref}(什么时候|啥时候|哪天|何时|几号|多久)[要|会|要被|会被|被|快](回收|收回)[到公海|公海]",
        "[客户]{ref}还(有|剩)(几天|多久|多少天|多长时间)[要|会|被|会被|就][回收|到期|掉公海]",
        "[客户]{ref}(什么时候|哪天|多久|何时)[会]掉[回|到|进]公海",
        "(为什么|为啥|为何)[客户]{ref}[就|快][要|会|要被|会被|被](回收|收回)[了]",
    ),
    examples=("海豚科技为什么要回收", "云图智能什么时候回收"),
    args=ExplainCustomer, needs=Permission.BASIC, run=explain_customer, reads=True,
)  # fmt: skip


REQUEST_EXTENSION = Command(
    name="customer.request_extension", title="申请延期",
    says=(
        "extend[customer]{ref}[by|for]{days}days[because{reason}]",
        "[给|为|帮][客户]{ref}[再|想|要|想要|需要|还要](申请延期|延期|申请延长|延长|申请保留|保留|宽限|多留|延)"
        "{days:span}[[原因[是]|因为|理由[是]]{reason}]",
        "申请(延期|延长|保留){days:span}[客户]{ref}[[原因[是]|因为|理由[是]]{reason}]",
        "申请延期[客户]{ref}{days:span}[[原因[是]|因为|理由[是]]{reason}]",
        "申请延期[客户]{ref}{...}",
        "[给|为|帮][客户]{ref}申请延期{...}",
        "申请[把|给][客户]{ref}延期{days:span}[[原因[是]|因为|理由[是]]{reason}]",
        "延期客户{ref}{...}",
        "(给|帮|为)[客户]{ref}延期{...!}",
        "延期{ref}{...}",
    ),
    examples=("海豚科技 申请延期10天 客户出国", "申请延期 云图智能 5天"),
    args=RequestExtension, needs=Permission.CUSTOMER_WRITE, run=request_extension,
)  # fmt: skip


COMMANDS = (EXPLAIN_CUSTOMER, REQUEST_EXTENSION)

"""The public sea: claim, return, assign, transfer, reclaim explained (domain.md E.1)."""

from datetime import timedelta
from typing import Any

from handlers import permits
from handlers.args import Arg, Args, Count, CustomerRef, CustomerRefs, PersonRef, SeaRef, Words
from handlers.command import Command, Permission
from handlers.context import Context, Notice, subject_of, unique
from handlers.customers import claiming, ownership, reclaim, seas
from handlers.customers.customer_view import CUSTOMER, present, shown
from handlers.finding import find, find_person
from handlers.presenting import instant, names, people
from handlers.reply import Button, Reply
from models.base import Json
from models.company.people import Person
from models.company.rule import SeaRules
from models.customers.activity import FollowUp, Todo
from models.customers.customer import Customer, TeamMember
from models.customers.sea import Sea
from models.errors import Conflict, Invalid, Limit, MissingArgument
from models.money.order import Order, Payment
from models.rows import fetch_all, fetch_one


class ClaimCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")


class ReturnCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    reason: Words = Arg("退回原因", labels=("原因",))
    sea: SeaRef | None = Arg("公海", default=None)


class AssignCustomer(Args):
    ref: CustomerRef | None = Arg("客户", "编号或名称", default=None)
    refs: CustomerRefs | None = Arg("客户", "多个编号", default=None)
    to: PersonRef = Arg("给谁", labels=("负责人",))


class ExplainCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")


class RequestExtension(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    days: Count | None = Arg("延期天数", default=None, labels=("天数",))
    reason: Words | None = Arg("原因", default=None)


def claim_customer(ctx: Context, args: ClaimCustomer) -> Reply:
    """One person wins: customer locked, then person; the decision is `claiming.refusal` (domain.md E.1.3)."""
    customer = find(ctx, CUSTOMER, args.ref, lock=True, also=permits.my_sea(ctx, Customer.home_sea_id))
    rules, _ = seas.rules_of(ctx, customer.home_sea_id)
    ownership.lock_person(ctx, ctx.me.id)
    denied = claiming.refusal(_claim(ctx, customer, rules))
    if denied is not None:
        raise denied
    customer = ownership.change(
        ctx, customer, to=ctx.me.id, how="claim", home_id=customer.home_sea_id, **_fresh_clock(ctx, customer)
    )
    ctx.record("customer.claimed", customer)
    _announce(ctx, "customer.claimed", customer)
    ctx.refresh_cards("customer", customer.id)
    return shown(ctx, customer, undo=True, template="customers/claimed")


def _fresh_clock(ctx: Context, customer: Customer) -> dict[str, Any]:
    """What new ownership starts: out of the sea, a full period from now."""
    clocks = seas.clock_changes(ctx, customer, owned_at=ctx.now, clock_at=ctx.now, extended_until=None)
    del clocks["owned_at"]
    return clocks | {"sea_id": None, "entered_sea_at": None, "extension_request": None}


def _claim(ctx: Context, customer: Customer, rules: SeaRules) -> claiming.Claim:
    home = customer.home_sea_id
    owner = people(ctx, [customer.owner_id])[customer.owner_id]
    may_name = rules.show_owner or permits.everything(ctx)
    sea, standing = seas.entry(ctx, home), ownership.standing(ctx, "customer", customer.id, home)
    return claiming.Claim(
        what=customer.name,
        pool=sea.name,
        is_enabled=sea.is_enabled,
        is_member=sea.is_member,
        is_pooled=customer.sea_id is not None,
        is_mine=customer.owner_id == ctx.me.id,
        owner=owner["name"] if owner and may_name else "",
        left_at=standing.left_at,
        cooldown_days=rules.cooldown_days,
        claimed_today=standing.claimed_today,
        daily_limit=rules.daily_claim_limit,
        holding=standing.holding,
        holding_limit=rules.holding_limit,
        now=ctx.now,
        zone=ctx.zone,
    )


def return_customer(ctx: Context, args: ReturnCustomer) -> Reply:
    """By the owner, his superior or a read-write team member; refused while something about it is undecided."""
    customer = find(ctx, CUSTOMER, args.ref, lock=True, write=True)
    if customer.sea_id is not None:
        raise Conflict(f"{customer.name} 已经在公海里", next_step="可以领取")
    _refuse_undecided(ctx, customer)
    sea_id = seas.named(ctx, args.sea).id if args.sea else customer.home_sea_id
    if sea_id is None:
        raise Invalid("sea", "不知道退到哪个公海", next_step="请说明公海")
    old = customer.owner_id
    customer = to_sea(ctx, customer, sea_id, out="return", note=args.reason)
    ctx.record("customer.returned", customer, owner_id=old, facts={"reason": args.reason})
    _announce(ctx, "customer.returned", customer, told=unique([old]), concerned=old, reason=args.reason)
    more: dict[str, Any] = {"sea": names(ctx, Sea, [sea_id])[sea_id], "reason": args.reason}
    return shown(ctx, customer, undo=True, template="customers/returned", **more)


def to_sea(ctx: Context, customer: Customer, sea_id: int, *, out: ownership.Out, note: str) -> Customer:
    """Takes the owner off, closes his open todos about it, and removes write access of the team (E.1.3.10)."""
    writers = (TeamMember.customer_id == customer.id, TeamMember.access == "read_write")
    for member in fetch_all(ctx.db, TeamMember, *writers):
        ctx.save(member, access="read")
    open_todos = (Todo.noun == "customer", Todo.record_id == customer.id, Todo.status == "open")
    for todo in fetch_all(ctx.db, Todo, *open_todos):
        ctx.save(todo, status="cancelled", done_at=ctx.now)
    ctx.refresh_cards("customer", customer.id)
    cleared: dict[str, Any] = dict.fromkeys(
        ("clock_at", "reclaim_at", "extended_until", "extension_request", "next_follow_up_at")
    )
    unwarned: dict[str, Any] = {"warn_at": None, "warned_at": None}
    pooled: dict[str, Any] = {"sea_id": sea_id, "home_sea_id": sea_id, "entered_sea_at": ctx.now}
    row: Customer = ownership.change(ctx, customer, to=None, out=out, note=note, **pooled, **cleared, **unwarned)
    return row


def _refuse_undecided(ctx: Context, customer: Customer) -> None:
    """E.1.6: not while an order or payment waits for approval."""
    waiting = ("pending", "in_review")
    kinds: tuple[tuple[Any, str], ...] = ((Order, "订单"), (Payment, "回款"))
    for model, what in kinds:
        found = fetch_one(ctx.db, model, model.customer_id == customer.id, model.status.in_(waiting))
        if found is not None:
            raise Conflict(f"{customer.name} 还不能退回", f"{what} {found.code} 正在审批", "等审批结束，或先撤回")


def assign_customer(ctx: Context, args: AssignCustomer) -> Reply:
    """From the sea to a person, by the sea's admins; limits of claiming do not apply, the ledger notes how."""
    return _hand_over(ctx, args, how="assign")


def transfer_customer(ctx: Context, args: AssignCustomer) -> Reply:
    """From owner to owner, by whoever may write the record."""
    return _hand_over(ctx, args, how="transfer")


def _hand_over(ctx: Context, args: AssignCustomer, *, how: ownership.How) -> Reply:
    person = find_person(ctx, args.to)
    refs = args.refs or ([args.ref] if args.ref else [])
    if not refs:
        raise MissingArgument("ref", "请告诉我是哪个客户")
    rows = [find(ctx, CUSTOMER, ref, lock=True, write=True) for ref in refs]
    done = [_give(ctx, customer, person, how) for customer in rows]
    if len(done) == 1:
        return shown(ctx, done[0], title=f"已转给{person.name}", undo=True)
    items = present(ctx, done)
    facts = {"scene": "assigned", "items": items, "total": len(items)}
    return Reply("customers/customer_list", facts, buttons=(Button("撤销", "undo"),), result={"items": items})


def _give(ctx: Context, customer: Customer, person: Person, how: ownership.How) -> Customer:
    if customer.owner_id == person.id:
        raise Conflict(f"{customer.name} 已经由{person.name}负责")
    old = customer.owner_id
    row: Customer = ownership.change(
        ctx, customer, to=person.id, how=how, home_id=customer.home_sea_id, **_fresh_clock(ctx, customer)
    )
    ctx.record("customer.assigned" if old is None else "customer.transferred", row)
    _announce(ctx, "customer.assigned", row, told=unique([old, person.id]), robots=False)
    ctx.refresh_cards("customer", row.id)
    return row


def explain_customer(ctx: Context, args: ExplainCustomer) -> Reply:
    """Rule, version, clock start, skipped days, deadline, cheapest action: what the job itself would say (D5)."""
    customer = find(ctx, CUSTOMER, args.ref)
    due = seas.deadline_of(ctx, customer) if customer.owner_id is not None else None
    facts: dict[str, Any] = {"customer": present(ctx, [customer])[0], "explain": _never(customer)}
    if due is not None and customer.home_sea_id is not None:
        version = seas.rules_of(ctx, customer.home_sea_id)[1]
        facts["explain"] = _deadline_facts(ctx, customer, due, version)
    own = (_write_button(customer), Button("延期", "customer.request_extension", {"ref": customer.code}))
    buttons = own if ctx.actor is not None and customer.owner_id == ctx.actor.id else ()
    return Reply("customers/explain", facts, buttons=buttons, subject=subject_of(customer), result=facts)


def _write_button(customer: Customer) -> Button:
    """The button that stops a reclaim at the lowest cost."""
    return Button("写跟进", "follow_up.add", {"ref": customer.code}, "primary")


def _deadline_facts(ctx: Context, customer: Customer, due: reclaim.Deadline, version: int) -> Json:
    of_it = (FollowUp.noun == "customer", FollowUp.record_id == customer.id, FollowUp.is_effective)
    counted = fetch_all(
        ctx.db, FollowUp, *of_it, FollowUp.at >= customer.owned_at, order_by=[FollowUp.id.desc()], limit=5
    )
    return {
        "rule": RULES[due.rule],
        "version": version,
        "days": due.days,
        "day_type": due.day_type,
        "clock_start": instant(ctx, due.started_at),
        "follow_ups": [{"at": instant(ctx, f.at), "content": f.content[:40], "counted": True} for f in counted],
        "skipped": [{"day": day.isoformat(), "why": "非工作日"} for day in due.skipped],
        "extensions": [f"已延期到 {due.last_day.isoformat()}"] if due.extended else [],
        "deadline": instant(ctx, due.reclaim_at),
        "last_day": due.last_day.isoformat(),
        "action": due.action,
    }


def _never(customer: Customer) -> Json:
    why = "在公海里，没有负责人" if customer.owner_id is None else "已成交" if customer.won_at else "公海没有设回收规则"
    return {"deadline": None, "exempt": why}


RULES = {"no_follow_up": "超期未跟进", "no_deal": "超期未成交"}


def request_extension(ctx: Context, args: RequestExtension) -> Reply:
    """A rep asks, his superior grants; a superior's own word grants at once (D9)."""
    customer = find(ctx, CUSTOMER, args.ref, lock=True, write=True)
    if customer.owner_id is None or customer.reclaim_at is None:
        raise Conflict(f"{customer.name} 没有回收期限", next_step="不需要延期")
    days = args.days or DEFAULT_EXTENSION
    if days > MAX_EXTENSION:
        raise Limit("延期太长", f"一次最多延 {MAX_EXTENSION} 天，你要 {days} 天", "请说少一些的天数")
    owner = fetch_one(ctx.db, Person, Person.id == customer.owner_id)
    superior = owner.superior_id if owner else None
    if customer.owner_id == ctx.me.id and superior is not None:
        return _ask_superior(ctx, customer, superior, days, args.reason or "")
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
    grant = Button("同意延期", "customer.request_extension", {"ref": customer.code, "days": days}, "primary")
    topic, template = "customer.extension_requested", "customers/customer"
    asked = Notice(topic, template, facts, customer.code, (superior,), (grant,), subject_of(customer), robots=False)
    ctx.tell(asked)
    return shown(ctx, customer, title=f"已向上级申请延期 {days} 天", undo=True)


def _grant(ctx: Context, customer: Customer, days: int) -> Reply:
    until = (customer.reclaim_at or ctx.now) + timedelta(days=days)
    customer = ctx.save(customer, **seas.clock_changes(ctx, customer, extended_until=until, extension_request=None))
    ctx.record("customer.extended", customer, facts={"days": days})
    _announce(ctx, "customer.extended", customer, told=unique([customer.owner_id]), robots=False)
    ctx.refresh_cards("customer", customer.id)
    return shown(ctx, customer, title=f"已延期 {days} 天", undo=True)


def _announce(
    ctx: Context,
    topic: str,
    customer: Customer,
    *,
    told: tuple[int, ...] = (),
    concerned: int | None = None,
    robots: bool = True,
    reason: str = "",
) -> None:
    sea = names(ctx, Sea, [customer.sea_id])[customer.sea_id]
    by = {"name": ctx.actor.name if ctx.actor else "系统"}
    subject = {"code": customer.code, "name": customer.name}
    to = people(ctx, [customer.owner_id])[customer.owner_id] or sea
    facts = {"noun": "customer", "subject": subject, "how": HOW[topic], "by": by, "to": to}
    group = {**subject, "who": by, "at": instant(ctx, ctx.now), "sea": sea}
    concerned = concerned if concerned is not None else customer.owner_id
    extra = {"tag": "已延期", "title": f"{customer.name} 的回收已延期"} if topic == "customer.extended" else {}
    ctx.tell(
        Notice(
            topic, "customers/owner_changed", {**facts, **extra, "reason": reason or None}, customer.code, told,
            concerned=concerned, robots=robots, group=group,
        )
    )  # fmt: skip


HOW = {
    "customer.claimed": "claim",
    "customer.returned": "return",
    "customer.assigned": "assign",
    "customer.extended": "extend",
}
DEFAULT_EXTENSION = 7
MAX_EXTENSION = 30

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
        "(退回|释放|return){ref}[原因[是|为]|因为|理由[是]]{reason}",
        "[客户]{ref}不跟[进]了[扔回公海|退回公海|退公海|放回公海|退了][原因[是|为]|因为|理由[是]]{reason}",
        "[客户]{ref}{reason!}(退回公海|退公海|扔回公海|放回公海|丢回公海)",
        "不跟[客户]{ref}了[退回公海|退公海|扔回公海|放回公海|退回|退了][原因[是|为]|因为|理由[是]]{reason}",
        "(释放|放掉)[客户]{ref}[到公海][原因[是|为]|因为|理由[是]]{reason}",
    ),
    examples=("把蓝鲸贸易退回公海,原因是联系不上", "退回 海豚科技 没预算"),
    args=ReturnCustomer, needs=Permission.CUSTOMER_WRITE, run=return_customer,
)  # fmt: skip
ASSIGN_CUSTOMER = Command(
    name="customer.assign", title="分配客户",
    says=(
        "(分配|指派|派|分|assign)[一下|下]客户{ref}给{to}",
        "(分配|指派|派|分|assign)[一下|下][客户]{refs}给{to}",
        "[把|将]客户{ref}(分配|分派|分|指派|派)给{to}[跟进|跟|负责]",
        "[把|将][客户]{ref:code}(分配|分派|分|指派|派)给{to}[跟进|跟|负责]",
        "[把|将][客户]{refs}(分配|分派|分|指派|派)给{to}[跟进|跟|负责]",
        "(把|将){ref}(分配|分派|指派)给{to}",
        "(分配|指派){ref}给{to}",
        "给{to}(分配|指派|分|派)客户{ref}",
    ),
    examples=("分配客户 恒通机电 给 赵六", "把客户蓝鲸贸易分给赵六"),
    args=AssignCustomer, needs=Permission.CUSTOMER_ASSIGN, run=assign_customer,
)  # fmt: skip
TRANSFER_CUSTOMER = Command(
    name="customer.transfer", title="转移客户",
    says=(
        "[把|将][客户]{ref}(转给|转移给|移交给|转交给|过户给|交接给){to}[负责|跟进|跟|去跟]",
        "[把|将][客户]{refs}(转给|转移给|移交给|转交给|过户给|交接给){to}",
        "[把|将][客户]{ref}[的](更换|换|变更|更改|修改)负责人[为|成|是|给]{to}",
        "[把|将][客户]{ref}[的]负责人(换成|改成|改为|换为|变更为|更换为|改给|换给){to}",
        "(转移|移交|转让|过户)客户{ref}给{to}",
        "(更换|变更|更改)[客户]{ref}[的]负责人[为|成]{to}",
        "[客户]{ref}(以后归|以后由|以后给|以后|今后由|改由|换成|换|归|由){to}(负责|跟进|来跟|跟|管|接手)[了]",
        "(让|由){to}(接手|接管|负责)[客户]{ref}",
    ),
    examples=("把海豚科技转给李四", "客户 C000077 负责人换成王五"),
    args=AssignCustomer, needs=Permission.CUSTOMER_WRITE, run=transfer_customer,
)  # fmt: skip
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
        "[给|为|帮][客户]{ref}[再|想|要|想要|需要|还要](申请延期|延期|申请延长|延长|申请保留|保留|宽限|多留|延)"
        "{days}天[[原因[是]|因为|理由[是]]{reason}]",
        "申请延期[客户]{ref}{days}天[[原因[是]|因为|理由[是]]{reason}]",
        "申请延期[客户]{ref}{...}",
        "[给|为|帮][客户]{ref}申请延期{...}",
        "申请[把|给][客户]{ref}延期{days}天[[原因[是]|因为|理由[是]]{reason}]",
        "延期客户{ref}{...}",
        "(给|帮|为)[客户]{ref}延期{...!}",
        "延期{ref}{...}",
    ),
    examples=("海豚科技 申请延期10天 客户出国", "申请延期 云图智能 5天"),
    args=RequestExtension, needs=Permission.CUSTOMER_WRITE, run=request_extension,
)  # fmt: skip

COMMANDS = (
    CLAIM_CUSTOMER,
    RETURN_CUSTOMER,
    ASSIGN_CUSTOMER,
    TRANSFER_CUSTOMER,
    EXPLAIN_CUSTOMER,
    REQUEST_EXTENSION,
)

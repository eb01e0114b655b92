"""Looking at a hidden number without claiming: rationed by the sea or pool, and every look is kept in history
(domain.md E.1.4)."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BigInteger, DateTime, Text, bindparam, distinct, func, select

from handlers.args import Arg, Args, CustomerRef
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers import ownership, seas
from handlers.customers.claims import FROZEN
from handlers.customers.customer_view import CUSTOMER, sees_hidden, shown
from handlers.finding import find
from handlers.masking import is_hidden
from handlers.reply import Reply
from models.clock import day_start
from models.company.pool_rules import PoolRules
from models.customers.customer import Customer
from models.errors import Conflict, Forbidden, HaitunError, Limit
from models.history import History
from models.statement import Statement

KEPT = "看过的号码收不回来"


@dataclass(frozen=True)
class Look:
    """Somebody before the hidden number of a record: `seen` are the others that he looked at today, `again` how to
    claim it; `is_unread` where his role reads no numbers at all."""

    what: str
    pool: str
    again: str
    rules: PoolRules
    is_enabled: bool
    is_member: bool
    is_unread: bool
    has_phone: bool
    frozen: str = ""
    seen: int = 0


def refusal(look: Look) -> HaitunError | None:
    """What forbids it. A number that the pool shows anyway is nobody's to ration."""
    if not look.is_enabled:
        return Forbidden(f"{look.pool}已停用", "停用期间不能查看里面的号码", "请联系管理员")
    if not look.is_member:
        return Forbidden(f"你不是{look.pool}的成员", "只有成员可以查看里面的号码", f"请联系{look.pool}的管理员")
    if look.is_unread:
        return Forbidden("没有权限", "你的角色看不到电话", "请联系管理员")
    if not look.has_phone:
        return Conflict(f"{look.what} 没有留电话", "没有号码可看，不算次数", f"可以「{look.again}」")
    if "phone" not in look.rules.veils:
        return None
    if not look.rules.reveal:
        return Conflict(f"{look.pool}的号码领取后才能看", "这里没有开放先看号码", f"可以「{look.again}」")
    if look.frozen:
        return Conflict(f"{look.what} 已冻结", look.frozen, "请联系管理员")
    limit = look.rules.reveal_daily_limit
    if look.seen >= limit:
        said = f"{look.pool}每人每天最多看 {limit} 个号码，今天已看 {look.seen} 个"
        return Limit("今天不能再看号码了", said, f"明天 0 点之后可以再看，或直接「{look.again}」")
    return None


_SEEN = Statement(
    select(func.count(distinct(History.record_id))).where(
        History.actor_id == bindparam("person", type_=BigInteger),
        History.command == bindparam("command", type_=Text),
        History.facts["pool"].astext == bindparam("pool", type_=Text),
        History.record_id != bindparam("record", type_=BigInteger),
        History.at >= bindparam("since", type_=DateTime(timezone=True)),
        History.at < bindparam("until", type_=DateTime(timezone=True)),
    )
)


def seen_today(ctx: Context, noun: str, pool_id: int, record_id: int) -> int:
    """How many numbers of this pool, but for this one, the actor looked at today. His row stays locked until commit, so
    that looks at the same moment count each other."""
    ownership.lock_person(ctx, ctx.me.id)
    start = day_start(ctx.now, ctx.zone)
    given = {"person": ctx.me.id, "command": f"{noun}.reveal", "pool": str(pool_id), "record": record_id}
    found: int = _SEEN.scalar(ctx.db, given | {"since": start, "until": start + timedelta(days=1)})
    return found


class RevealCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")


def reveal_customer(ctx: Context, args: RevealCustomer) -> Reply:
    """Whoever sees the number anyway is shown it; nothing is counted for him."""
    customer: Customer = find(ctx, CUSTOMER, args.ref, lock=True)
    if customer.sea_id is None or sees_hidden(ctx, customer, _administered(ctx, customer.sea_id)):
        return shown(ctx, customer)
    denied = refusal(_look(ctx, customer, customer.sea_id))
    if denied is not None:
        raise denied
    ctx.record("customer.revealed", customer, facts={"pool": str(customer.sea_id)})
    return shown(ctx, customer, title="已查看电话", is_revealed=True)


def _administered(ctx: Context, sea_id: int) -> set[int]:
    return {sea_id} if seas.is_admin(ctx, sea_id, ctx.me.id) else set()


def _look(ctx: Context, customer: Customer, sea_id: int) -> Look:
    sea = seas.entry(ctx, sea_id)
    return Look(
        what=customer.name,
        pool=sea.name,
        again=f"领取 {customer.code}",
        rules=seas.rules_of(ctx, sea_id)[0],
        is_enabled=sea.is_enabled,
        is_member=sea.is_member,
        is_unread=is_hidden(ctx, "customer", "phone"),
        has_phone=customer.phone is not None,
        frozen=FROZEN.get(customer.frozen["reason"], "已冻结") if customer.frozen else "",
        seen=seen_today(ctx, "customer", sea_id, customer.id),
    )


REVEAL_CUSTOMER = Command(
    name="customer.reveal", title="查看电话",
    says=(
        "(查看|看一下|看下|看看|看|查一下)[客户]{ref}的(电话|号码|电话号码|手机号|联系电话)",
        "(显示|要|给我)[客户]{ref}的(电话|号码|电话号码|手机号|联系电话)",
        "(查看|看)(电话|号码)[客户]{ref}",
    ),
    examples=("看一下 海豚科技 的电话", "查看恒通机电的号码"),
    args=RevealCustomer, needs=Permission.CUSTOMER_CLAIM, run=reveal_customer, undo=KEPT,
)  # fmt: skip

COMMANDS = (REVEAL_CUSTOMER,)

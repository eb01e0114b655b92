"""Claiming customers of public seas: one by name, several, or the oldest few of a sea (domain.md E.1.3)."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import ColumnElement, and_, exists, or_, select

from handlers import permits
from handlers.args import Arg, Args, Count, CustomerRef, CustomerRefs, Flag, SeaRef
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers import claim_batch, claim_brief, claiming, claims, ownership, seas
from handlers.customers.claim_batch import Outcome
from handlers.customers.customer_view import CUSTOMER, present, shown
from handlers.finding import find, find_to_claim, reread
from handlers.reply import Button, Reply
from models.customers.customer import Customer
from models.customers.ownership import Ownership
from models.customers.sea import Sea, SeaReach
from models.errors import Conflict, MissingArgument
from models.rows import fetch_all, freeze, query


class ClaimCustomer(Args):
    ref: CustomerRef | None = Arg("客户", "编号或名称", default=None)
    refs: CustomerRefs | None = Arg("客户", "多个编号或名称", default=None)
    count: Count | None = Arg("数量", default=None)
    sea: SeaRef | None = Arg("公海", default=None)
    all_or_nothing: Flag | None = Arg("要么全领", default=None, labels=("全部领到才算", "一个都不能少"))


def claim_customer(ctx: Context, args: ClaimCustomer) -> Reply:
    """One person wins: customer locked, then person; the decision is `claiming.refusal`."""
    if args.refs:
        return _named(ctx, args.refs, all_or_nothing=bool(args.all_or_nothing))
    if args.ref is not None:
        return _one(ctx, args.ref)
    if args.count is None:
        raise MissingArgument("ref", "请告诉我领哪个客户，或从公海领几个")
    return _oldest_few(ctx, args.count, args.sea, all_or_nothing=bool(args.all_or_nothing))


def _one(ctx: Context, ref: str) -> Reply:
    """Whoever sees at once that it is taken is refused without a lock: a crowd does not queue behind its losers."""
    look = partial(find, ctx, CUSTOMER, ref)
    customer = find_to_claim(ctx, look, permits.customers_and_claimed, Customer.owner_id)
    if customer.owner_id is None:
        customer = reread(ctx, customer, write=None, noun=CUSTOMER)
        ownership.lock_person(ctx, ctx.me.id)
    claim = claims.claim_of(ctx, customer)
    denied = claiming.refusal(claim)
    if denied is not None:
        raise denied
    customer = claims.take(ctx, customer)
    told = claim_brief.brief(ctx, customer) | {"used": claim_brief.used(claim)}
    return shown(ctx, customer, undo=True, template="customers/claimed", **told)


def _named(ctx: Context, refs: Sequence[str], *, all_or_nothing: bool) -> Reply:
    """Locked by number, so that two batches cannot wait for each other; taken in the order in which they were said."""
    look = partial(find, ctx, CUSTOMER)
    found = claim_batch.found_of(ctx, refs, look, permits.customers_and_claimed, Customer.owner_id)
    free = sorted(one.row.id for one in found if one.row is not None and one.row.owner_id is None)
    held = {
        row.id: row for row in fetch_all(ctx.db, Customer, Customer.id.in_(free), order_by=[Customer.id], lock=True)
    }
    rows = [Outcome(one.said, held.get(one.row.id, one.row), one.denied) if one.row else one for one in found]
    return _claimed(ctx, rows, all_or_nothing=all_or_nothing)


def _oldest_few(ctx: Context, count: int, sea_ref: str | None, *, all_or_nothing: bool) -> Reply:
    """Past those that somebody else is just taking and those that this person may not have yet."""
    mine = [seas.named(ctx, sea_ref)] if sea_ref else _my_seas(ctx)
    customers = _oldest(ctx, mine, count)
    if not customers or (all_or_nothing and len(customers) < count):
        raise _too_few(mine, len(customers))
    rows = [Outcome(row.name, row) for row in customers]
    return _claimed(ctx, rows, all_or_nothing=all_or_nothing, wanted=count)


def _claimed(ctx: Context, rows: Sequence[Outcome], *, all_or_nothing: bool, wanted: int = 0) -> Reply:
    ownership.lock_person(ctx, ctx.me.id)
    done = claim_batch.claimed(
        rows, partial(claims.refusal, ctx), partial(claims.take, ctx), all_or_nothing=all_or_nothing
    )
    items = present(ctx, [one.row for one in done if one.denied is None])
    wanted = wanted or len(done)
    notes = claim_batch.listed(done)
    if len(done) < wanted:
        notes.append(f"要 {wanted} 个，只有 {len(done)} 个可领")
    facts = {"items": items, "total": len(items), "title": f"已领取 {len(items)} 个客户", "notes": notes}
    result = {"items": items, "total": len(items), "results": [one.result for one in done]}
    return Reply("customers/customer_list", facts, buttons=(Button("撤销", "undo"),), result=result)


def _my_seas(ctx: Context) -> list[Sea]:
    mine = select(SeaReach.sea_id).where(SeaReach.person_id == ctx.me.id, SeaReach.is_member)
    return fetch_all(ctx.db, Sea, Sea.id.in_(mine), Sea.is_enabled, order_by=[Sea.id])


def _oldest(ctx: Context, mine: Sequence[Sea], count: int) -> list[Customer]:
    if not mine:
        return []
    where = or_(*[and_(Customer.sea_id == sea.id, *_ready(ctx, sea)) for sea in mine])
    statement = query(Customer, where, permits.customers(ctx)).order_by(Customer.entered_sea_at, Customer.id)
    rows = ctx.db.execute(statement.limit(count).with_for_update(skip_locked=True, key_share=True))
    return [freeze(Customer, row) for row in rows]


def _ready(ctx: Context, sea: Sea) -> list[ColumnElement[bool]]:
    """Not in this person's cool-down, and long enough in the sea."""
    rules = seas.rules_of(ctx, sea.id)[0]
    period = (Ownership.noun == "customer", Ownership.record_id == Customer.id, Ownership.owner_id == ctx.me.id)
    cooling = exists(select(1).where(*period, Ownership.ended_at > ctx.now - rules.cooldown))
    return [~cooling, Customer.entered_sea_at <= ctx.now - rules.fresh_hold]


def _too_few(mine: Sequence[Sea], there: int) -> Conflict:
    where = "、".join(sea.name for sea in mine)
    if not where:
        return Conflict("没有你能领取的公海", "你还不是任何公海的成员", "请联系公海的管理员")
    return Conflict(f"{where}没有那么多可领的客户", f"现在有 {there} 个你能领的", "说「公海有哪些客户」看看")


CLAIM_CUSTOMER = Command(
    name="customer.claim", title="领取客户",
    says=(
        "(领取|认领|捞取|领走|claim)[一下|下][客户]{refs:names}",
        "[去|到|从]公海[里|中](领取|领|捞|认领|拿)[一下|下]{refs:names}",
        "(把|将)[公海][里|中][的][客户]{refs:names}[都](领了|领走|领取|领一下|领回来|捞出来|认领)[了]",
        "[从{sea:sea}[里|中]](领取|领|认领|捞){count}[个|家]客户",
        "从{sea:sea}[里|中](领取|领|认领|捞){count}(个|家)",
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
    examples=("领取 海豚科技", "把云图智能领了", "领取 恒通机电、蓝鲸贸易", "从华北公海领三个客户"),
    args=ClaimCustomer, needs=Permission.CUSTOMER_CLAIM, run=claim_customer,
)  # fmt: skip

COMMANDS = (CLAIM_CUSTOMER,)

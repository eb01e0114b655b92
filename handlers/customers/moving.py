"""From sea to sea: nobody owns it before or after, and it does not become new by it (domain.md E.1.7)."""

from collections.abc import Sequence

from handlers import permits
from handlers.args import Arg, Args, CustomerRef, CustomerRefs, Flag, SeaRef
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers import seas
from handlers.customers.customer_view import CUSTOMER, present, shown
from handlers.finding import find
from handlers.presenting import names
from handlers.reply import Button, Reply
from models.customers.customer import Customer
from models.customers.sea import Sea
from models.errors import Conflict, Forbidden, MissingArgument


class MoveSea(Args):
    ref: CustomerRef | None = Arg("客户", "编号或名称", default=None)
    refs: CustomerRefs | None = Arg("客户", "多个编号或名称", default=None)
    sea: SeaRef = Arg("公海", "转到哪个公海", labels=("目标公海",))
    reset: Flag | None = Arg("重新计时", default=None, labels=("重新计入公海时间",))


def move_sea(ctx: Context, args: MoveSea) -> Reply:
    """By the admins of the sea in which it lies, to one to which they have a right; all of them or none. It keeps the
    time at which it came in, unless `reset` makes it new there."""
    refs = args.refs or ([args.ref] if args.ref else [])
    if not refs:
        raise MissingArgument("ref", "请告诉我是哪个客户")
    rows = _locked(ctx, refs)
    target = seas.named(ctx, args.sea)
    for customer in rows:
        _refuse(ctx, customer, target)
    _refuse_target(ctx, target)
    done = [_move(ctx, customer, target, reset=bool(args.reset)) for customer in rows]
    if len(done) == 1:
        return shown(ctx, done[0], title=f"已转到{target.name}", undo=True)
    items = present(ctx, done)
    facts = {"items": items, "total": len(items), "title": f"{len(items)} 个客户已转到{target.name}"}
    return Reply("customers/customer_list", facts, buttons=(Button("撤销", "undo"),), result={"items": items})


def _locked(ctx: Context, refs: Sequence[str]) -> list[Customer]:
    """Each once and in the order of their ids, so that two batches cannot wait for each other."""
    if len(refs) > 1:
        refs = sorted({find(ctx, CUSTOMER, ref).code for ref in refs})
    return [find(ctx, CUSTOMER, ref, lock=True, write=True) for ref in refs]


def _refuse(ctx: Context, customer: Customer, target: Sea) -> None:
    if customer.sea_id is None:
        ask = f"退回时可以选公海：退回客户 {customer.code} 到{target.name} 原因"
        raise Conflict(f"{customer.name} 不在公海里", "有人负责的客户不能在公海之间转", ask)
    if customer.sea_id == target.id:
        raise Conflict(f"{customer.name} 已经在{target.name}里", next_step="不用再转")
    if not permits.everything(ctx) and not seas.is_admin(ctx, customer.sea_id, ctx.me.id):
        source = names(ctx, Sea, [customer.sea_id])[customer.sea_id]
        raise Forbidden("没有权限", f"只有{source}的管理员可以把客户转走", f"请联系{source}的管理员")


def _refuse_target(ctx: Context, target: Sea) -> None:
    if not target.is_enabled:
        raise Forbidden(f"{target.name}已停用", "停用的公海不再收客户", "请换一个公海，或联系管理员")
    if permits.everything(ctx) or seas.is_admin(ctx, target.id, ctx.me.id) or seas.is_member(ctx, target.id, ctx.me.id):
        return
    raise Forbidden(f"你不是{target.name}的成员", "只能转到自己是成员或管理员的公海", f"请联系{target.name}的管理员")


def _move(ctx: Context, customer: Customer, target: Sea, *, reset: bool) -> Customer:
    entered = ctx.now if reset else customer.entered_sea_at
    row = ctx.save(customer, sea_id=target.id, home_sea_id=target.id, entered_sea_at=entered)
    ctx.record("customer.moved", row)
    ctx.refresh_cards("customer", row.id)
    return row


MOVE_SEA = Command(
    name="customer.move_sea", title="转公海",
    says=(
        "[把|将]公海[里|中][的]客户{refs:names}[都](转到|转去|移到|挪到|调到|划到|换到|转入){sea:sea}[里]",
        "[把|将][客户]{refs:names}[都](转到|转去|移到|挪到|调到|划到|换到|转入){sea:sea}[里]",
        "[把|将][客户]{ref}(转到|转去|移到|挪到|调到|划到|换到|转入){sea:sea}[里]",
        "(转公海|换公海)[客户]{ref}[到|去]{sea:sea}",
    ),
    examples=("把恒通机电转到华东公海", "把海豚科技、云图智能移到华北公海"),
    args=MoveSea, needs=Permission.CUSTOMER_ASSIGN, run=move_sea,
)  # fmt: skip

COMMANDS = (MOVE_SEA,)

"""From lead pool to lead pool (domain.md E.1.7)."""

from collections.abc import Sequence

from handlers import permits
from handlers.args import Arg, Args, Flag, LeadPoolRef, LeadRef, LeadRefs
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.presenting import names
from handlers.reply import Button, Reply
from handlers.sales import assigning, lead_pools
from handlers.sales.lead_view import find_lead, present, shown
from models.customers.sea import LeadPool
from models.errors import Conflict, Forbidden, MissingArgument
from models.sales.lead import Lead


class MovePool(Args):
    ref: LeadRef | None = Arg("线索", "编号或名称", default=None)
    refs: LeadRefs | None = Arg("线索", "多个编号或名称", default=None)
    pool: LeadPoolRef = Arg("线索池", "转到哪个线索池", labels=("目标线索池",))
    reset: Flag | None = Arg("重新计时", default=None, labels=("重新计入池时间",))


def move_pool(ctx: Context, args: MovePool) -> Reply:
    """By the admins of the pool in which it lies, to one to which they have a right; all of them or none. It keeps the
    time at which it came in, unless `reset` makes it new there."""
    refs = args.refs or ([args.ref] if args.ref else [])
    if not refs:
        raise MissingArgument("ref", "请告诉我是哪条线索")
    rows = _locked(ctx, refs)
    target = lead_pools.named(ctx, args.pool)
    for lead in rows:
        _refuse(ctx, lead, target)
    lead_pools.refuse_outsider(ctx, target, "只有成员和管理员可以往里转线索", f"请联系{target.name}的管理员")
    done = [_move(ctx, lead, target, reset=bool(args.reset)) for lead in rows]
    if len(done) == 1:
        return shown(ctx, done[0], title=f"已转到{target.name}", undo=True)
    items = present(ctx, done)
    facts = {"items": items, "total": len(items), "title": f"{len(items)} 条线索已转到{target.name}"}
    return Reply("sales/lead_list", facts, buttons=(Button("撤销", "undo"),), result={"items": items})


def _locked(ctx: Context, refs: Sequence[str]) -> list[Lead]:
    if len(refs) > 1:
        refs = sorted({find_lead(ctx, ref).code for ref in refs})
    return [find_lead(ctx, ref, lock=True, write=True) for ref in refs]


def _refuse(ctx: Context, lead: Lead, target: LeadPool) -> None:
    if lead.status != "unassigned" or lead.pool_id is None:
        ask = f"退回时可以选线索池：退回线索 {lead.code} 到{target.name} 原因"
        raise Conflict(f"线索 {lead.label} 不在线索池里", "有人负责的线索不能在线索池之间转", ask)
    if lead.pool_id == target.id:
        raise Conflict(f"线索 {lead.label} 已经在{target.name}里", next_step="不用再转")
    if not permits.everything(ctx) and lead.pool_id not in lead_pools.admin_of(ctx):
        source = names(ctx, LeadPool, [lead.pool_id])[lead.pool_id]
        raise Forbidden("没有权限", f"只有{source}的管理员可以把线索转走", f"请联系{source}的管理员")


def _move(ctx: Context, lead: Lead, target: LeadPool, *, reset: bool) -> Lead:
    entered = ctx.now if reset else lead.entered_pool_at
    row = ctx.save(lead, pool_id=target.id, home_pool_id=target.id, entered_pool_at=entered)
    assigning.moved_in(ctx, row)
    ctx.record("lead.moved", row)
    ctx.refresh_cards("lead", row.id)
    return row


MOVE_POOL = Command(
    name="lead.move_pool", title="转线索池",
    says=(
        "[把|将]线索{refs:names}[都](转到|转去|移到|挪到|调到|划到|换到|转入){pool:pool}[里]",
        "[把|将][线索]{refs}[都](转到|转去|移到|挪到|调到|划到|换到|转入){pool:pool}[里]",
        "[把|将]线索{ref}(转到|转去|移到|挪到|调到|划到|换到|转入){pool:pool}[里]",
        "[把|将]{ref:code}(转到|转去|移到|挪到|调到|划到|换到|转入){pool:pool}[里]",
    ),
    examples=("把线索 L000050 转到华北线索池", "线索 L000045、L000050 移到华东线索池"),
    args=MovePool, needs=Permission.LEAD_ASSIGN, run=move_pool,
)  # fmt: skip

COMMANDS = (MOVE_POOL,)

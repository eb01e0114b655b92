"""Looking at the hidden number of a lead that lies in a pool (domain.md E.1.4)."""

from handlers import permits
from handlers.args import Arg, Args, LeadRef
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers.revealing import KEPT, Look, refusal, seen_today
from handlers.masking import is_hidden
from handlers.reply import Reply
from handlers.sales import lead_pools
from handlers.sales.lead_view import find_lead, shown
from models.customers.sea import LeadPool
from models.rows import fetch_one
from models.sales.lead import Lead


class RevealLead(Args):
    ref: LeadRef = Arg("线索", "编号、姓名或公司")


def reveal_lead(ctx: Context, args: RevealLead) -> Reply:
    """Whoever sees the number anyway is shown it; nothing is counted for him."""
    lead = find_lead(ctx, args.ref, lock=True)
    if lead.pool_id is None or permits.everything(ctx) or lead.pool_id in lead_pools.admin_of(ctx):
        return shown(ctx, lead)
    denied = refusal(_look(ctx, lead, lead.pool_id))
    if denied is not None:
        raise denied
    ctx.record("lead.revealed", lead, facts={"pool": str(lead.pool_id)})
    return shown(ctx, lead, title="已查看电话", is_revealed=True)


def _look(ctx: Context, lead: Lead, pool_id: int) -> Look:
    pool = fetch_one(ctx.db, LeadPool, id=pool_id)
    return Look(
        what=f"线索 {lead.label}",
        pool=pool.name if pool else "",
        again=f"领取线索 {lead.code}",
        rules=lead_pools.rules_of(ctx, pool_id)[0],
        is_enabled=pool is not None and pool.is_enabled,
        is_member=lead_pools.is_member(ctx, pool_id, ctx.me.id),
        is_unread=is_hidden(ctx, "lead", "phone"),
        has_phone=lead.phone is not None,
        seen=seen_today(ctx, "lead", pool_id, lead.id),
    )


REVEAL_LEAD = Command(
    name="lead.reveal", title="查看线索电话",
    says=(
        "(查看|看一下|看下|看看|看|查一下)线索{ref}的(电话|号码|电话号码|手机号|联系电话)",
        "(查看|看一下|看下|看看|看|查一下){ref:code}的(电话|号码|电话号码|手机号|联系电话)",
        "(显示|要|给我)线索{ref}的(电话|号码|电话号码|手机号|联系电话)",
    ),
    examples=("看一下线索 L000045 的电话", "查看 L000061 的号码"),
    args=RevealLead, needs=Permission.LEAD_CLAIM, run=reveal_lead, undo=KEPT,
)  # fmt: skip

COMMANDS = (REVEAL_LEAD,)

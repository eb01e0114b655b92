"""Who hears of leads that a pool gives by itself: whoever is asked or gets one, and the pool's admins."""

from sqlalchemy import select

from cards import labels
from handlers.context import Context, Notice, subject_of, unique
from handlers.presenting import instant, names, people
from handlers.reply import Button
from handlers.sales.assign_offers import answers
from handlers.sales.lead_view import present, veiled_in
from models.base import Json
from models.company.pool_rules import LeadPoolRules
from models.customers.sea import LeadPool, LeadPoolReach
from models.sales.assignment import Assignment
from models.sales.lead import Lead


def given(ctx: Context, lead: Lead, why: str, *, tell_admins: bool) -> None:
    """To the new owner the lead itself, to the admins where they asked what was decided."""
    ref = {"ref": lead.code}
    buttons = (Button("写跟进", "follow_up.add", ref, "primary"), Button("退回", "lead.return", ref))
    card: Json = {"lead": present(ctx, [lead])[0], "title": f"分给你的线索 {lead.label}", "notes": [why]}
    to = unique([lead.owner_id])
    ctx.tell(Notice("lead.assigned", "sales/lead", card, lead.code, to, buttons, subject_of(lead), robots=False))
    if tell_admins:
        owner = people(ctx, [lead.owner_id])[lead.owner_id]
        rows = [["编号", lead.code], ["负责人", owner["name"] if owner else ""], ["原因", why]]
        facts = {"title": f"线索 {lead.label} 已自动分配", "rows": rows}
        others = tuple(one for one in _admins(ctx, lead.home_pool_id) if one != lead.owner_id)
        key = f"{ctx.walk}|lead.assigned.admins|{lead.code}"
        ctx.tell(Notice("lead.assigned", "notice", facts, lead.code, others, robots=False, key=key))


def offered(ctx: Context, lead: Lead, row: Assignment, rules: LeadPoolRules) -> None:
    """A card with both answers; what the pool hides stays hidden until it is accepted."""
    until = labels.when(instant(ctx, row.due_at))
    facts = {
        "lead": hidden(ctx, lead, rules),
        "title": f"新线索请你接：{lead.label}",
        "tag": "待接受",
        "notes": [row.why, f"请在 {until} 之前接受，过时会转给下一位同事"],
        "hint": f"可回复：接受线索 {lead.code} / 拒绝线索 {lead.code} 原因",
    }
    key = f"lead_offer|{row.id}"
    ctx.tell(
        Notice(
            "lead.offered", "sales/lead", facts, lead.code, unique([row.person_id]), answers(lead), subject_of(lead),
            robots=False, key=key,
        )
    )  # fmt: skip


def hidden(ctx: Context, lead: Lead, rules: LeadPoolRules) -> Json:
    """The lead as a member of its pool sees it, whoever asks."""
    return present(ctx, [lead])[0] | veiled_in(lead, rules.veils)


def lapsed(ctx: Context, lead: Lead, row: Assignment) -> None:
    """Whoever did not answer in time is told that it is no longer his to accept."""
    rows = [["编号", lead.code], ["原因", "没有在时限内接受"]]
    facts = {"title": f"线索 {lead.label} 已转给下一位同事", "rows": rows}
    key = f"lead_lapsed|{row.id}"
    ctx.tell(Notice("lead.offered", "notice", facts, lead.code, unique([row.person_id]), robots=False, key=key))
    ctx.refresh_cards("lead", lead.id)


def unassigned(ctx: Context, lead: Lead, why: str) -> None:
    """Nobody has it: the pool's admins hear once, and what they can say."""
    pool = names(ctx, LeadPool, [lead.pool_id])[lead.pool_id]
    rows = [["编号", lead.code], ["线索池", pool or ""], ["原因", why]]
    hint = f"可回复：分配线索 {lead.code} 给 姓名 / {lead.code} 为什么没分配"
    facts = {"title": f"线索 {lead.label} 还没有人负责", "rows": rows, "hint": hint}
    ctx.tell(Notice("lead.unassigned", "notice", facts, lead.code, _admins(ctx, lead.pool_id), robots=False))


def _admins(ctx: Context, pool_id: int | None) -> tuple[int, ...]:
    mine = select(LeadPoolReach.person_id).where(LeadPoolReach.pool_id == pool_id, LeadPoolReach.is_admin)
    return tuple(ctx.db.execute(mine.order_by(LeadPoolReach.person_id)).scalars())

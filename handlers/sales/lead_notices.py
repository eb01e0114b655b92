"""Who hears of what happens to a lead (contract.md Chat): the doer never, groups no more than code and name."""

from collections.abc import Sequence
from typing import Any

from handlers.context import Context, Notice, subject_of, unique
from handlers.presenting import instant, names, people
from handlers.reply import Button
from handlers.sales.lead_view import present
from models.base import Json
from models.customers.sea import LeadPool
from models.sales.lead import Lead

HOW = {
    "lead.claimed": "claim",
    "lead.returned": "return",
    "lead.reclaimed": "reclaim",
    "lead.assigned": "assign",
    "lead.transferred": "transfer",
}


def group_facts(ctx: Context, lead: Lead, **more: Any) -> Json:
    """What a group may hear of a lead: not even the end of a number."""
    pool = names(ctx, LeadPool, [lead.pool_id])[lead.pool_id]
    name = lead.name or lead.company or lead.code
    facts = {"code": lead.code, "name": name, "who": _doer(ctx), "at": instant(ctx, ctx.now), "pool": pool}
    return {**facts, "source": lead.source, **more}


def registered(ctx: Context, lead: Lead) -> None:
    """A new lead is told to groups alone."""
    concerned = lead.owner_id if lead.owner_id is not None else lead.creator_id
    told = Notice("lead.registered", "sales/lead", {}, lead.code, concerned=concerned, group=group_facts(ctx, lead))
    ctx.tell(told)


def moved(ctx: Context, topic: str, lead: Lead, *, old: int | None, robots: bool = True, reason: str = "") -> None:
    """The owner changed: the old one hears what happened; the new one gets the lead itself by `handed_in`."""
    known = people(ctx, [old, lead.owner_id])
    facts = {
        "noun": "lead",
        "subject": {"code": lead.code, "name": lead.label},
        "how": HOW[topic],
        "by": _doer(ctx),
        "from": known[old],
        "to": known[lead.owner_id] or names(ctx, LeadPool, [lead.pool_id])[lead.pool_id],
        "reason": reason,
    }
    concerned = lead.owner_id if lead.owner_id is not None else old
    ctx.tell(
        Notice(
            topic, "customers/owner_changed", facts, lead.code, unique([old]),
            concerned=concerned, robots=robots, group=group_facts(ctx, lead),
        )
    )  # fmt: skip


def handed_in(ctx: Context, leads: Sequence[Lead]) -> None:
    """To their new owner: one lead as its card, several as one list."""
    first, views = leads[0], present(ctx, leads)
    to, topic = unique([first.owner_id]), "lead.assigned"
    if len(leads) > 1:
        facts = {"title": f"分给你的 {len(leads)} 条线索", "items": views, "total": len(leads)}
        ctx.tell(Notice(topic, "sales/lead_list", facts, first.code, to, robots=False))
        return
    ref = {"ref": first.code}
    buttons = (Button("写跟进", "follow_up.add", ref, "primary"), Button("退回", "lead.return", ref))
    card = {"lead": views[0], "title": f"分给你的线索 {first.label}"}
    ctx.tell(Notice(topic, "sales/lead", card, first.code, to, buttons, subject_of(first), robots=False))


def marked(ctx: Context, topic: str, lead: Lead, what: str, reason: str | None) -> None:
    """Somebody else marked it: its owner hears."""
    rows = [["编号", lead.code], ["操作人", _doer(ctx)["name"]], ["原因", reason or "未说明"]]
    facts = {"title": f"线索 {lead.label} {what}", "rows": rows}
    ctx.tell(Notice(topic, "notice", facts, lead.code, unique([lead.owner_id]), robots=False))


def _doer(ctx: Context) -> Json:
    return {"name": ctx.actor.name if ctx.actor else "系统"}

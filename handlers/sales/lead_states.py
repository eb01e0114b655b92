"""Marks on a lead: invalid for now, void for good, and back (domain.md A.2)."""

from typing import Any

from handlers import permits
from handlers.command import Permission
from handlers.context import Context
from handlers.customers import ownership
from handlers.reply import Reply
from handlers.sales import assigning, lead_duplicates, lead_notices, lead_pools
from handlers.sales.lead_owners import close_todos
from handlers.sales.lead_view import find_lead, shown
from models.sales.lead import Lead


def invalidate(ctx: Context, ref: str, reason: str | None) -> Reply:
    """A temporary mark; the next follow-up takes it off again."""
    lead = find_lead(ctx, ref, lock=True, write=True)
    lead = ctx.save(lead, **lead.invalidated(reason))
    return _marked(ctx, lead, "lead.invalidated", "已标记无效", reason)


def void(ctx: Context, ref: str, reason: str | None) -> Reply:
    """Verified as junk: its ownership ends, its owner still sees it, only an admin brings it back."""
    lead = find_lead(ctx, ref, lock=True, write=True)
    changes = lead.voided(reason)
    ownership.end(ctx, lead, out="void", note=reason or "")
    close_todos(ctx, lead)
    lead = ctx.save(lead, **changes)
    return _marked(ctx, lead, "lead.voided", "已作废", reason)


def restore(ctx: Context, ref: str, reason: str | None) -> Reply:
    """An invalid one by whoever may write it, a void one by an admin alone (domain.md A.2)."""
    lead = find_lead(ctx, ref, lock=True, write=True)
    changes = lead.restored()
    if lead.status == "void":
        permits.require(ctx, Permission.LEAD_RESTORE)
        lead = _revived(ctx, lead, changes)
    else:
        lead = ctx.save(lead, **lead_pools.clock_changes(ctx, lead, **changes))
    return _marked(ctx, lead, "lead.restored", "已恢复", reason)


def _revived(ctx: Context, lead: Lead, changes: dict[str, Any]) -> Lead:
    """A void lead gets its owner or its pool back, if its number was not registered anew meanwhile."""
    if lead.phone is not None:
        lead_duplicates.check_phone(ctx, lead.phone, but=lead.id)
    if lead.owner_id is None:
        pooled = {"pool_id": lead.home_pool_id, "entered_pool_at": ctx.now}
        row = ctx.save(lead, **changes, **pooled)
        if row.pool_id is not None:
            assigning.came_back(ctx, row)
        return row
    ownership.begin(ctx, lead, lead.owner_id, how="assign", pool_id=lead.home_pool_id)
    fresh = {"owned_at": ctx.now, "clock_at": ctx.now}
    return ctx.save(lead, **lead_pools.clock_changes(ctx, lead, **changes, **fresh))


def _marked(ctx: Context, lead: Lead, event: str, what: str, reason: str | None) -> Reply:
    ctx.record(event, lead, facts={"reason": reason})
    lead_notices.marked(ctx, event, lead, what, reason)
    ctx.refresh_cards("lead", lead.id)
    return shown(ctx, lead, title=what, undo=True)

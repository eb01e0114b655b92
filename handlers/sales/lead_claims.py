"""Claiming leads: one by name, or the oldest few of a pool (domain.md E.1.3)."""

from dataclasses import replace
from functools import partial

from handlers import permits
from handlers.context import Context, Notice
from handlers.customers import claim_facts, claiming, ownership
from handlers.customers.claim import Claim, Standing
from handlers.customers.standing import Asked, standing
from handlers.finding import find_to_claim
from handlers.presenting import people
from handlers.reply import Reply
from handlers.sales import lead_notices, lead_pools
from handlers.sales.lead_view import find_lead, shown
from models.company.pool_rules import LeadPoolRules
from models.customers.sea import LeadPool
from models.errors import Forbidden, HaitunError
from models.rows import fetch_one
from models.sales.lead import Lead


def claim_one(ctx: Context, ref: str) -> Reply:
    """One person wins: lead locked, then person; owned leads of one's pools are found so that the answer can say so."""
    lead = find_to_claim(ctx, partial(find_lead, ctx, ref, lock=True), permits.leads_and_claimed, Lead.owner_id)
    ownership.lock_person(ctx, ctx.me.id)
    denied = refusal(ctx, lead)
    if denied is not None:
        raise denied
    return shown(ctx, take(ctx, lead), title="已领取", undo=True)


def take(ctx: Context, lead: Lead) -> Lead:
    row: Lead = ownership.change(
        ctx, lead, to=ctx.me.id, how="claim", home_id=lead.home_pool_id, **lead_pools.fresh_clock(ctx, lead)
    )
    ctx.record("lead.claimed", row)
    group = lead_notices.group_facts(ctx, row)
    ctx.tell(Notice("lead.claimed", "sales/lead", {}, row.code, concerned=row.owner_id, group=group))
    ctx.refresh_cards("lead", row.id)
    return row


def refusal(ctx: Context, lead: Lead) -> HaitunError | None:
    """What forbids the actor to claim it now."""
    return refusal_of(ctx, lead, claim_of(ctx, lead))


def refusal_of(ctx: Context, lead: Lead, claim: Claim) -> HaitunError | None:
    """`claiming.refusal`, after what only leads know: closed ones, and pools whose admins assign."""
    if lead.status in ("converted", "void"):
        lead.taken(ctx.now)  # says so
    if claim.is_pooled and lead.pool_id is not None and not lead_pools.rules_of(ctx, lead.pool_id)[0].claimable:
        return Forbidden(f"{claim.pool}不能自行领取", "这个线索池由管理员分配", f"请联系{claim.pool}的管理员")
    return claiming.refusal(claim)


def claim_of(ctx: Context, lead: Lead) -> Claim:
    home = lead.home_pool_id
    pool = fetch_one(ctx.db, LeadPool, id=home)
    rules = lead_pools.rules_of(ctx, home)[0] if home is not None else LeadPoolRules()
    owner = people(ctx, [lead.owner_id])[lead.owner_id]
    is_pooled = lead.status == "unassigned"
    limits = claim_facts.company_limits(ctx, "lead", ctx.me)
    claim = Claim(
        what=f"线索 {lead.label}",
        pool=pool.name if pool else "",
        is_enabled=pool is not None and pool.is_enabled,
        is_hidden=pool is not None and pool.is_hidden,
        is_member=home is not None and lead_pools.is_member(ctx, home, ctx.me.id),
        is_pooled=is_pooled,
        is_mine=lead.owner_id == ctx.me.id,
        owner=owner["name"] if owner else "",
        standing=Standing(),
        rules=rules,
        now=ctx.now,
        zone=ctx.zone,
        again=f"领取线索 {lead.code}",
        entered_at=lead.entered_pool_at,
        daily_all=limits[0],
        holding_all=limits[1],
    )
    return about(ctx, lead, claim)


def about(ctx: Context, lead: Lead, claim: Claim) -> Claim:
    """The same claim for this lead of the pool, with what the ledger says now."""
    asked = Asked(
        "lead",
        excludes=claim.rules.holding_excludes,
        overall=claim.daily_all is not None or claim.holding_all is not None,
        gap=claim.rules.claim_gap_minutes > 0,
    )
    return replace(
        claim,
        what=f"线索 {lead.label}",
        standing=standing(ctx, asked, lead.id, lead.home_pool_id, person=ctx.me.id),
        entered_at=lead.entered_pool_at,
        window=claim_facts.priority_window(ctx, "lead", lead, claim.rules) if claim.is_pooled else None,
        proxy=claim_facts.proxy(ctx, "lead", lead.id, claim.rules) if claim.is_pooled else None,
    )

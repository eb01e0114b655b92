"""Claiming leads: one by name, or the oldest few of a pool (domain.md E.1.3)."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import ColumnElement, and_, exists, or_, select

from handlers import permits
from handlers.context import Context, Notice
from handlers.customers import claim_facts, claiming, ownership
from handlers.customers.claim import Claim, Standing
from handlers.customers.standing import Asked, standing
from handlers.finding import find_to_claim
from handlers.presenting import people
from handlers.reply import Button, Reply
from handlers.sales import lead_notices, lead_pools
from handlers.sales.lead_view import find_lead, present, shown
from models.base import Json
from models.company.pool_rules import LeadPoolRules
from models.customers.ownership import Ownership
from models.customers.sea import LeadPool, LeadPoolReach
from models.errors import Conflict, Forbidden, HaitunError
from models.rows import fetch_all, fetch_one, freeze, query
from models.sales.lead import Lead


def claim_one(ctx: Context, ref: str) -> Reply:
    """One person wins: lead locked, then person; owned leads of one's pools are found so that the answer can say so."""
    lead = find_to_claim(ctx, partial(find_lead, ctx, ref, lock=True), permits.leads_and_claimed, Lead.owner_id)
    ownership.lock_person(ctx, ctx.me.id)
    denied = refusal(ctx, lead)
    if denied is not None:
        raise denied
    return shown(ctx, _take(ctx, lead), title="已领取", undo=True)


def claim_several(ctx: Context, count: int, pool_ref: str | None) -> Reply:
    """Best effort, oldest first, past those that somebody else is just taking; a result per lead.

    Raises the first refusal where not one could be claimed.
    """
    pools = [lead_pools.named(ctx, pool_ref)] if pool_ref else _my_pools(ctx)
    leads = _oldest(ctx, pools, count)
    if not leads:
        raise _nothing(ctx, pools)
    ownership.lock_person(ctx, ctx.me.id)
    taken: list[Lead] = []
    results: list[Json] = []
    first: HaitunError | None = None
    claims = {
        pool_id: replace(_claim(ctx, lead), again="")
        for pool_id, lead in {lead.pool_id: lead for lead in leads}.items()
    }
    for lead in leads:
        denied = _refusal(ctx, lead, _about(ctx, lead, claims[lead.pool_id]))  # with those just taken
        if denied is None:
            taken.append(_take(ctx, lead))
        first = first or denied
        results.append({"code": lead.code, "ok": denied is None, "reason": denied.title if denied else None})
    if not taken and first is not None:
        raise first
    short = first or (_nothing(ctx, pools) if len(leads) < count else None)
    return _listed(ctx, taken, results, count, short)


def _listed(ctx: Context, taken: list[Lead], results: list[Json], count: int, short: HaitunError | None) -> Reply:
    """`short` says why there are not more."""
    items = present(ctx, taken)
    notes: list[str] = []
    if short is not None:
        notes = [f"要 {count} 条，领到 {len(taken)} 条：{short.detail or short.title}", short.next_step]
    facts = {"items": items, "total": len(items), "title": f"已领取 {len(taken)} 条线索", "notes": notes}
    result = {"items": items, "total": len(items), "results": results}
    return Reply("sales/lead_list", facts, buttons=(Button("撤销", "undo"),), result=result)


def _take(ctx: Context, lead: Lead) -> Lead:
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
    return _refusal(ctx, lead, _claim(ctx, lead))


def _refusal(ctx: Context, lead: Lead, claim: Claim) -> HaitunError | None:
    """`claiming.refusal`, after what only leads know: closed ones, and pools whose admins assign."""
    if lead.status in ("converted", "void"):
        lead.taken(ctx.now)  # says so
    if claim.is_pooled and lead.pool_id is not None and not lead_pools.rules_of(ctx, lead.pool_id)[0].claimable:
        return Forbidden(f"{claim.pool}不能自行领取", "这个线索池由管理员分配", f"请联系{claim.pool}的管理员")
    return claiming.refusal(claim)


def _claim(ctx: Context, lead: Lead) -> Claim:
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
    return _about(ctx, lead, claim)


def _about(ctx: Context, lead: Lead, claim: Claim) -> Claim:
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


def _my_pools(ctx: Context) -> list[LeadPool]:
    mine = select(LeadPoolReach.pool_id).where(LeadPoolReach.person_id == ctx.me.id, LeadPoolReach.is_member)
    pools = fetch_all(ctx.db, LeadPool, LeadPool.id.in_(mine), LeadPool.is_enabled, order_by=[LeadPool.id])
    return [pool for pool in pools if lead_pools.rules_of(ctx, pool.id)[0].claimable]


def _oldest(ctx: Context, pools: Sequence[LeadPool], count: int) -> list[Lead]:
    """Locked; those that this person may not have yet (cool-down) are passed over."""
    if not pools:
        return []
    where = or_(*[and_(Lead.pool_id == pool.id, ~_cooling(ctx, pool)) for pool in pools])
    statement = query(Lead, Lead.status == "unassigned", where).order_by(Lead.entered_pool_at, Lead.id).limit(count)
    rows = ctx.db.execute(statement.with_for_update(skip_locked=True, key_share=True))
    return [freeze(Lead, row) for row in rows]


def _cooling(ctx: Context, pool: LeadPool) -> ColumnElement[bool]:
    since = ctx.now - lead_pools.rules_of(ctx, pool.id)[0].cooldown
    mine = (Ownership.noun == "lead", Ownership.record_id == Lead.id, Ownership.owner_id == ctx.me.id)
    return exists(select(1).where(*mine, Ownership.ended_at > since))


def _nothing(ctx: Context, pools: Sequence[LeadPool]) -> Conflict:
    where = "、".join(pool.name for pool in pools)
    if not where:
        return Conflict("没有你能领取的线索池", "你还不是任何线索池的成员", "请联系线索池的管理员")
    held = any(fetch_one(ctx.db, Lead, pool_id=pool.id, status="unassigned") for pool in pools)
    detail = "剩下的线索还在你的冷却期里，或正在被同事领取" if held else f"{where}现在有 0 条待领取"
    return Conflict(f"{where}没有可领的线索", detail, "过一会儿再来，或说「登记线索」自己录入一条")

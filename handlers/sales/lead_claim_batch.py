"""Claiming several leads: those that were named, or the oldest few of a pool (domain.md E.1.3.7)."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import ColumnElement, and_, exists, or_, select

from handlers import permits
from handlers.context import Context
from handlers.customers import claim_batch, ownership
from handlers.customers.claim import Claim
from handlers.customers.claim_batch import Outcome
from handlers.reply import Button, Reply
from handlers.sales import lead_claims, lead_pools
from handlers.sales.lead_view import find_lead, present
from models.base import Json
from models.customers.ownership import Ownership
from models.customers.sea import LeadPool, LeadPoolReach
from models.errors import Conflict, HaitunError
from models.rows import fetch_all, fetch_one, freeze, query
from models.sales.lead import Lead


def claim_several(ctx: Context, count: int, pool_ref: str | None, *, all_or_nothing: bool = False) -> Reply:
    """Oldest first, past those that somebody else is just taking; a result per lead.

    Raises the first refusal where not one could be claimed, or where all were wanted and one cannot be had.
    """
    pools = [lead_pools.named(ctx, pool_ref)] if pool_ref else _my_pools(ctx)
    leads = _oldest(ctx, pools, count)
    if not leads or (all_or_nothing and len(leads) < count):
        raise _nothing(ctx, pools)
    ownership.lock_person(ctx, ctx.me.id)
    taken: list[Lead] = []
    results: list[Json] = []
    first: HaitunError | None = None
    claims = {
        pool_id: replace(lead_claims.claim_of(ctx, lead), again="")
        for pool_id, lead in {lead.pool_id: lead for lead in leads}.items()
    }
    for lead in leads:
        denied = _decided(ctx, lead, claims[lead.pool_id])  # with those just taken
        if denied is None:
            taken.append(lead_claims.take(ctx, lead))
        first = first or denied
        results.append({"code": lead.code, "ok": denied is None, "reason": denied.title if denied else None})
    if first is not None and (all_or_nothing or not taken):
        raise first
    short = first or (_nothing(ctx, pools) if len(leads) < count else None)
    return _listed(ctx, taken, results, count, short)


def _decided(ctx: Context, lead: Lead, claim: Claim) -> HaitunError | None:
    return lead_claims.refusal_of(ctx, lead, lead_claims.about(ctx, lead, claim))


def claim_named(ctx: Context, refs: Sequence[str], *, all_or_nothing: bool) -> Reply:
    """Those that were named, locked by number and taken in the order in which they were said; a result for each."""
    found = claim_batch.found_of(ctx, refs, partial(find_lead, ctx), permits.leads_and_claimed, Lead.owner_id)
    held = {row.id: row for row in _locked(ctx, [one.row.id for one in found if one.row is not None])}
    ownership.lock_person(ctx, ctx.me.id)
    done = claim_batch.claimed(
        [Outcome(one.said, held[one.row.id], one.denied) if one.row is not None else one for one in found],
        partial(lead_claims.refusal, ctx),
        partial(lead_claims.take, ctx),
        all_or_nothing=all_or_nothing,
    )
    items = present(ctx, [one.row for one in done if one.denied is None])
    title, notes = f"已领取 {len(items)} 条线索", claim_batch.listed(done)
    facts = {"items": items, "total": len(items), "title": title, "notes": notes}
    result = {"items": items, "total": len(items), "results": [one.result for one in done]}
    return Reply("sales/lead_list", facts, buttons=(Button("撤销", "undo"),), result=result)


def _locked(ctx: Context, idents: Sequence[int]) -> list[Lead]:
    return fetch_all(ctx.db, Lead, Lead.id.in_(idents), order_by=[Lead.id], lock=True)


def _listed(ctx: Context, taken: list[Lead], results: list[Json], count: int, short: HaitunError | None) -> Reply:
    """`short` says why there are not more."""
    items = present(ctx, taken)
    notes: list[str] = []
    if short is not None:
        notes = [f"要 {count} 条，领到 {len(taken)} 条：{short.detail or short.title}", short.next_step]
    facts = {"items": items, "total": len(items), "title": f"已领取 {len(taken)} 条线索", "notes": notes}
    result = {"items": items, "total": len(items), "results": results}
    return Reply("sales/lead_list", facts, buttons=(Button("撤销", "undo"),), result=result)


def _my_pools(ctx: Context) -> list[LeadPool]:
    mine = select(LeadPoolReach.pool_id).where(LeadPoolReach.person_id == ctx.me.id, LeadPoolReach.is_member)
    pools = fetch_all(ctx.db, LeadPool, LeadPool.id.in_(mine), LeadPool.is_enabled, order_by=[LeadPool.id])
    return [pool for pool in pools if lead_pools.rules_of(ctx, pool.id)[0].claimable]


def _oldest(ctx: Context, pools: Sequence[LeadPool], count: int) -> list[Lead]:
    """Locked; those that this person may not have yet are passed over."""
    if not pools:
        return []
    where = or_(*[and_(Lead.pool_id == pool.id, _ready(ctx, pool)) for pool in pools])
    statement = query(Lead, Lead.status == "unassigned", where).order_by(Lead.entered_pool_at, Lead.id).limit(count)
    rows = ctx.db.execute(statement.with_for_update(skip_locked=True, key_share=True))
    return [freeze(Lead, row) for row in rows]


def _ready(ctx: Context, pool: LeadPool) -> ColumnElement[bool]:
    """Not in this person's cool-down, and long enough in the pool."""
    rules = lead_pools.rules_of(ctx, pool.id)[0]
    since = ctx.now - rules.cooldown
    mine = (Ownership.noun == "lead", Ownership.record_id == Lead.id, Ownership.owner_id == ctx.me.id)
    cooling = exists(select(1).where(*mine, Ownership.ended_at > since))
    return ~cooling & (Lead.entered_pool_at <= ctx.now - rules.fresh_hold)


def _nothing(ctx: Context, pools: Sequence[LeadPool]) -> Conflict:
    where = "、".join(pool.name for pool in pools)
    if not where:
        return Conflict("没有你能领取的线索池", "你还不是任何线索池的成员", "请联系线索池的管理员")
    held = any(fetch_one(ctx.db, Lead, pool_id=pool.id, status="unassigned") for pool in pools)
    detail = "剩下的线索还在你的冷却期里、刚进池，或正在被同事领取" if held else f"{where}现在有 0 条待领取"
    return Conflict(f"{where}没有可领的线索", detail, "过一会儿再来，或说「登记线索」自己录入一条")

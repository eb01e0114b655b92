"""Leads as people and programs see them: public shape, masks, scenes, filters, the card and its buttons."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from handlers import permits
from handlers.context import Context, subject_of
from handlers.customers import ownership
from handlers.finding import find, seen
from handlers.masking import is_hidden, masked
from handlers.nouns import Condition, Filter, Noun
from handlers.presenting import by_name_of, by_person, by_phone, common, instant, names, people, veiled_fields
from handlers.reply import Button, Reply
from handlers.sales import lead_pools
from handlers.sales.assign_offers import answers, offer_of
from models.base import Json
from models.company.pool_rules import Veil
from models.customers.customer import Customer
from models.customers.sea import LeadPool
from models.normal import normal_phone
from models.rows import fetch_all, fetch_one
from models.sales.lead import Lead

OWN = (
    "code", "name", "phone", "company", "title", "email", "wechat", "source", "campaign", "region", "industry", "note",
    "status",
)  # fmt: skip


@masked("lead")
def present(ctx: Context, rows: Sequence[Lead]) -> list[Json]:
    """Leads as the API shows them; in a pool the hidden fields are masked for its members (domain.md E.1.4)."""
    if not rows:
        return []
    known = people(ctx, [i for row in rows for i in (row.owner_id, row.creator_id)])
    pools = names(ctx, LeadPool, [i for row in rows for i in (row.pool_id, row.home_pool_id)])
    became = names(ctx, Customer, [row.customer_id for row in rows])
    masks = _masks(ctx, rows)
    return [_view(ctx, row, known, pools, became) | veiled_in(row, masks[row.pool_id]) for row in rows]


def _masks(ctx: Context, rows: Sequence[Lead]) -> dict[int | None, Mapping[str, Veil]]:
    """Which fields are hidden from the actor, by pool; nothing where a lead lies in no pool."""
    pooled = {row.pool_id for row in rows if row.pool_id is not None}
    shown = pooled if not pooled or permits.everything(ctx) else lead_pools.admin_of(ctx)
    hidden: dict[int | None, Mapping[str, Veil]] = {None: {}}
    for pool_id in pooled:
        hidden[pool_id] = {} if pool_id in shown else lead_pools.rules_of(ctx, pool_id)[0].veils
    return hidden


def masks_of(ctx: Context, lead: Lead) -> Mapping[str, Veil]:
    """Which of its fields are hidden from the actor."""
    return _masks(ctx, [lead])[lead.pool_id]


def veiled_in(row: Lead, veils: Mapping[str, Veil]) -> Json:
    """Its veiled fields as they are shown."""
    return veiled_fields({name: getattr(row, name) for name in OWN}, veils)


def _view(ctx: Context, row: Lead, known: Any, pools: Any, became: Any) -> Json:
    customer = None if row.customer_id is None else {"code": f"C{row.customer_id:06d}", "name": became[row.customer_id]}
    return {name: getattr(row, name) for name in OWN} | {
        "label": row.label,
        "owner": known[row.owner_id],
        "creator": known[row.creator_id],
        "pool": pools[row.pool_id],
        "home_pool": pools[row.home_pool_id],
        "customer": customer,
        "reason": row.status_reason,
        "score": row.score,
        "owned_at": instant(ctx, row.owned_at),
        "reclaim_at": instant(ctx, row.reclaim_at),
        "last_follow_up_at": instant(ctx, row.last_follow_up_at),
        "next_follow_up_at": instant(ctx, row.next_follow_up_at),
        **common(ctx, row),
    }


def shown(
    ctx: Context, lead: Lead, *, title: str = "", undo: bool = False, is_revealed: bool = False, **more: Any
) -> Reply:
    """The lead's card with what this person may do next; `title` says what was just done, `more` are facts; with
    `is_revealed` the phone is readable whatever the pool hides."""
    view = present(ctx, [lead])[0] | ({"phone": lead.phone} if is_revealed else {})
    facts = {"lead": view, **more} | ({"tag": title} if title else {})
    buttons = (*buttons_for(ctx, lead, just_done=undo), *((Button("撤销", "undo"),) if undo else ()))
    return Reply("sales/lead", facts, buttons=buttons, subject=subject_of(lead), result=view)


def buttons_for(ctx: Context, lead: Lead, *, just_done: bool = False) -> tuple[Button, ...]:
    """What the actor may do with it now; no 领取 where that could only be refused, today's limits aside, and none for
    what he has just put into a pool."""
    ref = {"ref": lead.code}
    if lead.pool_id is not None:
        if lead_pools.rules_of(ctx, lead.pool_id)[0].assignment.accept_minutes and _waits_for_actor(ctx, lead):
            return answers(lead)
        if just_done or not _is_for_actor(ctx, lead, lead.pool_id):
            return ()
        claim, rules = Button("领取", "lead.claim", ref, "primary"), lead_pools.rules_of(ctx, lead.pool_id)[0]
        look = rules.reveal and "phone" in rules.veils and lead.phone is not None
        return (claim, Button("查看电话", "lead.reveal", ref)) if look else (claim,)
    if ctx.actor is None or lead.owner_id != ctx.actor.id or lead.status not in ("pending", "following", "invalid"):
        return ()
    write, back = Button("写跟进", "follow_up.add", ref, "primary"), Button("退回", "lead.return", ref)
    return (write, back) if lead.status == "invalid" else (write, Button("转客户", "lead.convert", ref), back)


def _waits_for_actor(ctx: Context, lead: Lead) -> bool:
    return ctx.actor is not None and offer_of(ctx, lead) is not None


def _is_for_actor(ctx: Context, lead: Lead, pool_id: int) -> bool:
    pool, rules = fetch_one(ctx.db, LeadPool, id=pool_id), lead_pools.rules_of(ctx, pool_id)[0]
    if ctx.actor is None or pool is None or not pool.is_enabled or not rules.claimable:
        return False
    is_member = lead_pools.is_member(ctx, pool_id, ctx.actor.id)
    return is_member and ownership.cooling_until(ctx, lead, rules.cooldown) is None


def lead_card(ctx: Context, ident: int) -> Reply | None:
    """The present state for a card that is on somebody's phone; None when he may not see it any more."""
    lead = seen(ctx, LEAD, ident)
    return None if lead is None else shown(ctx, lead)


def find_lead(
    ctx: Context, ref: str, *, lock: bool = False, write: bool = False, gate: Condition | None = None
) -> Lead:
    """As `find`; a lead may also be named by its number, where the person may see that."""
    phone = normal_phone(ref)
    if phone is not None:
        known = fetch_all(ctx.db, Lead, Lead.phone == phone, LEAD.gate(ctx), in_clear(ctx), order_by=[Lead.id.desc()])
        ref = known[0].code if known else ref
    lead: Lead = find(ctx, LEAD, ref, lock=lock, write=write, gate=gate)
    return lead


def in_clear(ctx: Context) -> ColumnElement[bool]:
    """Rows whose hidden fields the actor sees: only these are found by a phone, mail or account (domain.md E.7)."""
    if permits.everything(ctx):
        return true()
    if is_hidden(ctx, "lead", "phone"):
        return false()
    return or_(Lead.status != "unassigned", permits.my_pool(ctx, Lead.pool_id, admin=True))


def _hidden(column: Any) -> Filter:
    return lambda ctx, said: (column == said) & in_clear(ctx)


SCENES: dict[str, Any] = {
    "all": lambda _ctx: true(),
    "mine": lambda ctx: Lead.owner_id == ctx.me.id,
    "todo": lambda ctx: (Lead.owner_id == ctx.me.id) & (Lead.status == "pending"),
    "subordinates": lambda ctx: permits.under(ctx, Lead.owner_id) & (Lead.owner_id != ctx.me.id),
    "pool": lambda _ctx: Lead.status == "unassigned",
}
LEAD = Noun(
    name="lead", plural="leads", title="线索", model=Lead, gate=permits.leads, present=present,
    named=("name", "company"), scenes=SCENES,
    columns=(
        "name", "company", "title", "source", "campaign", "region", "industry", "status", "owned_at", "reclaim_at",
        "last_follow_up_at", "next_follow_up_at",
    ),
    filters={
        "phone": lambda ctx, said: by_phone(Lead.phone)(ctx, said) & in_clear(ctx),
        "email": _hidden(Lead.email), "wechat": _hidden(Lead.wechat),
        "owner": by_person(Lead.owner_id), "creator": by_person(Lead.creator_id),
        "pool": by_name_of(Lead.pool_id, LeadPool), "home_pool": by_name_of(Lead.home_pool_id, LeadPool),
        "customer": by_name_of(Lead.customer_id, Customer),
    },
)  # fmt: skip

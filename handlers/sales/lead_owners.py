"""A lead changes hands by somebody's decision: assigned, handed on, given back to a pool (domain.md A.2, A.3)."""

from handlers import permits
from handlers.context import Context
from handlers.customers import claiming, ownership, returned
from handlers.customers.leaving import Held, cancel, held_with
from handlers.finding import find_person, require_write
from handlers.presenting import instant, names
from handlers.reply import Button, Reply
from handlers.sales import assigning, lead_claims, lead_notices, lead_pools
from handlers.sales.lead_view import LEAD, find_lead, present, shown
from models.base import Json
from models.company.people import Person
from models.customers import return_reason
from models.customers.activity import Todo
from models.customers.sea import LeadPool
from models.errors import Conflict, Invalid
from models.rows import fetch_all, fetch_one
from models.sales.lead import Lead


def assign(ctx: Context, refs: list[str], to: str) -> Reply:
    """To a person, by the pool's admins or whoever may write it; claiming limits do not apply, the ledger notes how."""
    person = find_person(ctx, to)
    leads = locked(ctx, refs)
    for lead in leads:
        if lead.owner_id == person.id and lead.status != "invalid":
            raise Conflict(f"线索 {lead.label} 已经由{person.name}负责", next_step="不用再分配")
        lead.taken(ctx.now)  # refuses a closed one before the first write
    done = [hand(ctx, lead, person) for lead in leads]
    lead_notices.handed_in(ctx, done)
    if len(done) == 1:
        return shown(ctx, done[0], title=f"已分给{person.name}", undo=True)
    items = present(ctx, done)
    facts = {"items": items, "total": len(items), "title": f"{len(items)} 条线索已分给{person.name}"}
    return Reply("sales/lead_list", facts, buttons=(Button("撤销", "undo"),), result={"items": items})


def locked(ctx: Context, refs: list[str]) -> list[Lead]:
    """In the order of their ids, so that two batches cannot wait for each other."""
    if len(refs) > 1:
        refs = sorted({find_lead(ctx, ref).code for ref in refs})
    leads = [find_lead(ctx, ref, lock=True, write=True) for ref in refs]
    for lead in leads:
        require_write(ctx, LEAD, lead, permits.leads_to_hand_on)
    return leads


def hand(ctx: Context, lead: Lead, person: Person) -> Lead:
    """Sets the owner; the new one hears by `lead_notices.handed_in`."""
    old = lead.owner_id
    how: ownership.How = "assign" if old is None else "transfer"
    passed = _passed_over(ctx, lead, person) if old is None else {}
    clocks = lead_pools.fresh_clock(ctx, lead, person.id)
    row: Lead = ownership.change(ctx, lead, to=person.id, how=how, home_id=lead.home_pool_id, **clocks)
    topic = "lead.assigned" if old is None else "lead.transferred"
    ctx.record(topic, row, facts=passed)
    lead_notices.moved(ctx, topic, row, old=old, robots=False)
    ctx.refresh_cards("lead", row.id)
    return row


def _passed_over(ctx: Context, lead: Lead, person: Person) -> Json:
    """As of customers: history tells of a cool-down that the assignment did not mind (domain.md E.1.3.5)."""
    if lead.home_pool_id is None:
        return {}
    until = ownership.cooling_until(ctx, lead, lead_pools.rules_of(ctx, lead.home_pool_id)[0].cooldown, person.id)
    return {"cooldown_until": instant(ctx, until)} if until is not None else {}


def give_back(ctx: Context, ref: str, reason: str, pool_ref: str | None) -> Reply:
    """To the named pool, else the one it came from, else that of its owner's department (domain.md E.1.2)."""
    lead = find_lead(ctx, ref, lock=True)
    refuse_return(ctx, lead)
    pool_id = lead_pools.named(ctx, pool_ref).id if pool_ref else lead.home_pool_id
    if pool_id is None:
        owner = fetch_one(ctx.db, Person, id=lead.owner_id)
        facts = {"region": lead.region, "industry": lead.industry, "source": lead.source}
        home = lead_pools.home_of(ctx, owner, **facts) if owner is not None else None
        pool_id = home.id if home is not None else None
    if pool_id is None:
        raise Invalid("pool", "不知道退到哪个线索池", next_step="请说明线索池")
    old = lead.owner_id
    lead = to_pool(ctx, lead, pool_id, out="return", note=reason)
    assigning.came_back(ctx, lead)
    ctx.record("lead.returned", lead, owner_id=old, facts=returned.facts(reason))
    lead_notices.moved(ctx, "lead.returned", lead, old=old, reason=return_reason.shown(reason))
    returned.watch(ctx, "lead", old)
    return shown(ctx, lead, title="已退回线索池", undo=True)


def refuse_return(ctx: Context, lead: Lead) -> None:
    """Raises what forbids it whatever the reason: it lies in a pool already, or is not the actor's to give back."""
    if lead.status != "unassigned":
        require_write(ctx, LEAD, lead)
        return
    where = names(ctx, LeadPool, [lead.pool_id])[lead.pool_id] or "线索池"
    raise claiming.pooled_already(lead.label, where, lead.code, lead_claims.refusal(ctx, lead))


def to_pool(ctx: Context, lead: Lead, pool_id: int, *, out: ownership.Out, note: str, held: Held | None = None) -> Lead:
    """Takes the owner off and closes the open todos about it (domain.md E.1.3.10)."""
    changes = lead.pooled(pool_id, ctx.now, note)
    held = held or held_with(ctx, [lead.id], "lead")[lead.id]
    cancel(ctx, held.todos)
    ctx.refresh_cards("lead", lead.id)
    row: Lead = ownership.change(ctx, lead, to=None, out=out, note=note, period=held.period, **changes)
    return row


def close_todos(ctx: Context, lead: Lead) -> None:
    """Nobody is reminded of a lead that nobody works on."""
    cancel(ctx, fetch_all(ctx.db, Todo, Todo.noun == "lead", Todo.record_id == lead.id, Todo.status == "open"))

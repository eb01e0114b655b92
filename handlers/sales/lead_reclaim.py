"""The clock's side of lead pools: take back what nobody follows, each lead decided on again under its lock."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from sqlalchemy import false, func, select

from handlers.bulk import Bulk, locked
from handlers.context import Context, Notice, unique
from handlers.customers import reclaim
from handlers.customers.facts import Facts
from handlers.customers.leaving import held_with
from handlers.customers.reclaim_nights import Due, Pools, allowed, run_of
from handlers.customers.warned import Written, was_warned, written
from handlers.presenting import names, people
from handlers.sales import assigning, lead_notices, lead_pools
from handlers.sales.lead_owners import to_pool
from handlers.sales.lead_warning import WARNING, warning_due
from models.clock import day_start
from models.customers.sea import LeadPool
from models.sales.lead import ACTIVE, Lead

TOPIC = "lead.reclaimed"
RULE = "超期未跟进"
Verdict = Literal["go", "moved", "lost", "wait"]
Gone = tuple[Lead, reclaim.Deadline]


def due(ctx: Context) -> list[list[int]]:
    """Leads whose reclaim instant has come, in batches, as far as the night may take them; the partial index on
    `reclaim_at` finds them."""
    before = Lead.warned_at < day_start(ctx.now, ctx.zone)
    warned = func.coalesce((Lead.warned_for == Lead.reclaim_at) & before, false())
    columns = (Lead.id, Lead.owner_id, Lead.home_pool_id, Lead.reclaim_at, warned)
    come = (Lead.owner_id.is_not(None), Lead.reclaim_at <= ctx.now)
    rows = ctx.db.execute(select(*columns).where(*come).order_by(Lead.owner_id, Lead.id)).all()
    pools = Pools(
        limit=lambda pool: lead_pools.rules_of(ctx, pool)[0].night_limit,
        version=lambda pool: (f"lead_pool/{pool}", lead_pools.rules_of(ctx, pool)[1]),
    )
    found = [
        Due(i, owner, home, at, ready) for i, owner, home, at, ready in rows if owner is not None and at is not None
    ]
    return allowed(ctx, "lead", Lead, found, pools) if found else []


def take_back(ctx: Bulk, idents: Sequence[int]) -> None:
    """Takes leads back to their home pools where that is still right, checked again under lock (domain.md E.1.5).

    Without a delivered warning it waits for one, and then one business day (contract.md `haitun tick`).
    """
    still = (Lead.reclaim_at <= ctx.now, Lead.home_pool_id.is_not(None), Lead.status.in_(ACTIVE))
    rows = locked(ctx, Lead, idents, *still)
    since = [row.warned_at for row in rows if row.warned_at is not None]
    heard = written(ctx, WARNING, {row.owner_id or 0 for row in rows}, min(since)) if since else {}
    facts = lead_pools.facts_of_rows(ctx, rows)
    going: list[Gone] = []
    for row in rows:
        verdict, deadline = _verdict(ctx, row, facts[row.id], heard.get(row.owner_id or 0, ()))
        if verdict == "go" and deadline is not None:
            going.append((row, deadline))
        elif verdict == "moved":
            ctx.amend(row, **lead_pools.clock_changes(ctx, row, facts[row.id]))
        elif verdict == "lost":
            ctx.amend(row, warned_for=None, warned_at=None)
    _take(ctx, going)


def _verdict(
    ctx: Context, lead: Lead, facts: Facts, notices: Iterable[Written]
) -> tuple[Verdict, reclaim.Deadline | None]:
    """Is it due by the rules of now, and was its owner warned of this very deadline?"""
    deadline = lead_pools.deadline_of(ctx, lead, facts)
    if deadline is None or deadline.reclaim_at > ctx.now:
        return "moved", deadline
    if lead.warned_for != lead.reclaim_at or lead.warned_at is None or lead.warned_at > ctx.now:
        return "wait", deadline
    answer = was_warned(ctx, notices, lead.code, since=lead.warned_at, last=warning_due(ctx, lead))
    found: dict[str, Verdict] = {"yes": "go", "lost": "lost", "not yet": "wait"}
    return found[answer], deadline


def _take(ctx: Bulk, going: Sequence[Gone]) -> None:
    if not going:
        return
    held, run = held_with(ctx, [lead.id for lead, _ in going], "lead"), run_of(ctx, "lead")
    gone: dict[tuple[int, int], list[Gone]] = defaultdict(list)
    for lead, deadline in going:
        owner = lead.owner_id or 0
        why = {"rule": deadline.rule, "days": deadline.days}
        row = to_pool(ctx, lead, lead.home_pool_id or 0, out="reclaim", note=RULE, held=held[lead.id])
        assigning.came_back(ctx, row)
        ctx.record(TOPIC, row, owner_id=owner, facts=why | {"run": run.id if run is not None else None})
        gone[owner, deadline.days].append((row, deadline))
    for (owner, days), found in gone.items():
        _tell(ctx, owner, days, found)


def _tell(ctx: Context, owner: int, days: int, found: Sequence[Gone]) -> None:
    """The old owner hears of all of them at once, groups of each."""
    pools = names(ctx, LeadPool, [lead.pool_id for lead, _ in found])
    items = [{"code": lead.code, "name": lead.label, "sea": pools[lead.pool_id]} for lead, _ in found]
    first, deadline = found[0]
    alone = f"线索 {first.label} 已回收到{pools[first.pool_id]}"
    title = alone if len(found) == 1 else f"{len(found)} 条线索已回收到线索池"
    facts = {"customers": items, "title": title, "rule": f"{days} 天未跟进"}
    key = f"lead_reclaimed|{first.code}|{deadline.reclaim_at.isoformat()}"
    ctx.tell(Notice(TOPIC, "customers/reclaimed", facts, first.code, unique([owner]), robots=False, key=key))
    person = people(ctx, [owner])[owner]
    who = {"name": person["name"] if person else ""}
    groups = [lead_notices.group_facts(ctx, lead, who=who) for lead, _ in found]
    ctx.tell(Notice(TOPIC, "notice", {}, first.code, concerned=owner, groups=groups, key=key))

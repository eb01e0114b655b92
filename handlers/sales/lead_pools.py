"""Lead pools: which one a lead belongs to, the rules in force there, and when they take a lead back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, literal, select

from handlers import permits
from handlers.company import rules
from handlers.context import Context
from handlers.customers import reclaim
from handlers.customers.facts import Asked, Facts, read
from handlers.customers.pools import find_pool, home_among
from handlers.customers.seas import after
from handlers.customers.verdicts import judged
from handlers.nouns import Noun
from handlers.presenting import common
from models.base import Json
from models.company.people import Person
from models.company.pool_rules import LeadPoolRules
from models.customers.sea import LeadPool, LeadPoolReach
from models.errors import Forbidden
from models.rows import freeze, query
from models.sales.lead import ACTIVE, Lead
from models.statement import Statement

WARN_BEFORE = 1
_MINE = LeadPoolReach.person_id == bindparam("person")
_MEMBER = Statement(
    select(literal(1)).where(_MINE, LeadPoolReach.pool_id == bindparam("pool"), LeadPoolReach.is_member)
)
_ADMINISTERED = Statement(select(LeadPoolReach.pool_id).where(_MINE, LeadPoolReach.is_admin))
_ENABLED = Statement(query(LeadPool, LeadPool.is_enabled).order_by(LeadPool.id))


def rules_of(ctx: Context, pool_id: int) -> tuple[LeadPoolRules, int]:
    """The pool's rules in force and their version."""
    return rules.in_force(ctx, f"lead_pool/{pool_id}", LeadPoolRules)


def named(ctx: Context, ref: str, field: str = "pool") -> LeadPool:
    """See `find_pool`."""
    return find_pool(ctx, LeadPool, ref, title="线索池", field=field)


def home_of(ctx: Context, person: Person, **record: str | None) -> LeadPool | None:
    """See `home_among`; `record` is what routing looks at: region, industry, source."""
    pools = [freeze(LeadPool, row) for row in _ENABLED.rows(ctx.db, {})]
    ctx.memo.setdefault(LeadPool, {}).update((pool.id, pool.name) for pool in pools)
    return home_among(ctx, pools, person, "pool", record)


def is_member(ctx: Context, pool_id: int, person_id: int) -> bool:
    """Members claim; admins claim only when they are members too."""
    return _MEMBER.first(ctx.db, {"pool": pool_id, "person": person_id}) is not None


def refuse_outsider(ctx: Context, pool: LeadPool, rule: str, ask: str) -> None:
    """E.1.2: who chooses a pool must have a right to it. `rule` and `ask` say what for, and what to do."""
    if not pool.is_enabled:
        raise Forbidden(f"{pool.name}已停用", "停用的线索池不再收线索", "请换一个线索池，或联系管理员")
    if permits.everything(ctx) or pool.id in admin_of(ctx) or is_member(ctx, pool.id, ctx.me.id):
        return
    raise Forbidden(f"你不是{pool.name}的成员", rule, ask)


def admin_of(ctx: Context) -> set[int]:
    """The pools that the actor administers."""
    if ctx.actor is None:
        return set()
    return {row[0] for row in _ADMINISTERED.rows(ctx.db, {"person": ctx.actor.id})}


def verdict_of(
    ctx: Context, lead: Lead | None, facts: Facts | None = None, /, **changes: Any
) -> reclaim.Verdict | None:
    """What the pool's rules say of an owned lead, with `changes` applied. None is a lead that is only about to be made
    of them; a sweep gives the `facts` that it read for many."""
    clocks = clocks_of(ctx, lead, facts, **changes)
    home = after(lead, changes, "home_pool_id")
    return None if clocks is None or home is None else judged(ctx, f"lead_pool/{home}", LeadPoolRules, clocks)


def clocks_of(ctx: Context, lead: Lead | None, facts: Facts | None = None, /, **changes: Any) -> reclaim.Clocks | None:
    """What the rules look at: of pending and following ones alone."""
    home, owned_at = after(lead, changes, "home_pool_id"), after(lead, changes, "owned_at")
    if home is None or owned_at is None or after(lead, changes, "status") not in ACTIVE:
        return None
    owner = after(lead, changes, "owner_id")
    owner = ctx.actor.id if owner is None and ctx.actor is not None else owner
    asked = Asked(lead.id if lead is not None else 0, owner, owned_at)
    known = facts if facts is not None else facts_of(ctx, {home: [asked]})[asked.ident]
    clock_at, source = after(lead, changes, "clock_at") or owned_at, after(lead, changes, "source")
    return reclaim.Clocks(owned_at=owned_at, clock_at=clock_at, source=source, **vars(known))


def deadline_of(
    ctx: Context, lead: Lead | None, facts: Facts | None = None, /, **changes: Any
) -> reclaim.Deadline | None:
    """When it is taken; see `verdict_of`."""
    verdict = verdict_of(ctx, lead, facts, **changes)
    return None if verdict is None else verdict.first


def facts_of_rows(ctx: Context, rows: Sequence[Lead]) -> dict[int, Facts]:
    """Of owned leads."""
    asked: dict[int, list[Asked]] = defaultdict(list)
    for row in rows:
        if row.home_pool_id is not None and row.owned_at is not None:
            asked[row.home_pool_id].append(Asked(row.id, row.owner_id, row.owned_at))
    return facts_of(ctx, asked)


def facts_of(ctx: Context, asked: Mapping[int, Sequence[Asked]]) -> dict[int, Facts]:
    """By lead, what the rules of its pool want to know; `asked` by home pool."""
    found: dict[int, Facts] = {}
    for home, several in asked.items():
        pool, _ = rules_of(ctx, home)
        found |= read(ctx, "lead", several, reclaim.needs(pool.taking, pool.qualifying), pool.qualifying)
    return found


def clock_changes(ctx: Context, lead: Lead | None, facts: Facts | None = None, /, **changes: Any) -> dict[str, Any]:
    """`changes` plus the `reclaim_at` that follows from them; a moved deadline makes an earlier warning void."""
    due = deadline_of(ctx, lead, facts, **changes)
    changes.pop("owner_id", None)  # `ownership.change` writes it
    reclaim_at = due.reclaim_at if due else None
    if reclaim_at != after(lead, {}, "reclaim_at"):
        changes |= {"reclaim_at": reclaim_at, "warned_for": None, "warned_at": None}
    return changes


def fresh_clock(ctx: Context, lead: Lead, to: int | None = None) -> dict[str, Any]:
    """What new ownership starts: out of the pool, a full period from now. `to` is the new owner, if not the actor.
    Raises `Conflict` for a closed lead."""
    changes = clock_changes(ctx, lead, owner_id=to, **lead.taken(ctx.now), owned_at=ctx.now)
    del changes["owned_at"]  # `ownership.change` writes it
    return changes


def present(ctx: Context, rows: Sequence[LeadPool]) -> list[Json]:
    """Pools as the API shows them, with how many leads wait in each."""
    waiting = select(Lead.pool_id, func.count()).where(Lead.status == "unassigned").group_by(Lead.pool_id)
    counts: dict[int | None, int] = {row[0]: row[1] for row in ctx.db.execute(waiting)}
    return [
        {
            "code": row.code,
            "name": row.name,
            "is_enabled": row.is_enabled,
            "lead_count": counts.get(row.id, 0),
            "rules": rules_of(ctx, row.id)[0].model_dump(mode="json"),
            **common(ctx, row),
        }
        for row in rows
    ]


LEAD_POOL = Noun(
    name="lead_pool", plural="lead_pools", title="线索池", model=LeadPool, gate=permits.public, present=present,
    named=("name",), columns=("name", "is_enabled"), scenes={"all": permits.public},
)  # fmt: skip

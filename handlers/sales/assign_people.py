"""What the choice of a lead's owner has to know of the candidates: read under their locks (domain.md E.2.3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from handlers.company import leaves
from handlers.company.organisation import below
from handlers.context import Context
from handlers.sales.assign_choice import Candidate
from models.clock import day_start
from models.company.assign_rules import AssignRule, Candidates
from models.company.people import ChannelAccount, Department, Person
from models.company.pool_rules import LeadPoolRules
from models.customers.ownership import Ownership
from models.customers.sea import LeadPool
from models.rows import fetch_all, fetch_one
from models.sales.assignment import GIVEN, Assignment, AssignmentPause
from models.sales.lead import ACTIVE, Lead

ANSWERS = {"declined": "拒绝过这条线索", "lapsed": "没有及时接受这条线索"}


def candidates(ctx: Context, lead: Lead, rule: AssignRule, group: Candidates, rules: LeadPoolRules) -> list[Candidate]:
    """In the order of the rule, locked until commit by number: who counts somebody's leads is alone with him."""
    idents = _idents(ctx, lead.pool_id or 0, rule, group)
    locked = fetch_all(ctx.db, Person, Person.id.in_(idents), order_by=[Person.id], lock=True) if idents else []
    people = {row.id: row for row in locked}
    open_leads, todays = loads(ctx, idents), _today(ctx, lead.pool_id or 0, idents)
    bound, paused = _bound(ctx, idents), _paused(ctx, idents)
    cooling = _cooling(ctx, lead, idents, rules.cooldown)
    hours = leaves.working_time(ctx)
    away = leaves.days_away(ctx, idents)
    return [
        Candidate(
            ident,
            people[ident].name,
            is_active=people[ident].is_active,
            is_bound=ident in bound,
            is_paused=ident in paused,
            is_away=ctx.today in away[ident],
            is_open=hours.is_open(ctx.now),
            load=open_leads.get(ident, 0),
            today=todays.get(ident, 0),
            cooling=cooling.get(ident, ""),
        )
        for ident in idents
        if ident in people
    ]


def _idents(ctx: Context, pool_id: int, rule: AssignRule, group: Candidates) -> list[int]:
    """Named people as they stand, then those of the departments by number; nobody named: the pool's members."""
    named = (rule.person,) if rule.person is not None else group.people
    by_name = {row.name: row.id for row in fetch_all(ctx.db, Person, Person.name.in_(named))} if named else {}
    found = [by_name[name] for name in named if name in by_name]
    if rule.person is not None or (found and not group.departments):
        return found
    rows = fetch_all(ctx.db, Department)
    departments = [row.id for row in rows if row.name in group.departments]
    if not found and not departments:  # as declared: a hidden pool's members are in no closure
        pool = fetch_one(ctx.db, LeadPool, id=pool_id)
        declared = pool.members if pool is not None else {}
        found, departments = list(declared.get("people", ())), list(declared.get("departments", ()))
    wanted = below(departments, {row.id: row.parent_id for row in rows})
    own = select(Person.id).where(Person.department_id.in_(wanted), Person.is_active).order_by(Person.id)
    return list(dict.fromkeys([*found, *ctx.db.execute(own).scalars()]))


def loads(ctx: Context, idents: Sequence[int]) -> dict[int, int]:
    """Open leads of each, and offers that he has not answered."""
    owned = select(Lead.owner_id, func.count()).where(Lead.owner_id.in_(idents), Lead.status.in_(ACTIVE))
    offered = select(Assignment.person_id, func.count()).where(
        Assignment.person_id.in_(idents), Assignment.status == "offered"
    )
    counts = dict.fromkeys(idents, 0)
    for counted in (owned.group_by(Lead.owner_id), offered.group_by(Assignment.person_id)):
        for ident, count in ctx.db.execute(counted):
            counts[ident or 0] += count
    return counts


def _today(ctx: Context, pool_id: int, idents: Sequence[int]) -> dict[int, int]:
    """What the pool has given to each since local midnight, refused and lapsed offers aside."""
    start = day_start(ctx.now, ctx.zone)
    today = (Assignment.chosen_at >= start, Assignment.chosen_at < start + timedelta(days=1))
    given = (Assignment.pool_id == pool_id, Assignment.person_id.in_(idents), Assignment.status.in_(GIVEN))
    counted = select(Assignment.person_id, func.count()).where(*given, *today).group_by(Assignment.person_id)
    return {ident: count for ident, count in ctx.db.execute(counted) if ident is not None}


def _bound(ctx: Context, idents: Sequence[int]) -> set[int]:
    return set(ctx.db.execute(select(ChannelAccount.person_id).where(ChannelAccount.person_id.in_(idents))).scalars())


def _paused(ctx: Context, idents: Sequence[int]) -> set[int]:
    mine = select(AssignmentPause.person_id).where(AssignmentPause.person_id.in_(idents))
    return set(ctx.db.execute(mine).scalars())


def _cooling(ctx: Context, lead: Lead, idents: Sequence[int], cooldown: timedelta) -> Mapping[int, str]:
    """Why somebody may not have this lead again: it left him less than the pool's cool-down ago, or since it came into
    the pool he did not want it."""
    left = select(Ownership.owner_id, func.max(Ownership.ended_at)).where(
        Ownership.noun == "lead", Ownership.record_id == lead.id, Ownership.owner_id.in_(idents)
    )
    found: dict[int, str] = {}
    for ident, ended_at in ctx.db.execute(left.group_by(Ownership.owner_id)):
        until: datetime | None = ended_at + cooldown if ended_at is not None else None
        if until is not None and until > ctx.now:
            local = until.astimezone(ctx.zone)
            found[ident] = f"刚离开过他，{local.month}月{local.day}日 {local:%H:%M} 之后可以再给他"
    asked = (Assignment.lead_id == lead.id, Assignment.status.in_(tuple(ANSWERS)))
    since = Assignment.entered_at >= (lead.entered_pool_at or lead.created_at)
    for row in fetch_all(ctx.db, Assignment, *asked, since, Assignment.person_id.in_(idents)):
        found[row.person_id or 0] = ANSWERS[row.status]
    return found

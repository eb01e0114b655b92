"""Leads that a pool gives to people by itself: sticky match, rule, choice, offer (domain.md E.2).

Locks: the lead, its candidates by number, then the cursor of the rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, BigInteger, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from handlers.company import leaves
from handlers.context import Context
from handlers.customers import ownership
from handlers.sales import assign_choice, assign_notices, assign_people, assign_sticky, lead_pools, qualifying
from handlers.sales.assign_choice import Choice, LeadFacts
from models.base import Json
from models.company.assign_rules import Assignment as Rules
from models.company.assign_rules import AssignRule
from models.company.calendar import WorkingTime
from models.company.pool_rules import LeadPoolRules
from models.rows import fetch_all, fetch_one
from models.sales.assignment import UNDECIDED, Assignment, AssignmentCursor
from models.sales.lead import Lead

RETRY = timedelta(minutes=10)  # working time after which somebody is looked for again
OFF_HOURS, NO_RULE, MANUAL = "下班时间到的线索，上班后分配", "没有适用的分配规则", "规则要求由管理员分配"


@dataclass(frozen=True)
class Case:
    """One lead that waits for an owner. `row` is the open decision, if it was looked at before; `hop` how many were
    asked since it came at `entered_at`."""

    lead: Lead
    pool: LeadPoolRules
    version: int
    hours: WorkingTime
    entered_at: datetime
    hop: int = 0
    row: Assignment | None = None

    @property
    def rules(self) -> Rules:
        return self.pool.assignment


def entered(ctx: Context, lead: Lead) -> Lead:
    """A new lead of a pool, in the same transaction; where the pool does not assign by itself nothing is asked."""
    pool, version = lead_pools.rules_of(ctx, lead.pool_id or 0)
    if not pool.assignment.auto:
        return lead
    return decide(ctx, Case(lead, pool, version, leaves.working_time(ctx), ctx.now))


def came_back(ctx: Context, lead: Lead) -> None:
    """A lead that was returned or taken back is given again after a while, where the pool says so."""
    pool, version = lead_pools.rules_of(ctx, lead.pool_id or 0)
    minutes = pool.assignment.again_after_minutes
    if not pool.assignment.auto or minutes is None:
        return
    hours = leaves.working_time(ctx)
    _queue(
        ctx, Case(lead, pool, version, hours, ctx.now), hours.after(ctx.now, timedelta(minutes=minutes)), "退回线索池"
    )


def moved_in(ctx: Context, lead: Lead) -> None:
    """A lead from another pool: the clock gives it in a moment."""
    pool, version = lead_pools.rules_of(ctx, lead.pool_id or 0)
    if pool.assignment.auto:
        _queue(ctx, Case(lead, pool, version, leaves.working_time(ctx), ctx.now), ctx.now, "转入线索池")


def _queue(ctx: Context, case: Case, due: datetime, why: str) -> None:
    close_open(ctx, case.lead.id)
    log(ctx, case, status="waiting", why=why, due_at=due, alert_at=_alert_at(case, due))


def loaded(ctx: Context, idents: Iterable[object], pools: Iterable[int]) -> None:
    """Leads that a file or import put into these pools: the clock gives those of pools that assign by themselves."""
    these = bindparam(None, list(idents), ARRAY(BigInteger))
    for pool_id in pools:
        pool, version = lead_pools.rules_of(ctx, pool_id)
        if not pool.assignment.auto:
            continue
        mine = (Lead.id == func.any(these), Lead.status == "unassigned", Lead.pool_id == pool_id)
        for lead in fetch_all(ctx.db, Lead, *mine, order_by=[Lead.id]):
            case = Case(lead, pool, version, leaves.working_time(ctx), ctx.now)
            log(ctx, case, status="waiting", why="导入的线索", due_at=ctx.now, alert_at=_alert_at(case, ctx.now))


def close_open(ctx: Context, lead_id: int) -> None:
    """What was still undecided about a lead that had left the pool by another way."""
    open_ = (Assignment.lead_id == lead_id, Assignment.status.in_(UNDECIDED))
    ctx.db.execute(update(Assignment).where(*open_).values(status="moot", due_at=None))


def decide(ctx: Context, case: Case) -> Lead:
    """Gives or offers the lead, or lets it wait; the lead as it is then. It is locked and lies in its pool."""
    match = assign_sticky.find_owner(ctx, case.lead)
    if match is not None:
        log(ctx, case, status="sticky", person_id=match.owner_id, why=match.why)
        return give(ctx, case.lead, match.owner_id, match.why)
    if not case.rules.always_on and not case.hours.is_open(ctx.now):
        return _wait(ctx, case, OFF_HOURS, case.hours.after(ctx.now, timedelta(0)))
    facts = facts_of(ctx, case.lead)
    found = assign_choice.first_rule(facts, case.rules.rules)
    if found is None:
        return _wait(ctx, case, NO_RULE, None)
    number, rule = found
    named: Json = {"rule": rule.name or f"第{number}条", "strategy": rule.strategy}
    if rule.strategy == "manual":
        return _wait(ctx, case, MANUAL, None, **named)
    choice = _choose(ctx, case, facts, rule, named["rule"])
    named["skipped"] = [{"name": one.name, "why": one.why} for one in choice.skipped]
    if choice.person is None:
        return _wait(ctx, case, choice.why, case.hours.after(ctx.now, RETRY), **named)
    named |= {"person_id": choice.person.id, "why": choice.why}
    return _offer(ctx, case, named) if case.rules.accept_minutes else _assign(ctx, case, named)


def facts_of(ctx: Context, lead: Lead) -> LeadFacts:
    """What rules look at."""
    score = lead.score if lead.score is not None else qualifying.scored(ctx, lead).points
    return LeadFacts(lead.source, lead.region, lead.industry, lead.company, lead.note or "", score)


def _choose(ctx: Context, case: Case, facts: LeadFacts, rule: AssignRule, name: str) -> Choice:
    """The cursor goes on only where somebody was found."""
    number, group = assign_choice.group_of(facts, rule)
    people = assign_people.candidates(ctx, case.lead, rule, group, case.pool)
    subject = f"lead_pool/{case.lead.pool_id}/{name}" + (f"/{number}" if number else "")
    cursor = AssignmentCursor.__table__
    ctx.db.execute(insert(cursor).values(subject=subject, state={}).on_conflict_do_nothing())
    mine = cursor.c.subject == subject
    state: Json = ctx.db.execute(select(cursor.c.state).where(mine).with_for_update()).scalar_one()
    choice = assign_choice.choose(rule, people, case.rules, state)
    if choice.person is not None and choice.state != state:
        ctx.db.execute(cursor.update().where(mine).values(state=choice.state))
    return choice


def _assign(ctx: Context, case: Case, named: Json) -> Lead:
    log(ctx, case, status="assigned", **named)
    return give(ctx, case.lead, named["person_id"], named["why"])


def _offer(ctx: Context, case: Case, named: Json) -> Lead:
    """It stays in the pool until he accepts; his answer is waited for in working time."""
    due = case.hours.after(ctx.now, timedelta(minutes=case.rules.accept_minutes or 0))
    row = log(ctx, case, status="offered", due_at=due, **named)
    ctx.record("lead.offered", case.lead, facts={"person": named["person_id"], "why": row.why})
    assign_notices.offered(ctx, case.lead, row, case.pool)
    return case.lead


def _wait(ctx: Context, case: Case, why: str, due: datetime | None, **named: Any) -> Lead:
    """Unassigned for now. Whoever administers the pool hears of it once, when it has waited long enough."""
    alert_at = case.row.alert_at if case.row is not None and case.row.alert_at is not None else _alert_at(case, ctx.now)
    alerted = case.row is not None and case.row.alerted_at is not None
    named |= {"why": why, "person_id": None, "alert_at": alert_at}
    if not alerted and alert_at <= ctx.now:
        assign_notices.unassigned(ctx, case.lead, why)
        named["alerted_at"], alerted = ctx.now, True
    dues = [at for at in (due, None if alerted else alert_at) if at is not None]
    log(ctx, case, status="waiting" if dues else "left", due_at=min(dues) if dues else None, **named)
    return case.lead


def _alert_at(case: Case, since: datetime) -> datetime:
    return case.hours.after(since, timedelta(minutes=case.rules.alert_after_minutes))


def give(ctx: Context, lead: Lead, person_id: int, why: str) -> Lead:
    """Sets the owner, who hears of it; so do the pool's admins where they asked."""
    clocks, rules = lead_pools.fresh_clock(ctx, lead, person_id), lead_pools.rules_of(ctx, lead.pool_id or 0)[0]
    row: Lead = ownership.change(ctx, lead, to=person_id, how="assign", home_id=lead.home_pool_id, **clocks)
    ctx.record("lead.assigned", row, facts={"why": why, "auto": True})
    assign_notices.given(ctx, row, why, tell_admins=rules.assignment.tell_admins)
    ctx.refresh_cards("lead", row.id)
    return row


def log(ctx: Context, case: Case, **values: Any) -> Assignment:
    """The decision, in the open row or in a new one."""
    if values.get("person_id") is not None:
        values["chosen_at"] = ctx.now
    if values["status"] not in UNDECIDED:
        values["due_at"] = None
    if case.row is not None and case.row.status in UNDECIDED:
        return ctx.save(case.row, rule_version=case.version, **values)
    blank: Json = {"skipped": [], "rule": None, "strategy": None}
    about = {"lead_id": case.lead.id, "pool_id": case.lead.pool_id or case.lead.home_pool_id}
    row = {"entered_at": case.entered_at, "hop": case.hop, "rule_version": case.version, **about}
    return ctx.insert(Assignment, **blank | row | values)


def open_case(ctx: Context, lead: Lead, row: Assignment) -> Case:
    """Where an open decision stands by the rules of now."""
    pool, version = lead_pools.rules_of(ctx, row.pool_id)
    return Case(lead, pool, version, leaves.working_time(ctx), row.entered_at, row.hop, row)


def next_hop(ctx: Context, case: Case, row: Assignment) -> Lead:
    """Whoever was asked does not take it (`row` says so already): the next one, or the pool's admins at last."""
    case = replace(case, hop=row.hop + 1, row=None)
    if case.hop >= case.rules.max_hops:
        why = f"问过 {case.hop} 个人，没有人接受"
        log(ctx, case, status="left", why=why, alerted_at=ctx.now)
        assign_notices.unassigned(ctx, case.lead, why)
        return case.lead
    return decide(ctx, case)


def resume(ctx: Context, lead_id: int) -> None:
    """What the clock does with a decision that is due: wakes it, or goes on to the next candidate."""
    lead = fetch_one(ctx.db, Lead, id=lead_id, lock=True)
    rows = fetch_all(ctx.db, Assignment, Assignment.lead_id == lead_id, Assignment.status.in_(UNDECIDED), lock=True)
    if lead is None or not rows or rows[0].due_at is None or rows[0].due_at > ctx.now:
        return
    row = rows[0]
    if lead.status != "unassigned" or lead.pool_id != row.pool_id:
        ctx.save(row, status="moot", due_at=None)
        return
    case = open_case(ctx, lead, row)
    if not case.rules.auto:
        ctx.save(row, status="left", due_at=None)
    elif row.status == "offered":
        row = ctx.save(row, status="lapsed", due_at=None)
        assign_notices.lapsed(ctx, lead, row)
        next_hop(ctx, case, row)
    else:
        decide(ctx, case)


def due(ctx: Context) -> list[int]:
    """The leads whose decision is due, oldest first."""
    open_ = (Assignment.status.in_(UNDECIDED), Assignment.due_at <= ctx.now)
    return list(ctx.db.execute(select(Assignment.lead_id).where(*open_).order_by(Assignment.due_at)).scalars())

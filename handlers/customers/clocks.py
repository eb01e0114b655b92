"""Brings the deadlines of many records to what the rules and their facts say now: after a leave, a new version of a
rule, a changed calendar. What only the clock reads is no history."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert

from handlers.bulk import owned_batches
from handlers.context import Context
from handlers.customers import seas
from handlers.sales import lead_pools
from models.base import Json
from models.bulk import update_rows
from models.company.people import Person
from models.company.rule import Rule
from models.customers.customer import Customer
from models.job_run import JobRun
from models.rows import Condition, fetch_all, fetch_one
from models.sales.lead import ACTIVE, Lead

Model = type[Customer] | type[Lead]


def recount(ctx: Context, model: Model, *where: Condition) -> int:
    """Those of them whose deadline moves, locked in the order of their numbers; a moved one is warned of anew."""
    table: Any = model
    running = (table.owned_at.is_not(None), *where)
    still = running if model is Customer else (*running, Lead.status.in_(ACTIVE))
    rows = fetch_all(ctx.db, table, *still, order_by=[table.id], lock=True)
    moved = _moved_customers(ctx, rows) if model is Customer else _moved_leads(ctx, rows)
    if moved:
        update_rows(ctx.db, model, moved)
    return len(moved)


def recount_all(ctx: Context, idents: Sequence[int], *, model: Model) -> None:
    """A batch of a sweep."""
    table: Any = model
    recount(ctx, model, table.id.in_(list(idents)))


def of_person(ctx: Context, person_id: int) -> int:
    """All that a person owns, whose leave has changed in this very transaction."""
    ctx.memo.pop("days away", None)
    if ctx.actor is not None and ctx.actor.id == person_id:
        ctx.actor = fetch_one(ctx.db, Person, id=person_id)
    found = recount(ctx, Customer, Customer.owner_id == person_id)
    return found + recount(ctx, Lead, Lead.owner_id == person_id)


def unsettled(ctx: Context) -> list[tuple[str, int]]:
    """Rules whose version in force the deadlines do not follow yet."""
    concerned = Rule.subject.like("sea/%") | Rule.subject.like("lead_pool/%") | (Rule.subject == "calendar")
    newest = select(Rule.subject, func.max(Rule.version).label("version")).where(
        Rule.effective_at <= ctx.now, concerned
    )
    present = newest.group_by(Rule.subject).subquery()
    key = func.concat("rule/", present.c.subject, "/", present.c.version)
    done = exists(select(1).where(JobRun.key == key))
    rows = ctx.db.execute(select(present.c.subject, present.c.version).where(~done).order_by(present.c.subject))
    return [(subject, version) for subject, version in rows]


def follow(ctx: Context, *, model: Model, subject: str) -> list[list[int]]:
    """The records that a rule concerns, in batches."""
    noun, _, number = subject.partition("/")
    if noun == "calendar":
        return owned_batches(ctx, model)
    home = Customer.home_sea_id if model is Customer else Lead.home_pool_id
    is_its = (noun == "sea") == (model is Customer)
    return owned_batches(ctx, model, home == int(number)) if is_its else []


def settled(ctx: Context, subject: str, version: int) -> None:
    """From now on they do."""
    values = {"key": f"rule/{subject}/{version}", "ran_at": ctx.now}
    ctx.db.execute(insert(JobRun.__table__).values(**values).on_conflict_do_nothing())


def _moved_customers(ctx: Context, rows: Sequence[Customer]) -> list[Json]:
    facts = seas.facts_of_rows(ctx, rows)
    columns = ("reclaim_at", "warn_at", "warned_at", "nudge_at", "marked_at")
    found = ((row, seas.clock_changes(ctx, row, facts.get(row.id))) for row in rows)
    return [_line(ctx, row, changes, columns) for row, changes in found if changes]


def _moved_leads(ctx: Context, rows: Sequence[Lead]) -> list[Json]:
    facts = lead_pools.facts_of_rows(ctx, rows)
    columns = ("reclaim_at", "warned_for", "warned_at")
    found = ((row, lead_pools.clock_changes(ctx, row, facts.get(row.id))) for row in rows)
    return [_line(ctx, row, changes, columns) for row, changes in found if changes]


def _line(ctx: Context, row: Any, changes: Json, columns: Sequence[str]) -> Json:
    after = {name: changes.get(name, getattr(row, name)) for name in columns}
    return {"row_id": row.id, "row_version": row.version, **after, "updated_at": ctx.now}

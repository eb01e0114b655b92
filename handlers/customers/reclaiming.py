"""The clock takes customers back to their sea, a batch a transaction, each of them decided on again under its lock."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from sqlalchemy import false, func, or_, select

from handlers.bulk import Bulk, locked
from handlers.context import Context, Notice, unique
from handlers.customers import ownership, reclaim, seas
from handlers.customers.explaining import RULES
from handlers.customers.facts import Facts
from handlers.customers.leaving import Held, cancel, held_with, to_sea
from handlers.customers.reclaim_nights import Due, Pools, allowed, run_of
from handlers.customers.warned import Written, was_warned, written
from handlers.customers.warning import WARNING
from handlers.presenting import instant, names, people
from models.base import Json
from models.clock import day_start
from models.company.people import Person
from models.company.reclaim_run import ReclaimRun
from models.customers.customer import Customer
from models.customers.sea import Sea
from models.rows import fetch_all

TOPIC = "customer.reclaimed"
Verdict = Literal["go", "moved", "lost", "wait"]
Gone = tuple[Customer, reclaim.Deadline]


def due(ctx: Context) -> list[list[int]]:
    """Customers whose reclaim instant has come, in batches, as far as the night may take them."""
    silent = [sea for (sea,) in ctx.db.execute(select(Sea.id)) if not seas.rules_of(ctx, sea)[0].warn_before_days]
    ready = or_(Customer.warned_at < day_start(ctx.now, ctx.zone), Customer.home_sea_id.in_(silent))
    columns = (Customer.id, Customer.owner_id, Customer.home_sea_id, Customer.reclaim_at, func.coalesce(ready, false()))
    come = (Customer.owner_id.is_not(None), Customer.reclaim_at <= ctx.now)
    rows = ctx.db.execute(select(*columns).where(*come).order_by(Customer.owner_id, Customer.id)).all()
    pools = Pools(
        limit=lambda sea: seas.rules_of(ctx, sea)[0].night_limit,
        version=lambda sea: (f"sea/{sea}", seas.rules_of(ctx, sea)[1]),
    )
    found = [
        Due(i, owner, home, at, ready) for i, owner, home, at, ready in rows if owner is not None and at is not None
    ]
    return allowed(ctx, "customer", Customer, found, pools) if found else []


def take_back(ctx: Bulk, idents: Sequence[int]) -> None:
    """Takes back those for which that is still right, checked again under their locks (domain.md E.1.5). A deadline
    that has moved is written down; a warning that was lost is due again.

    Without a delivered warning it warns first and waits one more business day (contract.md `haitun tick`).
    """
    still = (Customer.reclaim_at <= ctx.now, Customer.home_sea_id.is_not(None))
    rows = locked(ctx, Customer, idents, *still)
    heard, facts = _heard(ctx, rows), seas.facts_of_rows(ctx, rows)
    going: list[Gone] = []
    for row in rows:
        verdict, due_now = _verdict(ctx, row, facts[row.id], heard.get(row.owner_id or 0, ()))
        if verdict == "go" and due_now is not None:
            going.append((row, due_now))
        elif verdict == "moved":
            ctx.amend(row, **seas.clock_changes(ctx, row, facts[row.id]))
        elif verdict == "lost":
            ctx.amend(row, warn_at=ctx.now, warned_at=None)
    _take(ctx, going)


def _heard(ctx: Context, rows: Sequence[Customer]) -> dict[int, list[Written]]:
    since = [row.warned_at for row in rows if row.warned_at is not None]
    return written(ctx, WARNING, {row.owner_id or 0 for row in rows}, min(since)) if since else {}


def _verdict(
    ctx: Context, customer: Customer, facts: Facts, notices: Iterable[Written]
) -> tuple[Verdict, reclaim.Deadline | None]:
    """Is it due by the rules of now, and was its owner warned? Also when warnings are switched off."""
    deadline = seas.deadline_of(ctx, customer, facts)
    if deadline is None or deadline.reclaim_at > ctx.now:
        return "moved", deadline
    stages = seas.warnings(ctx, customer.home_sea_id, customer.reclaim_at)
    if not stages:
        return "go", deadline
    if customer.warned_at is None or customer.warned_at > ctx.now:
        return "wait", deadline
    answer = was_warned(ctx, notices, customer.code, since=customer.warned_at, last=stages[-1])
    found: dict[str, Verdict] = {"yes": "go", "lost": "lost", "not yet": "wait"}
    return found[answer], deadline


def _take(ctx: Bulk, going: Sequence[Gone]) -> None:
    if not going:
        return
    held, run = held_with(ctx, [customer.id for customer, _ in going]), run_of(ctx, "customer")
    above = _superiors(ctx, going)
    gone: dict[tuple[int, str], list[Gone]] = defaultdict(list)
    passed: dict[tuple[int, int], list[Customer]] = defaultdict(list)
    for customer, deadline in going:
        owner, superior = customer.owner_id or 0, above.get(customer.owner_id or 0)
        if deadline.does == "reassign_to_superior" and superior is not None:
            row = _pass_up(ctx, customer, superior, deadline, held[customer.id])
            ctx.record("customer.reassigned", row, owner_id=owner, facts=_why(deadline, run))
            passed[owner, superior].append(row)
            continue
        row = to_sea(
            ctx, customer, customer.home_sea_id or 0, out="reclaim", note=deadline.rule, held=held[customer.id]
        )
        ctx.record(TOPIC, row, owner_id=owner, facts=_why(deadline, run))
        gone[owner, deadline.rule].append((row, deadline))
    for (owner, rule), found in gone.items():
        _tell(ctx, owner, rule, found)
    for (owner, superior), rows in passed.items():
        _tell_passed(ctx, owner, superior, rows)


def _superiors(ctx: Context, going: Sequence[Gone]) -> dict[int, int]:
    """Of the owners of what a rule hands to their superiors."""
    owners = {row.owner_id for row, deadline in going if deadline.does == "reassign_to_superior"}
    people = fetch_all(ctx.db, Person, Person.id.in_(owners)) if owners else ()
    return {person.id: person.superior_id for person in people if person.superior_id is not None}


def _pass_up(ctx: Bulk, customer: Customer, superior: int, deadline: reclaim.Deadline, held: Held) -> Customer:
    """A full period for the superior; the todos of the old owner end."""
    cancel(ctx, held.todos)
    ctx.refresh_cards("customer", customer.id)
    row: Customer = ownership.change(
        ctx, customer, to=superior, how="assign", out="reclaim", note=deadline.rule, home_id=customer.home_sea_id,
        period=held.period, **seas.fresh_clock(ctx, customer, superior),
    )  # fmt: skip
    return row


def _tell_passed(ctx: Context, owner: int, superior: int, rows: Sequence[Customer]) -> None:
    """Both hear of all of them at once."""
    known = people(ctx, [owner, superior])
    title = f"{len(rows)} 个客户超期，已由{known[owner]['name']}转给上级{known[superior]['name']}"
    facts = {"title": title, "texts": [f"{row.name}（{row.code}）" for row in rows[:10]]}
    key = f"reassigned|{rows[0].code}|{ctx.now.isoformat()}"
    told = unique([owner, superior])
    ctx.tell(Notice("customer.reassigned", "notice", facts, rows[0].code, told, robots=False, key=key))


def _why(deadline: reclaim.Deadline, run: ReclaimRun | None) -> Json:
    return {"rule": deadline.rule, "days": deadline.days, "run": run.id if run is not None else None}


def _tell(ctx: Context, owner: int, rule: str, found: Sequence[Gone]) -> None:
    """The old owner hears of all of them at once, groups of each."""
    seas_of = names(ctx, Sea, [row.sea_id for row, _ in found])
    shown = [{"code": row.code, "name": row.name, "sea": seas_of[row.sea_id]} for row, _ in found]
    first, deadline = found[0]
    facts = {"customers": shown, "rule": RULES[rule]}
    key = f"reclaimed|{first.code}|{deadline.reclaim_at.isoformat()}"
    ctx.tell(Notice(TOPIC, "customers/reclaimed", facts, first.code, unique([owner]), robots=False, key=key))
    person = people(ctx, [owner])[owner]
    same = {"who": {"name": person["name"] if person else ""}, "at": instant(ctx, ctx.now)}
    groups = [{**view, **same} for view in shown]
    ctx.tell(Notice(TOPIC, "notice", {}, first.code, concerned=owner, groups=groups, key=key))

"""The clock takes customers back to their sea, a batch a transaction, each of them decided on again under its lock."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from handlers.bulk import Bulk, locked, owned_batches
from handlers.context import Context, Notice, unique
from handlers.customers import reclaim, seas
from handlers.customers.deadlines import RULES
from handlers.customers.leaving import held_with, to_sea
from handlers.customers.warned import Written, was_warned, written
from handlers.customers.warning import WARNING
from handlers.presenting import instant, names, people
from models.customers.customer import Customer
from models.customers.sea import Sea

TOPIC = "customer.reclaimed"
Verdict = Literal["go", "moved", "lost", "wait"]
Gone = tuple[Customer, reclaim.Deadline]


def due(ctx: Context) -> list[list[int]]:
    """Customers whose reclaim instant has come, in batches."""
    return owned_batches(ctx, Customer, Customer.reclaim_at <= ctx.now)


def take_back(ctx: Bulk, idents: Sequence[int]) -> None:
    """Takes back those for which that is still right, checked again under their locks (domain.md E.1.5). A deadline
    that has moved is written down; a warning that was lost is due again.

    Without a delivered warning it warns first and waits one more business day (contract.md `haitun tick`).
    """
    still = (Customer.reclaim_at <= ctx.now, Customer.home_sea_id.is_not(None))
    rows = locked(ctx, Customer, idents, *still)
    heard = _heard(ctx, rows)
    going: list[Gone] = []
    for row in rows:
        verdict, due_now = _verdict(ctx, row, heard.get(row.owner_id or 0, ()))
        if verdict == "go" and due_now is not None:
            going.append((row, due_now))
        elif verdict == "moved":
            ctx.amend(row, **seas.clock_changes(ctx, row))
        elif verdict == "lost":
            ctx.amend(row, warn_at=ctx.now, warned_at=None)
    _take(ctx, going)


def _heard(ctx: Context, rows: Sequence[Customer]) -> dict[int, list[Written]]:
    since = [row.warned_at for row in rows if row.warned_at is not None]
    return written(ctx, WARNING, {row.owner_id or 0 for row in rows}, min(since)) if since else {}


def _verdict(ctx: Context, customer: Customer, notices: Iterable[Written]) -> tuple[Verdict, reclaim.Deadline | None]:
    """Is it due by the rules of now, and was its owner warned? Also when warnings are switched off."""
    deadline = seas.deadline_of(ctx, customer)
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
    held = held_with(ctx, [customer.id for customer, _ in going])
    gone: dict[tuple[int, str], list[Gone]] = defaultdict(list)
    for customer, deadline in going:
        owner, sea_id = customer.owner_id or 0, customer.home_sea_id or 0
        row = to_sea(ctx, customer, sea_id, out="reclaim", note=deadline.rule, held=held[customer.id])
        ctx.record(TOPIC, row, owner_id=owner, facts={"rule": deadline.rule, "days": deadline.days})
        gone[owner, deadline.rule].append((row, deadline))
    for (owner, rule), found in gone.items():
        _tell(ctx, owner, rule, found)


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

"""The clock's side of the public sea: warn the owner, then take back, some hundred customers a transaction, each of
them decided on again under its lock."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from sqlalchemy import func, select

from handlers.context import Context, Notice, unique
from handlers.customers import reclaim, seas
from handlers.customers.customer_view import present
from handlers.customers.deadlines import RULES
from handlers.customers.leaving import held_with, to_sea
from handlers.customers.warned import Written, was_warned, written
from handlers.presenting import instant, people
from handlers.reply import Button, Subject
from models.base import Json
from models.company.people import Person
from models.customers.customer import Customer
from models.rows import Condition, fetch_all, freeze, query

BATCH = 300
WARNING = "customer.reclaim_warning"
Verdict = Literal["go", "moved", "lost", "wait"]


def owners_to_warn(ctx: Context) -> list[list[int]]:
    """Who owns customers whose warning is due, in batches: a person's warnings are written together."""
    due = (Customer.owner_id.is_not(None), Customer.warn_at <= ctx.now)
    counts = select(Customer.owner_id, func.count()).where(*due).group_by(Customer.owner_id).order_by(Customer.owner_id)
    batches: list[list[int]] = []
    room = 0
    for owner, count in ctx.db.execute(counts):
        if count > room:
            batches.append([])
            room = BATCH
        batches[-1].append(int(owner or 0))
        room -= count
    return batches


def warn(ctx: Context, owners: Sequence[int]) -> int:
    """One card a person for the customers whose warning is due; his superior hears of the last one.

    Several stages that passed unsent are told once. `warn_at` moves to the next stage, so nothing is said twice.
    """
    due: dict[int, list[tuple[Customer, bool]]] = defaultdict(list)
    for customer in _locked(ctx, Customer.owner_id.in_(owners), Customer.warn_at <= ctx.now):
        stages = seas.warnings(ctx, customer.home_sea_id, customer.reclaim_at)
        coming = [stage for stage in stages if stage > ctx.now]
        if len(coming) == len(stages):
            ctx.save(customer, warn_at=coming[0] if coming else None)
            continue
        row = ctx.save(customer, warn_at=coming[0] if coming else None, warned_at=customer.warned_at or ctx.now)
        due[row.owner_id or 0].append((row, not coming))
    warned = [customer for found in due.values() for customer, _ in found]
    views = {view["code"]: view for view in present(ctx, warned)}
    persons = {person.id: person for person in fetch_all(ctx.db, Person, Person.id.in_(list(due)))} if due else {}
    for owner, found in due.items():
        _tell_warning(ctx, persons[owner], found, [views[customer.code] for customer, _ in found])
    return len(warned)


def _locked(ctx: Context, *which: Condition) -> list[Customer]:
    """Owned ones, by owner; who is being changed at this moment is left to the next round."""
    statement = query(Customer, Customer.owner_id.is_not(None), *which)
    ordered = statement.order_by(Customer.owner_id, Customer.reclaim_at, Customer.id)
    return [freeze(Customer, row) for row in ctx.db.execute(ordered.with_for_update(key_share=True, skip_locked=True))]


def _tell_warning(ctx: Context, person: Person, found: Sequence[tuple[Customer, bool]], views: Sequence[Json]) -> None:
    customers = [customer for customer, _ in found]
    last = any(is_last for _, is_last in found)
    key = f"reclaim_warning|{person.id}|{ctx.now.isoformat()}"
    facts = {"customers": views, "last": last}
    first = customers[0]
    own = Notice(
        WARNING, "customers/reclaim_warning", facts, first.code, (person.id,), _buttons(customers),
        Subject("customer", first.id, first.version), robots=False, key=key,
    )  # fmt: skip
    ctx.tell(own)
    if last and person.superior_id is not None:
        told = {**facts, "person": {"name": person.name}}
        ctx.tell(
            Notice(
                WARNING, "customers/reclaim_warning", told, first.code, (person.superior_id,),
                robots=False, key=f"{key}|superior",
            )
        )  # fmt: skip
    for customer, view in zip(customers, views, strict=True):
        _tell_group(ctx, WARNING, customer, person.id, {"deadline": view["reclaim_at"]}, key=key)


def _buttons(customers: Sequence[Customer]) -> tuple[Button, ...]:
    """For one customer the three words alone; for several each names its customer (six buttons fit a card)."""
    if len(customers) == 1:
        ref = {"ref": customers[0].code}
        return (
            Button("写跟进", "follow_up.add", ref, "primary"),
            Button("延期", "customer.request_extension", ref),
            Button("退回", "customer.return", ref, "danger"),
        )
    return tuple(
        Button(f"写跟进 {customer.name[:8]}", "follow_up.add", {"ref": customer.code}) for customer in customers[:6]
    )


def _tell_group(ctx: Context, topic: str, customer: Customer, owner: int, more: dict[str, Any], *, key: str) -> None:
    person = people(ctx, [owner])[owner]
    who = {"name": person["name"] if person else ""}
    group = {"code": customer.code, "name": customer.name, "who": who, "at": instant(ctx, ctx.now), **more}
    ctx.tell(Notice(topic, "notice", {}, customer.code, concerned=owner, group=group, key=f"{key}|{customer.code}"))


def due_batches(ctx: Context) -> list[list[int]]:
    """Customers whose reclaim instant has come, an owner's side by side; a partial index finds them."""
    due = (Customer.reclaim_at <= ctx.now, Customer.owner_id.is_not(None))
    found = list(ctx.db.execute(select(Customer.id).where(*due).order_by(Customer.owner_id, Customer.id)).scalars())
    return [found[start : start + BATCH] for start in range(0, len(found), BATCH)]


def reclaim_batch(ctx: Context, idents: Sequence[int]) -> list[int]:
    """Takes back those for which that is still right, checked again under their locks (domain.md E.1.5); returns those
    whose row says what is no longer so, for `put_right`.

    Without a delivered warning it warns first and waits one more business day (contract.md `haitun tick`).
    """
    decided = _decided(ctx, idents)
    going = [(customer, due) for customer, verdict, due in decided if verdict == "go" and due is not None]
    held = held_with(ctx, [customer.id for customer, _ in going])
    gone: dict[tuple[int, str], list[tuple[Customer, reclaim.Deadline]]] = defaultdict(list)
    for customer, due in going:
        owner, sea_id = customer.owner_id or 0, customer.home_sea_id or 0
        row = to_sea(ctx, customer, sea_id, out="reclaim", note=due.rule, held=held[customer.id])
        ctx.record("customer.reclaimed", row, owner_id=owner, facts={"rule": due.rule, "days": due.days})
        gone[owner, due.rule].append((row, due))
    views = {view["code"]: view for view in present(ctx, [row for found in gone.values() for row, _ in found])}
    for (owner, rule), found in gone.items():
        _tell_reclaimed(ctx, owner, rule, found, views)
    return [customer.id for customer, verdict, _ in decided if verdict in ("moved", "lost")]


def put_right(ctx: Context, idents: Sequence[int]) -> None:
    """A deadline that has moved is written down; a warning that was lost is due again."""
    for customer, verdict, _ in _decided(ctx, idents):
        if verdict == "moved":
            ctx.save(customer, **seas.clock_changes(ctx, customer))
        elif verdict == "lost":
            ctx.save(customer, warn_at=ctx.now, warned_at=None)


def _tell_reclaimed(
    ctx: Context, owner: int, rule: str, found: Sequence[tuple[Customer, reclaim.Deadline]], views: dict[str, Json]
) -> None:
    """The old owner hears of all of them at once, groups of each."""
    first, due = found[0]
    facts = {"customers": [views[row.code] for row, _ in found], "rule": RULES[rule]}
    key = f"reclaimed|{first.code}|{due.reclaim_at.isoformat()}"
    topic, told = "customer.reclaimed", unique([owner])
    ctx.tell(Notice(topic, "customers/reclaimed", facts, first.code, told, robots=False, key=key))
    for row, its in found:
        own = f"reclaimed|{row.code}|{its.reclaim_at.isoformat()}"
        _tell_group(ctx, topic, row, owner, {"sea": views[row.code]["sea"]}, key=own)


def _decided(ctx: Context, idents: Sequence[int]) -> list[tuple[Customer, Verdict, reclaim.Deadline | None]]:
    rows = _locked(ctx, Customer.id.in_(idents), Customer.reclaim_at <= ctx.now, Customer.home_sea_id.is_not(None))
    heard = _heard(ctx, rows)
    return [(row, *_verdict(ctx, row, heard.get(row.owner_id or 0, ()))) for row in rows]


def _heard(ctx: Context, rows: Sequence[Customer]) -> dict[int, list[Written]]:
    since = [row.warned_at for row in rows if row.warned_at is not None]
    return written(ctx, WARNING, {row.owner_id or 0 for row in rows}, min(since)) if since else {}


def _verdict(ctx: Context, customer: Customer, notices: Iterable[Written]) -> tuple[Verdict, reclaim.Deadline | None]:
    """Is it due by the rules of now, and was its owner warned? Also when warnings are switched off."""
    due = seas.deadline_of(ctx, customer)
    if due is None or due.reclaim_at > ctx.now:
        return "moved", due
    stages = seas.warnings(ctx, customer.home_sea_id, customer.reclaim_at)
    if not stages:
        return "go", due
    if customer.warned_at is None or customer.warned_at > ctx.now:
        return "wait", due
    answer = was_warned(ctx, notices, customer.code, since=customer.warned_at, last=stages[-1])
    found: dict[str, Verdict] = {"yes": "go", "lost": "lost", "not yet": "wait"}
    return found[answer], due

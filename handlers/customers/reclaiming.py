"""The clock's side of the public sea: warn the owner, then take back, each customer re-checked under its lock."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from handlers.context import Context, Notice, unique
from handlers.customers import seas
from handlers.customers.customer_view import present
from handlers.customers.deadlines import RULES
from handlers.customers.public_sea import to_sea
from handlers.customers.warned import was_warned
from handlers.presenting import instant
from handlers.reply import Button, Subject
from models.company.people import Person
from models.customers.customer import Customer
from models.rows import fetch_all, fetch_one

BATCH = 10_000
WARNING = "customer.reclaim_warning"


def warn(ctx: Context) -> int:
    """One card a person for the customers whose warning is due; his superior hears of the last one.

    Several stages that passed unsent are told once. `warn_at` moves to the next stage, so nothing is said twice.
    """
    soon = (Customer.owner_id.is_not(None), Customer.warn_at <= ctx.now)
    order = [Customer.owner_id, Customer.reclaim_at]
    due: dict[int, list[tuple[Customer, bool]]] = defaultdict(list)
    for customer in fetch_all(ctx.db, Customer, *soon, order_by=order, limit=BATCH, lock=True):
        stages = seas.warnings(ctx, customer.home_sea_id, customer.reclaim_at)
        coming = [stage for stage in stages if stage > ctx.now]
        if len(coming) == len(stages):
            ctx.save(customer, warn_at=coming[0] if coming else None)
            continue
        row = ctx.save(customer, warn_at=coming[0] if coming else None, warned_at=customer.warned_at or ctx.now)
        due[row.owner_id or 0].append((row, not coming))
    for owner, found in due.items():
        _tell_warning(ctx, owner, found)
    return sum(len(found) for found in due.values())


def _tell_warning(ctx: Context, owner: int, found: Sequence[tuple[Customer, bool]]) -> None:
    customers = [customer for customer, _ in found]
    last = any(is_last for _, is_last in found)
    views = present(ctx, customers)
    person = fetch_one(ctx.db, Person, Person.id == owner)
    key = f"reclaim_warning|{owner}|{ctx.now.isoformat()}"
    facts = {"customers": views, "last": last}
    first = customers[0]
    own = Notice(
        WARNING, "customers/reclaim_warning", facts, first.code, (owner,), _buttons(customers),
        Subject("customer", first.id, first.version), robots=False, key=key,
    )  # fmt: skip
    ctx.tell(own)
    if last and person is not None and person.superior_id is not None:
        told = {**facts, "person": {"name": person.name}}
        ctx.tell(
            Notice(
                WARNING, "customers/reclaim_warning", told, first.code, (person.superior_id,),
                robots=False, key=f"{key}|superior",
            )
        )  # fmt: skip
    for customer, view in zip(customers, views, strict=True):
        _tell_group(ctx, WARNING, customer, owner, {"deadline": view["reclaim_at"]}, key=key)


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
    person = fetch_one(ctx.db, Person, Person.id == owner)
    who = {"name": person.name if person else ""}
    group = {"code": customer.code, "name": customer.name, "who": who, "at": instant(ctx, ctx.now), **more}
    ctx.tell(Notice(topic, "notice", {}, customer.code, concerned=owner, group=group, key=f"{key}|{customer.code}"))


def due_ids(ctx: Context) -> list[int]:
    """Customers whose reclaim instant has come; the partial index on `reclaim_at` finds them."""
    statement = select(Customer.id).where(Customer.reclaim_at <= ctx.now, Customer.owner_id.is_not(None))
    return list(ctx.db.execute(statement.order_by(Customer.reclaim_at).limit(BATCH)).scalars())


def reclaim_one(ctx: Context, ident: int) -> bool:
    """Takes one customer back if that is still right, checked again under its lock (domain.md E.1.5).

    Without a delivered warning it warns first and waits one more business day (contract.md `haitun tick`).
    """
    customer = fetch_one(ctx.db, Customer, Customer.id == ident, lock=True)
    if customer is None or customer.owner_id is None or customer.home_sea_id is None:
        return False
    due = seas.deadline_of(ctx, customer)
    if due is None or due.reclaim_at > ctx.now:
        ctx.save(customer, **seas.clock_changes(ctx, customer))
        return False
    if not _was_warned(ctx, customer):
        return False
    owner = customer.owner_id
    customer = to_sea(ctx, customer, customer.home_sea_id, out="reclaim", note=due.rule)
    ctx.record("customer.reclaimed", customer, owner_id=owner, facts={"rule": due.rule, "days": due.days})
    view = present(ctx, [customer])[0]
    facts = {"customers": [view], "rule": RULES[due.rule]}
    key = f"reclaimed|{customer.code}|{due.reclaim_at.isoformat()}"
    people = unique([owner])
    ctx.tell(Notice("customer.reclaimed", "customers/reclaimed", facts, customer.code, people, robots=False, key=key))
    _tell_group(ctx, "customer.reclaimed", customer, owner, {"sea": view["sea"]}, key=key)
    return True


def _was_warned(ctx: Context, customer: Customer) -> bool:
    """Also when warnings are switched off. One that was lost is written again."""
    if customer.home_sea_id is None or not seas.rules_of(ctx, customer.home_sea_id)[0].warn_before_days:
        return True
    if customer.warned_at is None or customer.warned_at > ctx.now or customer.owner_id is None:
        return False
    stages = seas.warnings(ctx, customer.home_sea_id, customer.reclaim_at)
    last = stages[-1] if stages else None
    found = was_warned(ctx, WARNING, customer.owner_id, customer.code, since=customer.warned_at, last=last)
    if found == "lost":
        ctx.save(customer, warn_at=ctx.now, warned_at=None)
    return found == "yes"

"""The clock warns the owners of a sea's customers: one card a person for all of a day (contract.md Chat)."""

from collections import defaultdict
from collections.abc import Sequence

from handlers.bulk import Bulk, locked, owned_batches
from handlers.context import Context, Notice
from handlers.customers import seas
from handlers.customers.customer_view import totals
from handlers.presenting import instant
from handlers.reply import Button, Subject
from models.base import Json
from models.company.people import Person
from models.customers.customer import Customer
from models.rows import fetch_all

WARNING = "customer.reclaim_warning"
NAMED = 10


def due(ctx: Context) -> list[list[int]]:
    """Customers whose warning has come, in batches: a person's are written together."""
    return owned_batches(ctx, Customer, Customer.warn_at <= ctx.now, whole=True)


def warn(ctx: Bulk, idents: Sequence[int]) -> None:
    """One card a person for the customers whose warning is due; his superior hears of those warned for the last time.

    Several stages that passed unsent are told once. `warn_at` moves to the next stage, so nothing is said twice.
    """
    found: dict[int, list[tuple[Customer, bool]]] = defaultdict(list)
    for customer in locked(ctx, Customer, idents, Customer.warn_at <= ctx.now):
        stages = seas.warnings(ctx, customer.home_sea_id, customer.reclaim_at)
        coming = [stage for stage in stages if stage > ctx.now]
        later = coming[0] if coming else None
        if len(coming) == len(stages):
            ctx.amend(customer, warn_at=later)
        else:
            row = ctx.amend(customer, warn_at=later, warned_at=customer.warned_at or ctx.now)
            found[row.owner_id or 0].append((row, not coming))
    for person in fetch_all(ctx.db, Person, Person.id.in_(list(found))) if found else ():
        rows = [row for row, _ in found[person.id]]
        _tell(ctx, person, rows, last=[row for row, is_last in found[person.id] if is_last])


def _tell(ctx: Context, person: Person, customers: Sequence[Customer], *, last: Sequence[Customer]) -> None:
    key = f"reclaim_warning|{person.id}|{ctx.now.isoformat()}"
    customers, last = _by_value(ctx, customers), _by_value(ctx, last)
    shown, first = _shown(ctx, customers), customers[0]
    facts = {"customers": shown, "last": len(last) == len(customers)}
    ctx.tell(
        Notice(
            WARNING, "customers/reclaim_warning", facts, first.code, (person.id,), _buttons(customers),
            Subject("customer", first.id, first.version), robots=False, key=key,
        )
    )  # fmt: skip
    if last and person.superior_id is not None:
        told = {"customers": _shown(ctx, last), "last": True, "person": {"name": person.name}}
        ctx.tell(
            Notice(
                WARNING, "customers/reclaim_warning", told, last[0].code, (person.superior_id,),
                robots=False, key=f"{key}|superior",
            )
        )  # fmt: skip
    same = {"who": {"name": person.name}, "at": instant(ctx, ctx.now)}
    groups = [{"code": row["code"], "name": row["name"], "deadline": row["reclaim_at"], **same} for row in shown]
    ctx.tell(Notice(WARNING, "notice", {}, first.code, concerned=person.id, groups=groups, key=key))


def _by_value(ctx: Context, customers: Sequence[Customer]) -> Sequence[Customer]:
    """A card names the first ten: of more than that those with the largest orders come first (domain.md E.1.5)."""
    if len(customers) <= NAMED:
        return customers
    sums = totals(ctx, [row.id for row in customers])
    return sorted(customers, key=lambda row: -sums[row.id]["order"])


def _shown(ctx: Context, customers: Sequence[Customer]) -> list[Json]:
    return [
        {
            "code": row.code,
            "name": row.name,
            "reclaim_at": instant(ctx, row.reclaim_at),
            "last_follow_up_at": instant(ctx, row.last_follow_up_at),
        }
        for row in customers
    ]


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

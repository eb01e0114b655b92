"""What leaves its owner together with a customer, for one of them or for hundreds (domain.md E.1.3.10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.context import Context
from handlers.customers import ownership
from models.customers.activity import Todo
from models.customers.customer import Customer, TeamMember
from models.customers.ownership import Ownership
from models.rows import fetch_all


@dataclass(frozen=True)
class Held:
    """Team members who may write, open todos about it, the ledger's open period."""

    writers: tuple[TeamMember, ...]
    todos: tuple[Todo, ...]
    period: Ownership | None


def held_with(ctx: Context, idents: Sequence[int]) -> dict[int, Held]:
    """By customer, each of them."""
    may_write = (TeamMember.customer_id.in_(idents), TeamMember.access == "read_write")
    writers = fetch_all(ctx.db, TeamMember, *may_write)
    about = (Todo.noun == "customer", Todo.record_id.in_(idents), Todo.status == "open")
    todos = fetch_all(ctx.db, Todo, *about)
    periods = ownership.open_periods(ctx, "customer", idents)
    return {
        ident: Held(
            tuple(member for member in writers if member.customer_id == ident),
            tuple(todo for todo in todos if todo.record_id == ident),
            periods.get(ident),
        )
        for ident in idents
    }


def to_sea(ctx: Context, customer: Customer, sea_id: int, *, out: ownership.Out, note: str, held: Held) -> Customer:
    """Takes the owner off, closes the open todos about it, and removes write access of the team."""
    for member in held.writers:
        ctx.save(member, access="read")
    for todo in held.todos:
        ctx.save(todo, status="cancelled", done_at=ctx.now)
    ctx.refresh_cards("customer", customer.id)
    cleared: dict[str, Any] = dict.fromkeys(
        ("clock_at", "reclaim_at", "extended_until", "extension_request", "next_follow_up_at", "warn_at", "warned_at")
    )
    pooled: dict[str, Any] = {"sea_id": sea_id, "home_sea_id": sea_id, "entered_sea_at": ctx.now}
    row: Customer = ownership.change(
        ctx, customer, to=None, out=out, note=note, period=held.period, **pooled, **cleared
    )
    return row

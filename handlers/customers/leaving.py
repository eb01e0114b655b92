"""What leaves its owner together with a customer or lead, for one of them or for hundreds (domain.md E.1.3.10)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ARRAY, BigInteger, bindparam, func

from handlers.context import Context
from handlers.customers import ownership, seas
from models.company.pool_rules import Clearance
from models.customers.activity import Todo
from models.customers.customer import Customer, TeamMember
from models.customers.ownership import Ownership
from models.rows import freeze, query
from models.sales.opportunity import Opportunity


@dataclass(frozen=True)
class Held:
    """The team, open todos about it and its opportunities, the ledger's open period."""

    members: Sequence[TeamMember]
    todos: Sequence[Todo]
    period: Ownership | None


def held_with(ctx: Context, idents: Sequence[int], noun: Literal["customer", "lead"] = "customer") -> dict[int, Held]:
    """By record, each of them; only customers have a team."""
    members: dict[int, list[TeamMember]] = defaultdict(list)
    todos: dict[int, list[Todo]] = defaultdict(list)
    if noun == "customer":
        for row in ctx.db.execute(_MEMBERS, {"idents": idents}):
            member = freeze(TeamMember, row)
            members[member.customer_id].append(member)
    for row in ctx.db.execute(_TODOS, {"noun": noun, "idents": idents}):
        todo = freeze(Todo, row)
        todos[todo.record_id or 0].append(todo)
    if noun == "customer":
        for found in ctx.db.execute(_OF_CHANCES, {"idents": idents}):
            todos[found[-1]].append(freeze(Todo, found[:-1]))
    periods = ownership.open_periods(ctx, noun, idents)
    return {ident: Held(members[ident], todos[ident], periods.get(ident)) for ident in idents}


_IDENTS = func.any(bindparam("idents", type_=ARRAY(BigInteger)))
_MEMBERS = query(TeamMember, TeamMember.customer_id == _IDENTS)
_TODOS = query(Todo, Todo.noun == bindparam("noun"), Todo.record_id == _IDENTS, Todo.status == "open")
_THEIR_CHANCES = (Opportunity.customer_id == _IDENTS, Todo.noun == "opportunity", Todo.record_id == Opportunity.id)
_OF_CHANCES = query(Todo, *_THEIR_CHANCES, Todo.status == "open").add_columns(Opportunity.customer_id)


def to_sea(ctx: Context, customer: Customer, sea_id: int, *, out: ownership.Out, note: str, held: Held) -> Customer:
    """Takes the owner off, closes the open todos about it, and deals with the team as the sea's rule says."""
    _clear(ctx, held.members, seas.rules_of(ctx, sea_id)[0].clearance)
    cancel(ctx, held.todos)
    ctx.refresh_cards("customer", customer.id)
    cleared: dict[str, Any] = dict.fromkeys(
        ("clock_at", "reclaim_at", "extension_request", "next_follow_up_at", "warn_at", "warned_at", "nudge_at")
    )
    cleared |= seas.UNGRANTED
    pooled: dict[str, Any] = {"sea_id": sea_id, "home_sea_id": sea_id, "entered_sea_at": ctx.now}
    row: Customer = ownership.change(
        ctx, customer, to=None, out=out, note=note, period=held.period, **pooled, **cleared
    )
    return row


def _clear(ctx: Context, members: Iterable[TeamMember], clearance: Clearance) -> None:
    """E.1.3.10: by default those who could write may go on reading what they worked on."""
    for member in members:
        if clearance == "remove_team":
            ctx.remove(member)
        elif clearance == "remove_write" and member.access == "read_write":
            ctx.save(member, access="read")


def cancel(ctx: Context, todos: Iterable[Todo]) -> None:
    """Nobody is reminded of what nobody works on."""
    for todo in todos:
        ctx.save(todo, status="cancelled", done_at=ctx.now)

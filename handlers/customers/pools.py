"""What holds for public seas and lead pools alike: how one is named, and which one is a person's own."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from handlers.company import rules
from handlers.context import Context
from models.company.people import Department, Person
from models.company.routing import Kind, Routing
from models.customers.sea import Pool
from models.errors import Invalid
from models.rows import fetch_all, fetch_one

P = TypeVar("P", bound=Pool)


def find_pool(ctx: Context, model: type[P], ref: str, *, title: str, field: str) -> P:
    """The one with this name or a part of it. Raises `Invalid` naming the argument."""
    found = fetch_all(ctx.db, model, model.name == ref) or fetch_all(
        ctx.db, model, model.name.contains(ref, autoescape=True)
    )
    if len(found) == 1:
        return found[0]
    known = "、".join(pool.name for pool in fetch_all(ctx.db, model, order_by=[model.id]))
    wrong = f"「{ref}」有多个{title}" if found else f"没有{title}「{ref}」"
    raise Invalid(field, wrong, next_step=f"可选：{known}" if known else f"还没有{title}，请联系管理员")


def home_among(
    ctx: Context, pools: Sequence[P], person: Person, kind: Kind, record: Mapping[str, str | None]
) -> P | None:
    """Where a record belongs that nobody put anywhere: by the routing rules, else with its owner's department, else the
    company's default (domain.md E.1.2). A disabled one is passed over."""
    routing, version = rules.in_force(ctx, "routing", Routing)
    known = {pool.id: pool for pool in pools}
    routed = known.get(routing.of(kind, record) or 0) if version else None
    return routed or nearest(ctx, pools, person) or known.get(routing.default(kind) or 0)


def nearest(ctx: Context, pools: Sequence[P], person: Person) -> P | None:
    """The one that names the person, else the one of his department, nearest up the tree (domain.md E.1.2); else the
    only one there is."""
    for pool in pools:
        if person.id in pool.members.get("people", []):
            return pool
    department: int | None = person.department_id if pools else None
    while department is not None:
        for pool in pools:
            if department in pool.members.get("departments", []):
                return pool
        row = fetch_one(ctx.db, Department, id=department)
        department = row.parent_id if row else None
    return pools[0] if len(pools) == 1 else None

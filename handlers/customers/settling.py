"""Deadlines follow what happens elsewhere: a document submitted, decided or paid, a level or source that changes.

Every command ends here (`desk.finish`), so that no noun has to remember it. Where no rule of the sea asks for such
facts, nothing is locked and nothing is written.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from handlers.context import Context
from handlers.customers import reclaim, seas
from handlers.sales import lead_pools
from models.base import Json
from models.customers.customer import Customer
from models.rows import fetch_all
from models.sales.lead import ACTIVE, Lead

DOCUMENTS = {"order", "payment", "approval", "opportunity"}


def settle(ctx: Context) -> None:
    """Brings the deadlines of the customers and leads concerned to the rules; part of the command's own history."""
    customers, leads = _concerned(ctx.entries)
    for row in _locked(ctx, Customer, customers, _customer_asks):
        ctx.save(row, **seas.clock_changes(ctx, row))
    for row in _locked(ctx, Lead, leads, _lead_asks):
        ctx.save(row, **lead_pools.clock_changes(ctx, row))


def _concerned(entries: Iterable[Json]) -> tuple[set[int], set[int]]:
    customers: set[int] = set()
    leads: set[int] = set()
    for entry in entries:
        for change in entry["changes"]:
            if change["table"] in DOCUMENTS and entry["customer_id"] is not None:
                customers.add(entry["customer_id"])
            elif change["table"] == "customer" and _says(change, "level"):
                customers.add(change["id"])
            elif change["table"] == "lead" and _says(change, "source"):
                leads.add(change["id"])
    return customers, leads


def _says(change: Json, column: str) -> bool:
    """A row that was there before got another value."""
    return change["before"] is not None and change["after"] is not None and column in change["after"]


def _locked(ctx: Context, model: Any, idents: set[int], asks: Any) -> Iterator[Any]:
    """The owned ones whose rules want to know, locked in the order of their numbers."""
    if not idents:
        return
    owned = (model.id.in_(idents), model.owner_id.is_not(None), model.owned_at.is_not(None))
    wanted = [row.id for row in fetch_all(ctx.db, model, *owned) if asks(ctx, row)]
    if wanted:
        yield from fetch_all(ctx.db, model, model.id.in_(wanted), *owned[1:], order_by=[model.id], lock=True)


def _customer_asks(ctx: Context, row: Customer) -> bool:
    if row.home_sea_id is None:
        return False
    rules, _ = seas.rules_of(ctx, row.home_sea_id)
    return bool(reclaim.needs(rules.taking, rules.qualifying)) or any(rule.levels for rule in rules.taking)


def _lead_asks(ctx: Context, row: Lead) -> bool:
    if row.home_pool_id is None or row.status not in ACTIVE:
        return False
    rules, _ = lead_pools.rules_of(ctx, row.home_pool_id)
    return any(rule.sources for rule in rules.taking)

"""What makes a customer a won one, once, and takes it back with its only reason (domain.md A.4, E.5)."""

from typing import Any, Literal

from handlers.company import rules
from handlers.context import Context
from handlers.customers import seas
from models.company.rule import WonWhen
from models.customers.customer import Customer
from models.money.order import Order
from models.rows import fetch_one
from models.sales.opportunity import Opportunity

Event = Literal["order_approved", "opportunity_won", "contract_signed"]


def events(ctx: Context) -> tuple[Event, ...]:
    """Which events count, by the rule in force."""
    return rules.current(ctx.db, "won_when", WonWhen, ctx.now)[0].events


def win_customer(ctx: Context, customer: Customer, event: Event) -> Customer:
    """A won customer is exempt from reclaim, so its deadline goes (E.1.5). The row is locked by the caller."""
    if customer.won_at is not None or event not in events(ctx):
        return customer
    return ctx.save(customer, **seas.clock_changes(ctx, customer, won_at=ctx.now))


def unwin_customer(ctx: Context, customer: Customer) -> Customer:
    """After one reason has gone: where none is left, its clock runs again, for a full period from now."""
    if customer.won_at is None or any(_is_there(ctx, customer, event) for event in events(ctx)):
        return customer
    fresh = {"clock_at": ctx.now} if customer.owner_id is not None else {}
    return ctx.save(customer, **seas.clock_changes(ctx, customer, won_at=None, **fresh))


def _is_there(ctx: Context, customer: Customer, event: Event) -> bool:
    kinds: dict[str, tuple[Any, str]] = {"order_approved": (Order, "approved"), "opportunity_won": (Opportunity, "won")}
    if event not in kinds:
        return False
    model, status = kinds[event]
    return fetch_one(ctx.db, model, model.customer_id == customer.id, model.status == status) is not None

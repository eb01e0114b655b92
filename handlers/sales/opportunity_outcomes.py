"""What a won opportunity sets going, and takes back (domain.md E.5: once, and undone with its only trigger)."""

from handlers.context import Context, Notice, subject_of, unique
from handlers.customers.winning import unwin_customer, win_customer
from handlers.presenting import instant
from handlers.sales.opportunity_view import present
from models.customers.customer import Customer
from models.sales.opportunity import Opportunity


def win(ctx: Context, opportunity: Opportunity, customer: Customer) -> None:
    """The customer may be won by it; its owner and the groups hear of it."""
    win_customer(ctx, customer, "opportunity_won")
    view = present(ctx, [opportunity])[0]
    group = {"code": opportunity.code, "name": opportunity.name, "amount": view["amount"]}
    group |= {"who": view["owner"], "customer": {"name": customer.name}, "at": instant(ctx, ctx.now)}
    facts = {"opportunity": view, "next_stage": None, "tag": "赢单"}
    told = unique([opportunity.credited_id, customer.owner_id])
    ctx.tell(
        Notice(
            "opportunity.won", "sales/opportunity", facts, opportunity.code, told, subject=subject_of(opportunity),
            concerned=opportunity.credited_id, group=group,
        )
    )  # fmt: skip


def unwin(ctx: Context, customer: Customer) -> None:
    """Reopened: where this was the only reason for the customer to be a won one, it is none any more."""
    unwin_customer(ctx, customer)

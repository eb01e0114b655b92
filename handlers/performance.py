"""Performance: credited to the owner at the credited event, by its date; transfers never move it (domain.md E.10)."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from handlers import permits
from handlers.context import Context
from handlers.periods import Span, next_first
from handlers.presenting import instant, money, names
from models.base import Json
from models.clock import day_of
from models.company.people import Person
from models.customers.activity import FollowUp
from models.customers.customer import Customer
from models.money.order import Order, Payment
from models.rows import fetch_all

MOST_DAILY, MOST_WEEKLY = 31, 92  # days of a period that is drawn by day, by week


def buckets(span: Span, zone: ZoneInfo) -> list[date]:
    """The first days of the parts in which a span is drawn: days of a month, weeks of a quarter, months of a year."""
    day, end = span.start.astimezone(zone).date(), span.end.astimezone(zone).date()
    days = (end - day).days
    found = []
    while day < end:
        found.append(day)
        day = next_first("month", day) if days > MOST_WEEKLY else day + timedelta(days=1 if days <= MOST_DAILY else 7)
    return found


def points(amounts: Sequence[tuple[date, int]], days: Sequence[date]) -> list[tuple[date, int]]:
    """The sum of the amounts (fen, by day) in each bucket that begins at one of the sorted `days`."""
    sums = dict.fromkeys(days, 0)
    for day, amount in amounts:
        sums[days[bisect_right(days, day) - 1]] += amount
    return list(sums.items())


def figures(ctx: Context, people: Sequence[Person], span: Span) -> Json:
    """Amounts and counts of these people, with the orders and payments that sum to them and a ranking."""
    idents = [person.id for person in people]
    credited = (Order.approved_owner_id.in_(idents), Order.status == "approved", span.holds(Order.approved_at))
    orders = fetch_all(ctx.db, Order, *credited, order_by=[Order.approved_at, Order.id])
    paid = (Payment.approved_owner_id.in_(idents), Payment.status == "approved", span.holds(Payment.approved_at))
    payments = fetch_all(ctx.db, Payment, *paid, order_by=[Payment.approved_at, Payment.id])
    made = (Customer.creator_id.in_(idents), span.holds(Customer.created_at))
    effective = (FollowUp.person_id.in_(idents), FollowUp.is_effective, span.holds(FollowUp.at))
    return {
        "amount": money(sum(order.amount_fen for order in orders)),
        "order_count": len(orders),
        "payment_total": money(sum(payment.amount_fen for payment in payments)),
        "new_customers": _count(ctx, Customer, made),
        "effective_follow_ups": _count(ctx, FollowUp, effective),
        "items": _items(ctx, Order, orders, permits.orders(ctx)),
        "payments": _items(ctx, Payment, payments, permits.payments(ctx)),
        "ranking": _ranking(people, orders),
        "points": _points(ctx, orders, span),
    }


def _points(ctx: Context, orders: Sequence[Order], span: Span) -> list[Json]:
    amounts = [(day_of(order.approved_at, ctx.zone), order.amount_fen) for order in orders if order.approved_at]
    found = points(amounts, buckets(span, ctx.zone))
    return [{"from": day.isoformat(), "amount": money(amount)} for day, amount in found]


def _count(ctx: Context, model: Any, where: Sequence[Any]) -> int:
    return int(ctx.db.execute(select(func.count()).select_from(model).where(*where)).scalar_one())


def _items(ctx: Context, model: Any, rows: Sequence[Any], gate: Any) -> list[Json]:
    """Each with its amount, so that they sum; the customer's name only where the record may be seen now."""
    seen = {row.id for row in fetch_all(ctx.db, model, model.id.in_([row.id for row in rows]), gate)} if rows else set()
    named = names(ctx, Customer, [row.customer_id for row in rows])
    return [
        {
            "code": row.code,
            "amount": money(row.amount_fen),
            "approved_at": instant(ctx, row.approved_at),
            "customer": named[row.customer_id] if row.id in seen else None,
        }
        for row in rows
    ]


def _ranking(people: Sequence[Person], orders: Sequence[Order]) -> list[Json]:
    sums = {person.id: 0 for person in people}
    for order in orders:
        sums[order.approved_owner_id or 0] += order.amount_fen
    by_name = {person.id: person.name for person in people}
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [{"name": by_name[ident], "amount": money(amount)} for ident, amount in ranked if amount]

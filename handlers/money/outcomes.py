"""What an approved order or payment sets going (domain.md E.5, A.10, A.11)."""

from sqlalchemy import select

from handlers.company.fingerprint import fingerprint
from handlers.context import Context, Notice
from handlers.customers import winning
from handlers.money import order_view, payment_view
from handlers.presenting import instant
from models.company.people import Person
from models.customers.customer import Customer
from models.money.order import Order, Payment
from models.rows import fetch_one


def approve_order(ctx: Context, order: Order) -> Order:
    """Counts from now on for whoever owns it now; to be shipped; may make the customer a won one."""
    order = ctx.save(
        order, status="approved", fulfilment="to_ship", approved_at=ctx.now, approved_owner_id=order.owner_id,
        approved_hash=fingerprint(order_view.snapshot(ctx, order)),
    )  # fmt: skip
    _win(ctx, order.customer_id)
    ctx.refresh_cards("customer", order.customer_id)
    _to_ship(ctx, order)
    return order


def approve_payment(ctx: Context, payment: Payment) -> Payment:
    """Counts in the totals of order and customer from now on."""
    payment = ctx.save(
        payment, status="approved", approved_at=ctx.now, approved_owner_id=payment.owner_id,
        approved_hash=fingerprint(payment_view.snapshot(ctx, payment)),
    )  # fmt: skip
    ctx.refresh_cards("order", payment.order_id)
    ctx.refresh_cards("customer", payment.customer_id)
    return payment


def _win(ctx: Context, customer_id: int) -> None:
    if "order_approved" not in winning.events(ctx):
        return
    customer = fetch_one(ctx.db, Customer, id=customer_id, lock=True)
    if customer is not None:
        winning.win_customer(ctx, customer, "order_approved")


def _to_ship(ctx: Context, order: Order) -> None:
    """The warehouse is told, and the groups that asked for it."""
    on_duty = select(Person.id).where(Person.duties.contains(["warehouse"]), Person.is_active).order_by(Person.id)
    view = order_view.present(ctx, [order])[0]
    group = {"code": order.code, "name": view["customer"]["name"], "who": view["owner"], "amount": view["amount"]}
    group |= {"at": instant(ctx, ctx.now)}
    facts = {"order": view, "title": f"待发货 {order.code}", "hint": "请备货发出"}
    people = tuple(ctx.db.execute(on_duty).scalars())
    ctx.tell(Notice("order.to_ship", "money/order", facts, order.code, people, concerned=order.owner_id, group=group))

"""Payments as cards and the API show them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, true

from handlers import permits
from handlers.company import turns
from handlers.context import Context, subject_of
from handlers.finding import seen
from handlers.masking import masked
from handlers.money import order_view
from handlers.money.order_view import by_yuan, while_undecided
from handlers.nouns import Condition, Noun
from handlers.presenting import by_name_of, by_person, common, instant, money, names, people
from handlers.reply import Button, Reply
from models.base import Json
from models.codes import plain_code
from models.company.approval import UNDECIDED
from models.customers.customer import Customer
from models.money.order import Order, Payment
from models.rows import fetch_one


@masked("payment")
def present(ctx: Context, rows: Sequence[Payment]) -> list[Json]:
    """Payments as the API shows them."""
    if not rows:
        return []
    idents = [row.id for row in rows]
    asked = turns.waiting(ctx, "payment", idents)
    known = people(ctx, [i for row in rows for i in (row.owner_id, row.creator_id, *asked[row.id])])
    customers = names(ctx, Customer, [row.customer_id for row in rows])
    of_orders = select(Order.id, Order.code).where(Order.id.in_([row.order_id for row in rows]))
    codes = dict(ctx.db.execute(of_orders).all())
    reasons = turns.reasons(ctx, "payment", idents)
    return [
        {
            "code": row.code,
            "order": {"code": codes[row.order_id]},
            "customer": {"code": plain_code("customer", row.customer_id), "name": customers[row.customer_id]},
            "owner": known[row.owner_id],
            "creator": known[row.creator_id],
            "amount": money(row.amount_fen),
            "method": row.method,
            "paid_at": row.paid_on.isoformat(),
            "status": row.status,
            "reason": reasons.get(row.id) if row.status == "rejected" else None,
            "note": row.note,
            "approved_at": instant(ctx, row.approved_at),
            **turns.approvers(asked[row.id], known),
            **common(ctx, row),
        }
        for row in rows
    ]


def snapshot(_ctx: Context, payment: Payment) -> Json:
    """What is approved (E.3.4)."""
    paid_on = payment.paid_on.isoformat()
    return {"order": payment.order_id, "amount": payment.amount_fen, "method": payment.method, "paid_on": paid_on}


def shown(ctx: Context, payment: Payment, *, person_id: int | None = None, **more: Any) -> Reply:
    """The payment's card beside its order, with what this person (else the actor) may do next."""
    person = person_id if person_id is not None else ctx.actor.id if ctx.actor else None
    view = present(ctx, [payment])[0]
    order = fetch_one(ctx.db, Order, id=payment.order_id)
    of_order = order_view.present(ctx, [order])[0] if order is not None else {}
    facts = {"payment": view, "order": of_order, **more}
    return Reply("money/payment", facts, _buttons(payment, view, person), subject_of(payment), view)


def _buttons(payment: Payment, view: Json, person: int | None) -> tuple[Button, ...]:
    if person is None or payment.status not in UNDECIDED:
        return ()
    return tuple(while_undecided(payment, view, person))


def payment_card(ctx: Context, ident: int, person_id: int | None = None) -> Reply | None:
    """The present state of a payment for a card that is on this person's phone."""
    payment = seen(ctx, PAYMENT, ident)
    return None if payment is None else shown(ctx, payment, person_id=person_id)


SCENES: dict[str, Condition] = {
    "all": lambda _ctx: true(),
    "mine": lambda ctx: Payment.owner_id == ctx.me.id,
    "subordinates": lambda ctx: permits.under(ctx, Payment.owner_id) & (Payment.owner_id != ctx.me.id),
}
PAYMENT = Noun(
    name="payment", plural="payments", title="回款", model=Payment, gate=permits.payments, present=present,
    columns=("code", "status", "method", "note", "approved_at"), scenes=SCENES,
    filters={
        "owner": by_person(Payment.owner_id), "creator": by_person(Payment.creator_id),
        "customer": by_name_of(Payment.customer_id, Customer),
        "order": lambda _ctx, said: Payment.order_id.in_(select(Order.id).where(Order.code == said.upper())),
        "approver": turns.by_approver("payment", Payment.id), "amount": by_yuan(Payment.amount_fen),
        "paid_at": lambda _ctx, said: turns.on_day(Payment.paid_on, said),
    },
)  # fmt: skip

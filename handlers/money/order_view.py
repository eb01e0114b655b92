"""Orders as cards and the API show them."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, true

from handlers import permits
from handlers.company import turns
from handlers.context import Context, subject_of
from handlers.finding import seen
from handlers.masking import masked
from handlers.nouns import Condition, Filter, Noun
from handlers.presenting import by_name_of, by_person, common, decimal, instant, money, names, people
from handlers.reply import Button, Reply
from models.amounts import fen
from models.base import Json
from models.codes import plain_code
from models.company.approval import UNDECIDED
from models.customers.customer import Customer, TeamMember
from models.errors import BadRequest
from models.money.order import Order, OrderLine, Payment
from models.money.product import Product


def paid(ctx: Context, idents: Sequence[int]) -> dict[int, dict[str, int]]:
    """Payments by order in fen: `approved`, and `pending` for those that wait for finance."""
    found = {ident: {"approved": 0, "pending": 0} for ident in idents}
    statement = (
        select(Payment.order_id, Payment.status, func.sum(Payment.amount_fen))
        .where(Payment.order_id.in_(idents), Payment.status.in_(("approved", *UNDECIDED)))
        .group_by(Payment.order_id, Payment.status)
    )
    for order_id, status, amount in ctx.db.execute(statement):
        found[order_id]["approved" if status == "approved" else "pending"] += int(amount)
    return found


def lines_of(ctx: Context, idents: Sequence[int]) -> dict[int, list[Json]]:
    """Lines by order, with their products."""
    statement = (
        select(OrderLine.__table__, Product.code, Product.name, Product.unit)
        .join(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.order_id.in_(idents))
        .order_by(OrderLine.order_id, OrderLine.number)
    )
    found: dict[int, list[Json]] = {ident: [] for ident in idents}
    for row in ctx.db.execute(statement):
        found[row.order_id].append(
            {
                "product": {"code": row.code, "name": row.name},
                "quantity": decimal(row.quantity),
                "unit": row.unit,
                "list_price": money(row.list_price_fen),
                "price": money(row.price_fen),
                "discount": decimal(row.discount),
                "amount": money(row.amount_fen),
            }
        )
    return found


@masked("order")
def present(ctx: Context, rows: Sequence[Order]) -> list[Json]:
    """Orders as the API shows them (contract.md HTTP)."""
    if not rows:
        return []
    idents = [row.id for row in rows]
    asked = turns.waiting(ctx, "order", idents)
    known = people(ctx, [i for row in rows for i in (row.owner_id, row.creator_id, *asked[row.id])])
    customers = names(ctx, Customer, [row.customer_id for row in rows])
    lines, sums, reasons = lines_of(ctx, idents), paid(ctx, idents), turns.reasons(ctx, "order", idents)
    return [
        _view(ctx, row, known, sums[row.id])
        | {
            "customer": {"code": plain_code("customer", row.customer_id), "name": customers[row.customer_id]},
            "lines": lines[row.id],
            "reason": reasons.get(row.id) if row.status == "rejected" else None,
            **turns.approvers(asked[row.id], known),
        }
        for row in rows
    ]


def _view(ctx: Context, row: Order, known: dict[int | None, Json], sums: dict[str, int]) -> Json:
    owed = row.amount_fen - sums["approved"] if row.status == "approved" else 0
    return {
        "code": row.code,
        "owner": known[row.owner_id],
        "creator": known[row.creator_id],
        "status": row.status,
        "fulfilment": row.fulfilment,
        "amount": money(row.amount_fen),
        "list_total": money(row.list_fen),
        "discount": decimal(row.discount),
        "allowance": money(row.allowance_fen),
        "lowest_rate": decimal(row.lowest_rate),
        "payment_total": money(sums["approved"]),
        "pending_payment_total": money(sums["pending"]),
        "outstanding_total": money(owed),
        "note": row.note,
        "approved_at": instant(ctx, row.approved_at),
        **common(ctx, row),
    }


def snapshot(ctx: Context, order: Order) -> Json:
    """What is approved: the guarded fields of E.3.4, to be compared when it is decided."""
    return {
        "customer": order.customer_id,
        "amount": order.amount_fen,
        "discount": decimal(order.discount),
        "allowance": order.allowance_fen,
        "lines": lines_of(ctx, [order.id])[order.id],
    }


def shown(ctx: Context, order: Order, *, person_id: int | None = None, undo: bool = False, **more: Any) -> Reply:
    """The order's card with what this person (else the actor) may do next; `more` are further facts of the card."""
    person = person_id if person_id is not None else ctx.actor.id if ctx.actor else None
    view = present(ctx, [order])[0]
    buttons = [Button("撤销", "undo", {})] if undo else []
    if person is not None:
        buttons = [*_buttons(order, view, person), *buttons]
    return Reply("money/order", {"order": view, **more}, tuple(buttons), subject_of(order), view)


def _buttons(order: Order, view: Json, person: int) -> list[Button]:
    ref = {"ref": order.code}
    if order.status in UNDECIDED:
        return while_undecided(order, view, person)
    if person != order.owner_id:
        return []
    if order.status == "approved" and view["outstanding_total"] != "0.00":
        return [Button("登记回款", "payment.create", ref, "primary")]
    return [Button("修改", "order.update", ref)] if order.status in ("rejected", "withdrawn") else []


def while_undecided(row: Order | Payment, view: Json, person: int) -> list[Button]:
    """Whoever's turn it is decides; whose document it is may urge and withdraw."""
    ref = {"ref": row.code}
    if any(one["code"] == plain_code("person", person) for one in view["approvers"]):
        return [Button("同意", "approval.approve", ref, "primary"), Button("驳回", "approval.reject", ref, "danger")]
    if person in (row.owner_id, row.creator_id):
        return [Button("催办", "approval.urge", ref), Button("撤回", "approval.withdraw", ref)]
    return []


def order_card(ctx: Context, ident: int, person_id: int | None = None) -> Reply | None:
    """The present state of an order for a card that is on this person's phone; None once the order was undone."""
    order = seen(ctx, ORDER, ident)
    return None if order is None else shown(ctx, order, person_id=person_id)


def by_yuan(column: Any) -> Filter:
    """A filter on an amount in fen, given in yuan."""

    def condition(_ctx: Context, text: str) -> ColumnElement[bool]:
        try:
            return column == fen(Decimal(text.replace(",", "")))  # type: ignore[no-any-return]
        except InvalidOperation as error:
            raise BadRequest("金额不对", text[:40]) from error

    return condition


def _participating(ctx: Context) -> ColumnElement[bool]:
    return exists(select(1).where(TeamMember.customer_id == Order.customer_id, TeamMember.person_id == ctx.me.id))


SCENES: dict[str, Condition] = {
    "all": lambda _ctx: true(),
    "mine": lambda ctx: Order.owner_id == ctx.me.id,
    "participating": _participating,
    "subordinates": lambda ctx: permits.under(ctx, Order.owner_id) & (Order.owner_id != ctx.me.id),
}
ORDER = Noun(
    name="order", plural="orders", title="订单", model=Order, gate=permits.orders, present=present,
    columns=("code", "status", "fulfilment", "note", "approved_at"), scenes=SCENES,
    filters={
        "owner": by_person(Order.owner_id), "creator": by_person(Order.creator_id),
        "customer": by_name_of(Order.customer_id, Customer), "approver": turns.by_approver("order", Order.id),
        "amount": by_yuan(Order.amount_fen), "allowance": by_yuan(Order.allowance_fen),
    },
)  # fmt: skip

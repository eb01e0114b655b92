"""From what was said about lines to priced lines, and from those to the question who must approve (domain.md E.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sqlalchemy import func, select

from handlers.args import OrderLine as SaidLine
from handlers.company import rules
from handlers.company.facts import about_customer
from handlers.company.flows import Matter
from handlers.context import Context
from handlers.money.pricing import Item, Quote, price
from handlers.money.products import find_product
from handlers.presenting import decimal
from models.amounts import fen, yuan
from models.company.approval import UNDECIDED
from models.company.flow import ApprovalLimits
from models.company.people import Person
from models.customers.customer import Customer
from models.errors import Invalid
from models.money.order import Order, OrderLine
from models.money.product import Product
from models.rows import fetch_all

# Units of what is sold by the piece alone.
WHOLE = frozenset("台个套件盒箱包袋瓶罐桶支只把张本册部辆块条根枚双对副架座颗")
MOST_FEN = 10**13  # a hundred billion yuan: more is a slip of the finger


@dataclass(frozen=True)
class Priced:
    """Lines with their products' ids, what they cost together, and what to mention."""

    product_ids: tuple[int, ...]
    items: tuple[Item, ...]
    quote: Quote
    rate: Decimal | None
    allowance_fen: int
    warnings: tuple[str, ...] = ()


def price_said(ctx: Context, lines: Sequence[SaidLine], rate: Decimal | None, allowance_fen: int) -> Priced:
    """Lines as they were said; a price that was not said is the list price. Raises `Invalid` or `Ambiguous`."""
    products = [find_product(ctx, line.product, number) for number, line in enumerate(lines)]
    for line, product in zip(lines, products, strict=True):
        _refuse_parts(product, line.quantity)
    items = tuple(
        Item(
            line.quantity,
            product.price_fen,
            fen(line.price) if line.price is not None else product.price_fen,
            line.discount,
        )
        for line, product in zip(lines, products, strict=True)
    )
    return _priced([product.id for product in products], items, rate, allowance_fen, _short(products, items))


def _refuse_parts(product: Product, quantity: Decimal) -> None:
    """Half a printer is a slip of the finger; kilograms and hours have fractions."""
    unit = product.unit or ""
    if unit not in WHOLE or quantity == quantity.to_integral_value():
        return
    low, high = (decimal(quantity.to_integral_value(way)) for way in (ROUND_FLOOR, ROUND_CEILING))
    either = " 或 ".join(f"{product.name} {count}{unit}" for count in (low, high) if count != "0")
    raise Invalid(
        "lines",
        f"{product.name}的数量要是整数",
        f"按{unit}卖，收到的是 {decimal(quantity)} {unit}",
        f"请改成：{either}",
    )


def price_kept(ctx: Context, order: Order, rate: Decimal | None, allowance_fen: int) -> Priced:
    """The order's own lines at the list prices of when they were entered."""
    rows = lines_of(ctx, order)
    items = tuple(Item(row.quantity, row.list_price_fen, row.price_fen, row.discount) for row in rows)
    return _priced([row.product_id for row in rows], items, rate, allowance_fen, ())


def lines_of(ctx: Context, order: Order) -> list[OrderLine]:
    """The rows of an order's lines, by number."""
    return fetch_all(ctx.db, OrderLine, OrderLine.order_id == order.id, order_by=[OrderLine.number])


def _priced(
    products: Sequence[int],
    items: tuple[Item, ...],
    rate: Decimal | None,
    allowance_fen: int,
    warnings: tuple[str, ...],
) -> Priced:
    quote = price(items, rate, allowance_fen)
    if max(quote.list_fen, quote.gross_fen, *quote.line_fen) > MOST_FEN:
        raise Invalid("lines", "订单金额太大", f"最多 {yuan(MOST_FEN)} 元", "请检查数量和单价")
    if quote.amount_fen < 0:
        detail = f"产品合计 {yuan(quote.gross_fen)} 元，优惠 {yuan(allowance_fen)} 元"
        raise Invalid("allowance", "优惠不能超过产品合计", detail, f"优惠最多 {yuan(quote.gross_fen)} 元")
    return Priced(tuple(products), items, quote, rate, allowance_fen, warnings)


def _short(products: Sequence[Product], items: Sequence[Item]) -> tuple[str, ...]:
    """Out of stock is said, not refused (A.12)."""
    wanted: dict[int, Decimal] = {}
    for product, item in zip(products, items, strict=True):
        wanted[product.id] = wanted.get(product.id, Decimal(0)) + item.quantity
    known = {product.id: product for product in products}
    return tuple(
        f"{known[ident].name}库存 {known[ident].stock}{known[ident].unit or ''}，这次要 {decimal(count)}"
        for ident, count in wanted.items()
        if (stock := known[ident].stock) is not None and stock < count
    )


def write(ctx: Context, order: Order, priced: Priced) -> None:
    """Replaces the lines of an order."""
    for row in lines_of(ctx, order):
        ctx.remove(row)  # type: ignore[arg-type]  # a line has an id and a version as records have
    rows = zip(priced.product_ids, priced.items, priced.quote.line_fen, strict=True)
    for number, (product_id, item, amount_fen) in enumerate(rows, start=1):
        ctx.insert(
            OrderLine, order_id=order.id, number=number, version=1, product_id=product_id, quantity=item.quantity,
            list_price_fen=item.list_price_fen, price_fen=item.price_fen, discount=item.rate, amount_fen=amount_fen,
        )  # fmt: skip


def matter(
    ctx: Context, customer: Customer, priced: Priced, chosen: Person | None, *, besides: Order | None = None
) -> Matter:
    """What the approval flow of an order is chosen by; `besides` is the order itself where it is there already."""
    quote = priced.quote
    amount = quote.amount_fen + _parts(ctx, customer, besides)
    facts = about_customer(ctx, customer.id, amount).also(
        discount=lambda: quote.lowest_rate,
        rate=lambda: quote.lowest_rate,
        line_discount=lambda: quote.line_rate,
        total_discount=lambda: quote.total_rate,
        customer_level=lambda: customer.level,
    )
    return Matter("order", facts, quote.lowest_rate, chosen, {"owner": customer.owner_id})


def _parts(ctx: Context, customer: Customer, besides: Order | None) -> int:
    """What the customer ordered in the days within which parts are summed (E.3.5): nobody stays below a limit by
    ordering in pieces. Nothing where the company does not ask for it."""
    days = rules.in_force(ctx, "approval_limits", ApprovalLimits)[0].split_days
    if not days:
        return 0
    others = (Order.customer_id == customer.id, Order.created_at > ctx.now - timedelta(days=days))
    counted = (Order.status.in_(("approved", *UNDECIDED)), Order.id != (besides.id if besides is not None else 0))
    total = ctx.db.execute(select(func.coalesce(func.sum(Order.amount_fen), 0)).where(*others, *counted))
    return int(total.scalar_one())

"""Orders, their lines, and payments against them."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, CustomerId, OrderId, PersonId, Record


class Order(Record):
    """Amounts in fen. `list_fen` is the sum at list prices, `lowest_rate` the lowest of all line rates and the total's
    (what authority is measured by). `status` is the approval side, `fulfilment` the other (domain.md E.5);
    `approved_hash` of the guarded fields as they were approved (E.3.4)."""

    __tablename__ = "order"
    __table_args__ = (
        Index("ix_order_customer", "customer_id", "id"),
        Index("ix_order_owner", "owner_id", "id"),
    )

    code: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[CustomerId]
    owner_id: Mapped[PersonId]
    creator_id: Mapped[PersonId]
    status: Mapped[str]
    fulfilment: Mapped[str | None]
    list_fen: Mapped[int]
    amount_fen: Mapped[int]
    discount: Mapped[Decimal | None]
    allowance_fen: Mapped[int] = mapped_column(default=0)
    lowest_rate: Mapped[Decimal]
    approver_id: Mapped[PersonId | None]
    note: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    approved_owner_id: Mapped[PersonId | None]
    approved_hash: Mapped[str | None]


class OrderLine(Base):
    """One line; `price_fen` is what was agreed per unit before the line's rate."""

    __tablename__ = "order_line"
    __table_args__ = (Index("ix_order_line_order", "order_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    order_id: Mapped[OrderId]
    number: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[Decimal]
    list_price_fen: Mapped[int]
    price_fen: Mapped[int]
    discount: Mapped[Decimal | None]
    amount_fen: Mapped[int]


class Payment(Record):
    """Money that arrived for an order; counts only when approved."""

    __tablename__ = "payment"
    __table_args__ = (Index("ix_payment_order", "order_id", "id"), Index("ix_payment_customer", "customer_id", "id"))

    code: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[OrderId]
    customer_id: Mapped[CustomerId]
    owner_id: Mapped[PersonId]
    creator_id: Mapped[PersonId]
    amount_fen: Mapped[int]
    method: Mapped[str | None]
    paid_on: Mapped[date]
    status: Mapped[str]
    approver_id: Mapped[PersonId | None]
    note: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    approved_owner_id: Mapped[PersonId | None]
    approved_hash: Mapped[str | None]

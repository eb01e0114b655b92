"""What is sold."""

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Record


class Product(Record):
    """`price_fen` is the list price of one `unit`."""

    __tablename__ = "product"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    price_fen: Mapped[int]
    unit: Mapped[str | None]
    stock: Mapped[int | None]
    aliases: Mapped[list[str]]
    is_active: Mapped[bool] = mapped_column(default=True)

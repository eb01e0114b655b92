"""Tables are declared once; command paths read them by Core into frozen rows that carry the class's own verbs."""

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import FunctionType
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Identity, MetaData, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = dict[str, Any]
PersonId = Annotated[int, mapped_column(ForeignKey("person.id"))]
DepartmentId = Annotated[int, mapped_column(ForeignKey("department.id"))]
CustomerId = Annotated[int, mapped_column(ForeignKey("customer.id"))]
SeaId = Annotated[int, mapped_column(ForeignKey("sea.id"))]
LeadPoolId = Annotated[int, mapped_column(ForeignKey("lead_pool.id"))]
LeadId = Annotated[int, mapped_column(ForeignKey("lead.id"))]
OrderId = Annotated[int, mapped_column(ForeignKey("order.id"))]


class Base(DeclarativeBase):
    """Root of all tables."""

    __table__: ClassVar[Table]
    model: ClassVar[Any]  # of a frozen row the table class that it is a twin of
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        int: BigInteger,
        bool: Boolean,
        datetime: DateTime(timezone=True),
        Decimal: Numeric(14, 4),
        Json: JSONB,
        list[Json]: JSONB,
        list[str]: JSONB,
        list[int]: JSONB,
    }


class Record(Base):
    """What every business row has. `version` counts its changes; a change names the version that it saw."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


@cache
def row_class(model: type[Base]) -> type[Any]:
    """The frozen twin of a table class: its columns as fields, its own methods and properties."""
    verbs: dict[str, Any] = {}
    for base in reversed(model.__mro__):
        if base is not Base and issubclass(base, Base):
            verbs |= {k: v for k, v in vars(base).items() if isinstance(v, (FunctionType, property)) and k[0] != "_"}
    verbs["model"] = model
    fields = [(column.key, Any) for column in model.__table__.c]
    return dataclasses.make_dataclass(model.__name__, fields, frozen=True, slots=True, namespace=verbs)


def plain(value: Any) -> Any:
    """A column value as JSON keeps it: instants and dates ISO 8601, decimals as text."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def unplain(model: type[Base], column: str, value: Any) -> Any:
    """The column value of what `plain` kept."""
    if value is None:
        return None
    kind = model.__table__.c[column].type.python_type
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value

"""Customers: owned by a rep or lying in a public sea."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CustomerId, Json, PersonId, Record, SeaId
from models.codes import plain_code
from models.customers.ownership import Owned
from models.grams import INDEXED, gram_index


class Customer(Owned):
    """`sea_id` is set exactly while nobody owns it; `home_sea_id` always. `warn_at` is the next warning
    before the reclaim, `warned_at` when the first one for this deadline was written. `frozen`: nobody may claim it,
    `{"reason": do_not_contact | legal_hold, "note"}`."""

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint("(owner_id is null) = (sea_id is not null)", name="pooled_or_owned"),
        Index("uq_customer_name_key", "name_key", unique=True),
        gram_index("ix_customer_name", "name_key"),
        Index("ix_customer_owner", "owner_id", "id"),
        Index("ix_customer_sea", "sea_id", "id", postgresql_where=text("sea_id is not null")),
        Index("ix_customer_phone", "phone", postgresql_where=text("phone is not null")),
        Index("ix_customer_warn", "warn_at", postgresql_where=text("warn_at is not null")),
        Index("ix_customer_reclaim", "reclaim_at", postgresql_where=text("reclaim_at is not null")),
    )

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(info=INDEXED)
    kind: Mapped[str] = mapped_column(default="company")
    phone: Mapped[str | None]
    region: Mapped[str | None]
    industry: Mapped[str | None]
    level: Mapped[str | None]
    address: Mapped[str | None]
    note: Mapped[str | None]
    tags: Mapped[list[str]]
    sea_id: Mapped[SeaId | None]
    home_sea_id: Mapped[SeaId | None]
    entered_sea_at: Mapped[datetime | None]
    won_at: Mapped[datetime | None]
    extended_until: Mapped[datetime | None]
    extension_request: Mapped[Json | None]
    warn_at: Mapped[datetime | None]
    frozen: Mapped[Json | None]

    @property
    def code(self) -> str:
        """C000123."""
        return plain_code("customer", self.id)


class TeamMember(Record):
    """Somebody who also works on a customer; `access` is read or read_write."""

    __tablename__ = "team_member"
    __table_args__ = (Index("uq_team_member", "customer_id", "person_id", unique=True),)

    customer_id: Mapped[CustomerId]
    person_id: Mapped[PersonId]
    access: Mapped[str]


class Contact(Record):
    """A person at a customer; a mobile is unique within its customer."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("uq_contact_phone", "customer_id", "phone", unique=True, postgresql_where=text("phone is not null")),
        Index("ix_contact_phone", "phone", postgresql_where=text("phone is not null")),
        Index("ix_contact_customer", "customer_id", "id"),
        gram_index("ix_contact_name", "name"),
    )

    customer_id: Mapped[CustomerId]
    creator_id: Mapped[PersonId | None]
    name: Mapped[str] = mapped_column(info=INDEXED)
    phone: Mapped[str | None]
    title: Mapped[str | None]
    role: Mapped[str | None]
    email: Mapped[str | None]
    wechat: Mapped[str | None]

    @property
    def code(self) -> str:
        """K000123."""
        return plain_code("contact", self.id)

"""Customers: owned by a rep or lying in a public sea."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, Index, exists, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CustomerId, Json, PersonId, Record, SeaId
from models.codes import plain_code
from models.customers.ownership import Owned
from models.grams import INDEXED, gram_index
from models.normal import company_name, simplified


class Customer(Owned):
    """`sea_id` is set exactly while nobody owns it; `home_sea_id` always. `warn_at` is the next warning
    before the reclaim, `warned_at` when the first one for this deadline was written. `nudge_at` is when a rung of the
    ladder, or a mark of high risk (`marked_at`), is next due. No rule takes it before `protected_until`; `protected_as`
    says why: lock (somebody asked for it), created (he made it himself), ending (the lock was taken off).
    `frozen`: nobody may claim it, `{"reason": do_not_contact | legal_hold, "note"}`. `core_key` and
    `region_key` follow from the name (`named`). One with `merged_into_id` is only a redirect: nobody owns it,
    no sea holds it."""

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint(
            "merged_into_id is null and (owner_id is null) = (sea_id is not null)"
            " or merged_into_id is not null and owner_id is null and sea_id is null",
            name="pooled_or_owned",
        ),
        Index("uq_customer_name_key", "name_key", unique=True),
        Index("uq_customer_uscc", "uscc", unique=True, postgresql_where=text("uscc is not null")),
        Index("ix_customer_core", "core_key", postgresql_ops={"core_key": "text_pattern_ops"}),
        Index("ix_customer_merged", "merged_into_id", postgresql_where=text("merged_into_id is not null")),
        gram_index("ix_customer_name", "name_key"),
        Index("ix_customer_owner", "owner_id", "id"),
        Index("ix_customer_sea", "sea_id", "id", postgresql_where=text("sea_id is not null")),
        Index("ix_customer_phone", "phone", postgresql_where=text("phone is not null")),
        Index("ix_customer_warn", "warn_at", postgresql_where=text("warn_at is not null")),
        Index("ix_customer_reclaim", "reclaim_at", postgresql_where=text("reclaim_at is not null")),
        Index("ix_customer_nudge", "nudge_at", postgresql_where=text("nudge_at is not null")),
    )

    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(info=INDEXED)
    core_key: Mapped[str] = mapped_column(default="", server_default="")
    region_key: Mapped[str] = mapped_column(default="", server_default="")
    uscc: Mapped[str | None]
    merged_into_id: Mapped[CustomerId | None]
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
    nudge_at: Mapped[datetime | None]
    protected_until: Mapped[datetime | None]
    protected_as: Mapped[str | None]
    marked_at: Mapped[datetime | None]

    @property
    def code(self) -> str:
        """C000123."""
        return plain_code("customer", self.id)


class CustomerAlias(Record):
    """Another name of a customer; `kind` is former (曾用名), short (简称) or brand."""

    __tablename__ = "customer_alias"
    __table_args__ = (
        Index("uq_customer_alias", "customer_id", "name_key", unique=True),
        Index("ix_customer_alias_key", "name_key"),
        Index("ix_customer_alias_core", "core_key", postgresql_ops={"core_key": "text_pattern_ops"}),
        gram_index("ix_customer_alias_name", "name_key"),
    )

    customer_id: Mapped[CustomerId]
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(info=INDEXED)
    core_key: Mapped[str]
    region_key: Mapped[str]
    kind: Mapped[str]


def named(name: str) -> dict[str, str]:
    """The columns of a customer or alias that hold a name."""
    parts = company_name(name)
    return {"name": name, "name_key": parts.key, "core_key": parts.core, "region_key": parts.region}


def normal_tag(said: str) -> str:
    """One spelling of width, script and spaces; the case is kept."""
    return " ".join(simplified(said).strip(" #,，、;；。").split())


def tagged(said: str) -> ColumnElement[bool]:
    """Customers with this tag, in any case."""
    each = func.jsonb_array_elements_text(Customer.tags).table_valued("value")
    return exists(select(1).select_from(each).where(func.lower(each.c.value) == normal_tag(said).lower()))


class TeamMember(Record):
    """Somebody who also works on a customer; `access` is read or read_write, and ends at `until`."""

    __tablename__ = "team_member"
    __table_args__ = (
        Index("uq_team_member", "customer_id", "person_id", unique=True),
        Index("ix_team_member_until", "until", postgresql_where=text("until is not null")),
    )

    customer_id: Mapped[CustomerId]
    person_id: Mapped[PersonId]
    access: Mapped[str]
    until: Mapped[datetime | None]


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

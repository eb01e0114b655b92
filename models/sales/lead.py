"""Leads and their six states (domain.md A.2)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from models.base import CustomerId, LeadPoolId, PersonId, Record
from models.codes import plain_code

OPEN = ("unassigned", "pending", "following", "invalid")


class Lead(Record):
    """`status`: unassigned pending following invalid converted void. A phone is unique among the open ones."""

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint("status <> 'unassigned' or owner_id is null", name="unassigned_has_no_owner"),
        Index(
            "uq_lead_phone",
            "phone",
            unique=True,
            postgresql_where=text("phone is not null and status not in ('converted', 'void')"),
        ),
        Index("ix_lead_name", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        Index("ix_lead_company", "company", postgresql_using="gin", postgresql_ops={"company": "gin_trgm_ops"}),
        Index("ix_lead_owner", "owner_id", "id"),
        Index("ix_lead_pool", "pool_id", "id", postgresql_where=text("status = 'unassigned'")),
        Index("ix_lead_reclaim", "reclaim_at", postgresql_where=text("reclaim_at is not null")),
    )

    name: Mapped[str | None]
    phone: Mapped[str | None]
    company: Mapped[str | None]
    title: Mapped[str | None]
    email: Mapped[str | None]
    wechat: Mapped[str | None]
    source: Mapped[str | None]
    campaign: Mapped[str | None]
    region: Mapped[str | None]
    industry: Mapped[str | None]
    note: Mapped[str | None]
    status: Mapped[str]
    status_before: Mapped[str | None]
    status_reason: Mapped[str | None]
    pool_id: Mapped[LeadPoolId | None]
    home_pool_id: Mapped[LeadPoolId | None]
    entered_pool_at: Mapped[datetime | None]
    owner_id: Mapped[PersonId | None]
    creator_id: Mapped[PersonId | None]
    owned_at: Mapped[datetime | None]
    clock_at: Mapped[datetime | None]
    last_follow_up_at: Mapped[datetime | None]
    next_follow_up_at: Mapped[datetime | None]
    reclaim_at: Mapped[datetime | None]
    warned_for: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    customer_id: Mapped[CustomerId | None]

    @property
    def code(self) -> str:
        """L000123."""
        return plain_code("lead", self.id)

    @property
    def label(self) -> str:
        """How a lead is called: its name, company, or whatever handle there is."""
        return self.name or self.company or self.phone or self.wechat or self.email or self.code

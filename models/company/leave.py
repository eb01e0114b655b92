"""Who is away and when: days on which a person's clocks rest and nothing new is given to him (domain.md D15)."""

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from models.base import PersonId, Record


class Leave(Record):
    """Whole local days, both ends included. `status`: approved, cancelled."""

    __tablename__ = "leave"
    __table_args__ = (
        CheckConstraint("from_on <= until_on", name="in_order"),
        Index("ix_leave_person", "person_id", "until_on"),
    )

    person_id: Mapped[PersonId]
    from_on: Mapped[date]
    until_on: Mapped[date]
    status: Mapped[str]
    reason: Mapped[str | None]
    creator_id: Mapped[PersonId | None]

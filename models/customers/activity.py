"""Follow-ups (what was done) and todos (what is to be done)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import PersonId, Record
from models.codes import plain_code


class FollowUp(Record):
    """`noun`/`record_id` name the customer or lead; an ineffective one moved no clock, `why_not` says why.

    A visit that was checked in has its `place` as the platform calls it, and degrees of GCJ-02."""

    __tablename__ = "follow_up"
    __table_args__ = (
        Index("ix_follow_up_subject", "noun", "record_id", "id"),
        Index("ix_follow_up_person", "person_id", "at"),
    )

    noun: Mapped[str]
    record_id: Mapped[int]
    person_id: Mapped[PersonId]
    content: Mapped[str]
    content_key: Mapped[str]
    method: Mapped[str | None]
    result: Mapped[str | None]
    at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    is_effective: Mapped[bool]
    why_not: Mapped[str | None]
    place: Mapped[str | None]
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))

    @property
    def code(self) -> str:
        """F000123."""
        return plain_code("follow_up", self.id)


class Todo(Record):
    """`status`: open, done, cancelled. `reminded_for` is the due instant that was already reminded of."""

    __tablename__ = "todo"
    __table_args__ = (
        Index("ix_todo_due", "due_at", postgresql_where=text("status = 'open'")),
        Index("ix_todo_person", "person_id", "due_at"),
        Index("ix_todo_subject", "noun", "record_id", postgresql_where=text("status = 'open'")),
    )

    title: Mapped[str]
    person_id: Mapped[PersonId]
    creator_id: Mapped[PersonId | None]
    due_at: Mapped[datetime]
    noun: Mapped[str | None]
    record_id: Mapped[int | None]
    follow_up_id: Mapped[int | None]
    repeat: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="open")
    done_at: Mapped[datetime | None]
    reminded_for: Mapped[datetime | None]
    platform: Mapped[str | None]

    @property
    def code(self) -> str:
        """T000123."""
        return plain_code("todo", self.id)

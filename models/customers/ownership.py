"""What can be owned, and the ledger of ownership: quotas and cool-downs are computed from it, never from the owner."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from models.base import PersonId, Record


class Owned(Record):
    """What one person owns and a clock takes back from him. `clock_at` is when the clock last started (owned, or the
    last follow-up that counts), `reclaim_at` the instant that follows from the rules."""

    __abstract__ = True

    owner_id: Mapped[PersonId | None]
    creator_id: Mapped[PersonId | None]
    owned_at: Mapped[datetime | None]
    clock_at: Mapped[datetime | None]
    last_follow_up_at: Mapped[datetime | None]
    next_follow_up_at: Mapped[datetime | None]
    reclaim_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]


class Ownership(Record):
    """One period of one owner. `how`: create claim assign transfer convert load restore; `reason_out`: return reclaim
    transfer convert void merge. `pool_id` is the sea (or lead pool) whose limits it counts against."""

    __tablename__ = "ownership"
    __table_args__ = (
        Index("uq_ownership_open", "noun", "record_id", unique=True, postgresql_where=text("ended_at is null")),
        Index("ix_ownership_person", "owner_id", "noun", "started_at"),
        Index("ix_ownership_record", "noun", "record_id", "owner_id"),
        Index("ix_ownership_reclaimed", "ended_at", postgresql_where=text("reason_out = 'reclaim'")),
    )

    noun: Mapped[str]
    record_id: Mapped[int]
    owner_id: Mapped[PersonId]
    pool_id: Mapped[int | None]
    started_at: Mapped[datetime]
    how: Mapped[str]
    ended_at: Mapped[datetime | None]
    reason_out: Mapped[str | None]
    note_out: Mapped[str | None]

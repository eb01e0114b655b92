"""The ledger of ownership: quotas, cool-downs and 领取次数 are computed from it, never from the present owner."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from models.base import PersonId, Record


class Ownership(Record):
    """One period of one owner. `how`: create claim assign transfer convert load; `reason_out`: return reclaim transfer
    convert void. `pool_id` is the sea (or lead pool) whose limits it counts against."""

    __tablename__ = "ownership"
    __table_args__ = (
        Index("uq_ownership_open", "noun", "record_id", unique=True, postgresql_where=text("ended_at is null")),
        Index("ix_ownership_person", "owner_id", "noun", "started_at"),
        Index("ix_ownership_record", "noun", "record_id", "owner_id"),
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

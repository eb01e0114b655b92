"""What was changed: one entry per event, with before and after of every row, enough to play it back."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json


class History(Base):
    """`walk` groups the entries of one command; `changes` is `[{table, id, version, before, after}]`
    (before null: made; after null: removed)."""

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_ref", "ref", "id"),
        Index("ix_history_walk", "walk"),
        Index("ix_history_actor", "actor_id", "id"),
        Index("ix_history_command", "command", "id"),
        Index("ix_history_row", "noun", "record_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    walk: Mapped[str]
    command: Mapped[str]
    event: Mapped[str]
    ref: Mapped[str]
    noun: Mapped[str]
    record_id: Mapped[int]
    customer_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    owner_id: Mapped[int | None]
    door: Mapped[str]
    at: Mapped[datetime]
    changes: Mapped[list[Json]]
    facts: Mapped[Json]
    is_undoable: Mapped[bool] = mapped_column(default=False)
    undone_at: Mapped[datetime | None]

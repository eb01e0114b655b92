"""One row per inbound event: the first delivery writes it, a repeat finds its answer."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json


class Inbox(Base):
    """`state`: done, deferred (to be run by a worker), failed. `payload` is the inbound event, kept only while it
    may be run again; `reply` is the neutral answer (template, facts)."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("platform", "event_id"),
        Index("ix_inbox_deferred", "id", postgresql_where=text("state = 'deferred'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    event_id: Mapped[str]
    account: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    reply: Mapped[Json | None]
    payload: Mapped[Json | None]
    reference: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]

"""One row per inbound event: the first delivery writes it, a repeat finds its answer."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json


class Inbox(Base):
    """`state`: done, deferred (to be run by a worker), failed. `payload` is the inbound event, kept while it may be run
    again, by a worker or, of a failed one, by an admin; `reply` is the neutral answer (template, facts).

    Of a deferred one `due_at` is business time (none: at once), `attempts` counts every run that began, `crashes` those
    that ended in a bug of ours; `reference` is the number that the person and the log know.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("platform", "event_id"),
        Index("ix_inbox_deferred", "platform", "account", "received_at", postgresql_where=text("state = 'deferred'")),
        Index("ix_inbox_failed", "received_at", postgresql_where=text("state = 'failed'")),
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
    crashes: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[datetime | None]
    received_at: Mapped[datetime]

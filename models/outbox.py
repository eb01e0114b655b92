"""What must be told: written in the transaction that caused it, delivered after commit."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json

OPEN = ("waiting", "sending", "retrying")


class Outbox(Base):
    """States: waiting, sending, sent, retrying, merged, dead, cancelled.

    `lane` is what order is kept for: `person:12`, `robot:3`, `session:…`. `kind`: message (to a person), robot, refresh
    (of a sent card), session (DingTalk group reply). `due_at` is business time (quiet hours), `lease_until` real time.
    `maybe_twice`: the platform may have got it before and has no key to recognise the repeat.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_open", "lane", "id", postgresql_where=text("state in ('waiting', 'sending', 'retrying')")),
        Index("ix_outbox_due", "due_at", postgresql_where=text("state in ('waiting', 'retrying')")),
        Index("ix_outbox_ref", "ref", "id"),
        Index("ix_outbox_card", "card_id"),
        Index("ix_outbox_person", "person_id", "topic", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    history_id: Mapped[int | None]
    kind: Mapped[str]
    lane: Mapped[str]
    channel: Mapped[str]
    account: Mapped[str]
    person_id: Mapped[int | None]
    robot_id: Mapped[int | None]
    card_id: Mapped[int | None]
    topic: Mapped[str]
    ref: Mapped[str]
    template: Mapped[str]
    facts: Mapped[Json]
    is_urgent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="waiting")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    merged_into: Mapped[int | None]
    maybe_twice: Mapped[bool] = mapped_column(default=False)
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    message_id: Mapped[str | None]
    form: Mapped[str | None]
    created_at: Mapped[datetime]

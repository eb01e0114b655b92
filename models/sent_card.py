"""The ledger of cards: what each button means, to whom the card was sent, and the right to update it once."""

from datetime import datetime, timedelta

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, PersonId

CODE_LIFE = timedelta(hours=72)  # of WeCom's right to one update


class SentCard(Base):
    """`buttons` is `[{key, text, style, command, args}]`. `state`: active, done. `response_code` is WeCom's newest
    right to one update, emptied when spent."""

    __tablename__ = "sent_card"
    __table_args__ = (Index("ix_sent_card_subject", "noun", "record_id", postgresql_where=text("state = 'active'")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    account: Mapped[str]
    person_id: Mapped[PersonId]
    noun: Mapped[str]
    record_id: Mapped[int]
    subject_version: Mapped[int]
    template: Mapped[str]
    facts: Mapped[Json]
    buttons: Mapped[list[Json]]
    state: Mapped[str] = mapped_column(default="active")
    response_code: Mapped[str] = mapped_column(default="")
    code_until: Mapped[datetime | None]
    message_id: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]

"""The open question of one conversation: a private chat and a group are separate ones."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json


class Dialogue(Base):
    """`conversation` is `platform:account:chat`; `question` the asked one (bot/listening/dialogue.py)."""

    __tablename__ = "dialogue"

    conversation: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[Json]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]

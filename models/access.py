"""Credentials: platform tokens (sealed), API tokens (hashed), and keys that make an API retry safe."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, PersonId


class PlatformToken(Base):
    """One token per app, shared by all processes; `version` counts refreshes."""

    __tablename__ = "platform_token"

    app: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ApiToken(Base):
    """Only the SHA-256 of a token is kept."""

    __tablename__ = "api_token"

    digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """The first answer to a keyed API command."""

    __tablename__ = "idempotency_key"

    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]
    status: Mapped[int]
    answer: Mapped[Json]
    created_at: Mapped[datetime]

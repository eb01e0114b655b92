"""A command that waits for approval: what somebody wants to do, kept until the last approver agrees (E.3.1)."""

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CustomerId, Json, PersonId, Record


class Request(Record):
    """`command` with `args` is run as `creator_id` when it is approved. It is about the row `about_id` of `about_noun`
    (none: the command makes one), whose guarded fields stood as in `about` when it was asked for.

    `status` as of a document; `void`: approved, but refused by the command's own rules in the end (`reason`).
    """

    __tablename__ = "request"
    __table_args__ = (
        Index(
            "uq_request_open",
            "command",
            "about_noun",
            "about_id",
            unique=True,
            postgresql_where=text("status in ('pending', 'in_review')"),
        ),
        Index("ix_request_creator", "creator_id", "id"),
    )

    code: Mapped[str] = mapped_column(unique=True)
    command: Mapped[str]
    args: Mapped[Json]
    title: Mapped[str]
    about_noun: Mapped[str | None]
    about_id: Mapped[int | None]
    about_ref: Mapped[str | None]
    about: Mapped[Json]
    customer_id: Mapped[CustomerId | None]
    owner_id: Mapped[PersonId | None]
    creator_id: Mapped[PersonId]
    amount_fen: Mapped[int]
    status: Mapped[str]
    reason: Mapped[str | None]

"""Files that belong to records: the row is made when a message brings one, its content comes later."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import PersonId, Record
from models.codes import plain_code


class Attachment(Record):
    """`noun`/`record_id` name the customer, lead or opportunity; `person_id` who sent it, `source` the platform.

    `status`: waiting (for the platform to give its content), stored, failed (`why`). `media` is the platform's name of
    the content, `digest` the SHA-256 under which it is stored. `tries` and `due_at` belong to the job that fetches.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_subject", "noun", "record_id", "id"),
        Index("ix_attachment_person", "person_id", "id"),
        Index("ix_attachment_due", "due_at", postgresql_where=text("status = 'waiting'")),
    )

    noun: Mapped[str]
    record_id: Mapped[int]
    person_id: Mapped[PersonId]
    kind: Mapped[str]
    name: Mapped[str]
    source: Mapped[str]
    media: Mapped[str]
    at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="waiting")
    why: Mapped[str | None]
    size: Mapped[int | None]
    digest: Mapped[str | None]
    content_type: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]

    @property
    def code(self) -> str:
        """FL000123."""
        return plain_code("attachment", self.id)

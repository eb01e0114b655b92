"""Sharing: what its owners let others see or change besides what roles and teams give (domain.md E.7)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DepartmentId, Json, PersonId, Record


class Share(Record):
    """Records of `noun`: the one with `record_id`, or those that `from_person_id` owns, or those of the people of
    `from_department_id` (and below), or those whose columns equal `condition`. To exactly one of person, department
    (and below) and role. `access` is read or read_write; it ends at `until`."""

    __tablename__ = "share"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(record_id, from_person_id, from_department_id, condition) = 1", name="one_source"
        ),
        CheckConstraint("num_nonnulls(to_person_id, to_department_id, to_role) = 1", name="one_target"),
        Index("ix_share_record", "noun", "record_id"),
        Index("ix_share_until", "until", postgresql_where=text("until is not null")),
    )

    noun: Mapped[str]
    record_id: Mapped[int | None]
    from_person_id: Mapped[PersonId | None]
    from_department_id: Mapped[DepartmentId | None]
    condition: Mapped[Json | None]
    to_person_id: Mapped[PersonId | None]
    to_department_id: Mapped[DepartmentId | None]
    to_role: Mapped[str | None]
    access: Mapped[str]
    until: Mapped[datetime | None]
    creator_id: Mapped[PersonId | None]

    @property
    def code(self) -> str:
        """Shares are numbered."""
        return str(self.id)


class Shared(Base):
    """Whom the sharing of a single record means today."""

    __tablename__ = "shared"
    __table_args__ = (Index("ix_shared_viewer", "viewer_id", "noun", "record_id"),)

    share_id: Mapped[int] = mapped_column(ForeignKey("share.id"), primary_key=True)
    viewer_id: Mapped[PersonId] = mapped_column(primary_key=True)
    noun: Mapped[str]
    record_id: Mapped[int]
    writes: Mapped[bool]

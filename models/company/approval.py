"""Approvals: one running flow per submission, one task per approver and step."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CustomerId, Json, PersonId, Record

UNDECIDED = ("pending", "in_review")  # of an approval and of its document


class Approval(Record):
    """`steps` is the flow as it stood at submission: `[{mode, approvers: [person ids], why}]`; `snapshot` what was
    submitted. `status`: pending in_review approved rejected withdrawn."""

    __tablename__ = "approval"
    __table_args__ = (
        Index("ix_approval_subject", "noun", "record_id", "id"),
        Index("uq_approval_open", "noun", "record_id", unique=True, postgresql_where=text("decided_at is null")),
    )

    code: Mapped[str] = mapped_column(unique=True)
    noun: Mapped[str]
    record_id: Mapped[int]
    ref: Mapped[str]
    submitter_id: Mapped[PersonId]
    customer_id: Mapped[CustomerId | None]
    amount_fen: Mapped[int]
    rule_version: Mapped[int | None]
    steps: Mapped[list[Json]]
    step: Mapped[int]
    snapshot: Mapped[Json]
    status: Mapped[str]
    reason: Mapped[str | None]
    platform: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    urged_at: Mapped[datetime | None]


class ApprovalTask(Record):
    """`status`: waiting approved rejected handed_over cancelled; `next` waits for its turn in a sequential step."""

    __tablename__ = "approval_task"
    __table_args__ = (
        Index("ix_approval_task_open", "approver_id", postgresql_where=text("status = 'waiting'")),
        Index("ix_approval_task_approval", "approval_id", "step", "turn"),
    )

    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"))
    step: Mapped[int]
    turn: Mapped[int]
    approver_id: Mapped[PersonId]
    handed_by_id: Mapped[PersonId | None]
    status: Mapped[str]
    why: Mapped[str]
    comment: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

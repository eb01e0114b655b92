"""Approvals: one running flow per submission, one task per approver and step; questions; delegations."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CustomerId, Json, PersonId, Record

UNDECIDED = ("pending", "in_review")  # of an approval and of its document


class Approval(Record):
    """`steps` is the flow as it stood at submission: `[{mode, approvers: [person ids], why, …}]` (`rounds.kept`),
    `policy` what holds for all of them; `snapshot` what was submitted. `status`: pending in_review approved rejected
    withdrawn, void where the approved command was refused in the end. `resume_step` is where a resubmission goes on."""

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
    policy: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    resume_step: Mapped[int | None]
    snapshot: Mapped[Json]
    status: Mapped[str]
    reason: Mapped[str | None]
    platform: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    urged_at: Mapped[datetime | None]


class ApprovalTask(Record):
    """`status`: waiting approved rejected handed_over returned cancelled; `next` waits for its turn, `held` for the
    signature that was asked for before it.

    A task with a `parent_id` belongs to that one: it signs `before` or `after` it, or decides `beside` it in its stead.
    `next_at` is when the clock looks at it next (working hours, E.3.6), `nudged` how often it has; the clock rests from
    `paused_at` on while a question is open. `on_behalf_of_id` is who delegated it.
    `shows`: the document may be seen because of it, until 30 days after the decision (E.7).
    """

    __tablename__ = "approval_task"
    __table_args__ = (
        Index("ix_approval_task_open", "approver_id", postgresql_where=text("status = 'waiting'")),
        Index("ix_approval_task_approval", "approval_id", "step", "turn"),
        Index(
            "ix_approval_task_next_at",
            "next_at",
            postgresql_where=text("status = 'waiting' and paused_at is null and next_at is not null"),
        ),
        Index("ix_approval_task_shows", "approval_id", postgresql_where=text("shows")),
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
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("approval_task.id"))
    placement: Mapped[str | None]
    on_behalf_of_id: Mapped[PersonId | None]
    next_at: Mapped[datetime | None]
    nudged: Mapped[int] = mapped_column(default=0, server_default="0")
    paused_at: Mapped[datetime | None]
    shows: Mapped[bool] = mapped_column(default=True, server_default="true")


class ApprovalQuestion(Record):
    """What an approver wants to know of the submitter before he decides."""

    __tablename__ = "approval_question"
    __table_args__ = (Index("ix_approval_question_approval", "approval_id", "id"),)

    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("approval_task.id"))
    asker_id: Mapped[PersonId]
    question: Mapped[str]
    answer: Mapped[str | None]
    answered_by_id: Mapped[PersonId | None]
    answered_at: Mapped[datetime | None]


class Delegation(Record):
    """`person_id`'s approvals go to `to_id` on these local days, both included (domain.md E.3.6). No `subjects`: all;
    no `max_amount_fen`: any amount. `taken_at` is when what waited at its beginning was passed on."""

    __tablename__ = "approval_delegation"
    __table_args__ = (
        CheckConstraint("from_on <= until_on", name="in_order"),
        Index("ix_approval_delegation_person", "person_id", "until_on"),
    )

    person_id: Mapped[PersonId]
    to_id: Mapped[PersonId]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    subjects: Mapped[list[str]]
    max_amount_fen: Mapped[int | None]
    reason: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

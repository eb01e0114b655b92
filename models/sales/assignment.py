"""Who got which lead and why: one row a decision, which is also the offer that waits for an answer (domain.md E.2)."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, LeadId, LeadPoolId, PersonId, Record

UNDECIDED = ("waiting", "offered")
GIVEN = ("assigned", "offered", "accepted")  # counts against the day's quota


class Assignment(Record):
    """`status`: waiting (for opening hours, for somebody who may have it), offered, assigned, accepted, declined,
    lapsed (no answer in time), sticky (it went to whom the same customer or company belongs), left (to the pool's
    admins), moot (somebody took it meanwhile).

    `skipped` is `[{name, why}]`, in the order in which they were passed over. `due_at` is when the clock looks at it
    next, `alert_at` when the pool's admins hear that nobody has it. `hop` counts who was asked since `entered_at`.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        Index("uq_assignment_open", "lead_id", unique=True, postgresql_where=text("status in ('waiting', 'offered')")),
        Index("ix_assignment_lead", "lead_id", "id"),
        Index("ix_assignment_person", "person_id", "chosen_at"),
        Index("ix_assignment_due", "due_at", postgresql_where=text("status in ('waiting', 'offered')")),
    )

    lead_id: Mapped[LeadId]
    pool_id: Mapped[LeadPoolId]
    entered_at: Mapped[datetime]
    hop: Mapped[int]
    rule: Mapped[str | None]
    rule_version: Mapped[int]
    strategy: Mapped[str | None]
    person_id: Mapped[PersonId | None]
    chosen_at: Mapped[datetime | None]
    skipped: Mapped[list[Json]]
    why: Mapped[str]
    status: Mapped[str]
    due_at: Mapped[datetime | None]
    alert_at: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]
    answer: Mapped[str | None]


class AssignmentCursor(Base):
    """Where a rule's turn stands, by `lead_pool/3/广交会`; locked until commit by whoever chooses. Not history: what is
    undone does not turn it back, since others have been served after it."""

    __tablename__ = "assignment_cursor"

    subject: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[Json]


class AssignmentPause(Record):
    """Somebody who takes no leads for now."""

    __tablename__ = "assignment_pause"

    person_id: Mapped[PersonId] = mapped_column(unique=True)

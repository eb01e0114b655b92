"""Opportunities and their moves (domain.md A.7, E.4): the tables, and each move as a verb that returns what changes."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, case, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CustomerId, PersonId, Record
from models.codes import plain_code
from models.customers.customer import Customer
from models.errors import Conflict
from models.grams import INDEXED, gram_index
from models.sales.process import Stage

STATES = {"open": "进行中", "won": "赢单", "lost": "输单", "invalid": "无效"}
REOPEN = timedelta(days=30)


class Opportunity(Record):
    """`status`: open won lost invalid. While it is open it belongs to whoever owns its customer, in a sea to nobody,
    unless `owner_id` names somebody else in particular; `credited_id` is whose it was when it was closed.

    `probability` in percent, of the stage when it was entered. `slips` counts how often `expected_close` moved out.
    """

    __tablename__ = "opportunity"
    __table_args__ = (
        gram_index("ix_opportunity_name", "name"),
        Index("ix_opportunity_customer", "customer_id", "id"),
        Index("ix_opportunity_owner", "owner_id", postgresql_where=text("owner_id is not null")),
        Index("ix_opportunity_credited", "credited_id", "closed_at", postgresql_where=text("credited_id is not null")),
        Index("ix_opportunity_open", "expected_close", postgresql_where=text("status = 'open'")),
    )

    name: Mapped[str] = mapped_column(info=INDEXED)
    customer_id: Mapped[CustomerId]
    owner_id: Mapped[PersonId | None]
    creator_id: Mapped[PersonId | None]
    amount_fen: Mapped[int | None]
    expected_close: Mapped[date | None]
    stage: Mapped[str]
    probability: Mapped[int]
    stage_entered_at: Mapped[datetime]
    status: Mapped[str]
    closed_at: Mapped[datetime | None]
    credited_id: Mapped[PersonId | None]
    reason: Mapped[str | None]
    competitor: Mapped[str | None]
    slips: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None]
    last_follow_up_at: Mapped[datetime | None]
    next_follow_up_at: Mapped[datetime | None]

    @property
    def code(self) -> str:
        """O000123."""
        return plain_code("opportunity", self.id)

    def holder(self, customer_owner_id: int | None) -> int | None:
        """Whose it is, given whose its customer is."""
        if self.status != "open":
            return self.credited_id
        return self.owner_id if self.owner_id is not None else customer_owner_id

    def entered(self, stage: Stage, at: datetime) -> dict[str, Any]:
        """Any stage may follow any other (A.7), but not itself."""
        _require_open(self, "换阶段")
        if stage.name == self.stage:
            since = f"{(at - self.stage_entered_at).days} 天前进入这个阶段"
            raise Conflict(f"{self.name} 已经在「{stage.name}」", since, "请说要进入的下一个阶段")
        return {"stage": stage.name, "probability": stage.probability, "stage_entered_at": at}

    def won(self, at: datetime, by: int | None, amount_fen: int | None) -> dict[str, Any]:
        """From now on its amount stands (E.4)."""
        _require_open(self, "赢单")
        amount = self.amount_fen if amount_fen is None else amount_fen
        return _closed("won", at, by) | {"amount_fen": amount}

    def lost(self, at: datetime, by: int | None, reason: str, competitor: str | None) -> dict[str, Any]:
        """Why, and to whom."""
        _require_open(self, "输单")
        return _closed("lost", at, by) | {"reason": reason, "competitor": competitor}

    def invalidated(self, at: datetime, by: int | None, reason: str) -> dict[str, Any]:
        """It never was one: no report counts it."""
        _require_open(self, "标记无效")
        return _closed("invalid", at, by) | {"reason": reason}

    def reopened(self, at: datetime) -> dict[str, Any]:
        """Within 30 days of its closing, in the stage where it was."""
        if self.status == "open" or self.closed_at is None:
            raise Conflict(f"{self.name} 正在进行", "只有已赢单、输单或无效的商机可以重新打开")
        if at - self.closed_at > REOPEN:
            since = f"{(at - self.closed_at).days} 天前已{STATES[self.status]}，{REOPEN.days} 天内可以重新打开"
            raise Conflict(f"{self.name} 不能重新打开了", since, "请新建一个商机")
        cleared = dict.fromkeys(("closed_at", "credited_id", "reason", "competitor"))
        return {"status": "open", "stage_entered_at": at, **cleared}

    def updated(self, changes: dict[str, Any]) -> dict[str, Any]:
        """`changes` of an open one; a later expected day is a slip."""
        if self.status == "won" and "amount_fen" in changes:
            raise Conflict(
                f"{self.name} 已赢单，金额不能改", "赢单时的金额已经计入业绩", f"可以先说「重新打开商机 {self.code}」"
            )
        expected = changes.get("expected_close")
        if expected is not None and self.expected_close is not None and expected > self.expected_close:
            changes = changes | {"slips": self.slips + 1}
        return changes


class OpportunityMove(Record):
    """One step of an opportunity: into a stage, or (`to_stage` the same, `status` changed) to its end and back.

    `days` is how many whole days the stage before lasted; None for the first.
    """

    __tablename__ = "opportunity_move"
    __table_args__ = (
        Index("ix_opportunity_move_opportunity", "opportunity_id", "id"),
        Index("ix_opportunity_move_at", "at"),
    )

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    from_stage: Mapped[str | None]
    to_stage: Mapped[str]
    probability: Mapped[int]
    status: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[PersonId | None]
    days: Mapped[int | None]
    feedback: Mapped[str | None]


def _closed(status: str, at: datetime, by: int | None) -> dict[str, Any]:
    return {"status": status, "closed_at": at, "credited_id": by, "next_follow_up_at": None}


def _require_open(row: Opportunity, what: str) -> None:
    if row.status != "open":
        next_step = f"30 天内可以说「重新打开商机 {row.code}」"
        raise Conflict(f"{row.name} 现在不能{what}", f"它已经{STATES[row.status]}", next_step)


def holder_column() -> ColumnElement[int]:
    """`Opportunity.holder` for a query."""
    of_customer = select(Customer.owner_id).where(Customer.id == Opportunity.customer_id)
    present = func.coalesce(Opportunity.owner_id, of_customer.correlate(Opportunity).scalar_subquery())
    return case((Opportunity.status == "open", present), else_=Opportunity.credited_id)

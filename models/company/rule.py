"""Rules that people change: versioned rows with an effective date, the body checked by its own model."""

from datetime import datetime, time
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json


class Rule(Base):
    """`subject` is `sea/3`, `lead_pool/2`, `discounts`, `flow/order`, `quiet_hours`, `calendar`, `claims`,
    `duplicates`, `routing`, `won_when`, `receivables`, `process/default`."""

    __tablename__ = "rule"
    __table_args__ = (UniqueConstraint("subject", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    version: Mapped[int]
    effective_at: Mapped[datetime]
    body: Mapped[Json]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]


class Body(BaseModel):
    """Base of rule bodies; an unknown key is an error of the company file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class QuietHours(Body):
    """From `start` to `end` (over midnight when start is later); None: never quiet."""

    start: time | None = time(21, 0)
    end: time | None = time(8, 30)


class WonWhen(Body):
    """Which events make a customer a won one."""

    events: tuple[Literal["order_approved", "opportunity_won", "contract_signed"], ...] = ("order_approved",)


class Receivables(Body):
    """An order without a payment plan is due `due_days` after the day of its approval."""

    due_days: int = Field(default=30, ge=0, le=3650)

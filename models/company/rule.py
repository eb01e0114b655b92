"""Rules that people change: versioned rows with an effective date, the body checked by its own model."""

from datetime import datetime, time
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json


class Rule(Base):
    """`subject` is `sea/3`, `lead_pool/2`, `discounts`, `flow/order`, `quiet_hours`, `calendar`, `won_when`."""

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


class PoolRules(Body):
    """What seas and lead pools have in common; defaults are those of domain.md E.1."""

    holding_limit: int | None = Field(default=None, ge=0)
    daily_claim_limit: int | None = Field(default=20, ge=0)
    reclaim_after_days: int | None = Field(default=None, ge=1, le=3650)
    cooldown_days: int = Field(default=30, ge=0)
    hidden_fields: tuple[Literal["phone", "email", "wechat", "address"], ...] = ("phone", "email", "wechat", "address")


class SeaRules(PoolRules):
    """A sea's own rules."""

    no_deal_after_days: int | None = Field(default=None, ge=1, le=3650)
    warn_before_days: tuple[int, ...] = (7, 3, 1)
    show_owner: bool = True
    day_type: Literal["calendar", "business"] = "calendar"


class LeadPoolRules(PoolRules):
    """A pool's own rules."""

    claimable: bool = True


class Discount(Body):
    """The lowest rate within a role's own authority."""

    role: Literal["admin", "dept_manager", "staff"]
    min_rate: Decimal = Field(gt=0, le=1)


class Discounts(Body):
    """A role that is not named has no limit of its own: admin."""

    limits: tuple[Discount, ...] = ()

    def lowest(self, role: str) -> Decimal:
        """The lowest rate that this role may grant by itself; a role without a line may grant none, admin any."""
        found = [limit.min_rate for limit in self.limits if limit.role == role]
        return found[0] if found else Decimal(0) if role == "admin" or not self.limits else Decimal(1)


class Step(Body):
    """One step of a flow: named people, a duty, the submitter's superior at a level, or the submitter's choice."""

    approver: Literal["submitter_choice", "manager", "department_head", "admin"] | None = None
    people: tuple[str, ...] = ()
    duty: Literal["finance", "warehouse", "service", "order_admin"] | None = None
    level: int = Field(default=1, ge=1, le=9)
    default: Literal["manager", "admin"] | None = None
    mode: Literal["any", "all", "sequential"] = "any"


class Flow(Body):
    """One approval flow; `when` is a condition on the document (`amount >= 50000`), empty: always."""

    subject: Literal["order", "payment"]
    when: str = ""
    steps: tuple[Step, ...] = Field(min_length=1)


class Flows(Body):
    """The flows of one subject; the first whose condition fits is taken."""

    flows: tuple[Flow, ...] = ()


class QuietHours(Body):
    """From `start` to `end` (over midnight when start is later); None: never quiet."""

    start: time | None = time(21, 0)
    end: time | None = time(8, 30)


class WonWhen(Body):
    """Which events make a customer a won one."""

    events: tuple[Literal["order_approved", "opportunity_won", "contract_signed"], ...] = ("order_approved",)

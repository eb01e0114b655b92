"""When the clock takes a record back (domain.md E.1.5): part of the pool's versioned rules."""

from typing import Literal

from pydantic import Field, model_validator

from models.company.rule import Body

Trigger = Literal[
    "no_follow_up", "first_follow_up", "no_deal", "no_opportunity", "stage_stall", "post_contract", "protection_max"
]
Does = Literal["to_sea", "reassign_to_superior", "mark_high_risk"]
DayType = Literal["calendar", "business"]
Qualifying = Literal["follow_up", "order_approved", "payment_approved", "visit", "stage_advance"]
Exemption = Literal["won", "open_opportunity", "pending_approval", "unpaid_receivable", "holiday"]
OF_LEADS = ("no_follow_up", "first_follow_up", "protection_max")


class ReclaimRule(Body):
    """One rule. Without a level, source or department it holds for all; of several that hold the earliest counts.

    With `extend_days` E every qualifying action moves the deadline to its day + E where that is later, with `max_days`
    M never beyond the day it was owned + M; without E the count begins anew at each. `exempt` names conditions that
    keep this rule from taking; what somebody granted (lock, protection, leave, extension) holds against every rule.
    """

    trigger: Trigger
    days: int = Field(ge=1, le=3650)
    day_type: DayType | None = None
    levels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    exempt: tuple[Exemption, ...] | None = None
    extend_days: int | None = Field(default=None, ge=1, le=3650)
    max_days: int | None = Field(default=None, ge=1, le=3650)
    action: Does = "to_sea"

    @model_validator(mode="after")
    def _in_order(self) -> "ReclaimRule":
        if self.max_days is not None and self.max_days < self.days:
            raise ValueError("max_days 不能小于 days")
        return self

    @property
    def exempts(self) -> tuple[str, ...]:
        """By default a won customer is left alone, but by the rule that is made for it."""
        if self.exempt is not None:
            return self.exempt
        return () if self.trigger == "post_contract" else ("won",)


class Step(Body):
    """A rung of the ladder: on this day without an effective follow-up somebody is told, or a hand-over is offered."""

    day: int = Field(ge=1, le=3650)
    to: Literal["owner", "superior"] | None = None
    offer: Literal["reassign"] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "Step":
        if (self.to is None) == (self.offer is None):
            raise ValueError("每一级写 to 或 offer 中的一个")
        return self


class ReclaimRules(Body):
    """None: this rule is off. `night_limit` records at most leave one owner in a night; a lock lasts `lock_days` at
    most and `lock_limit` of a person's run at a time; what he made himself is protected for `protect_created_days`."""

    reclaim_after_days: int | None = Field(default=None, ge=1, le=3650)
    reclaim_rules: tuple[ReclaimRule, ...] = ()
    qualifying: tuple[Qualifying, ...] = ("follow_up",)
    night_limit: int = Field(default=50, ge=1, le=100_000)
    lock_days: int = Field(default=30, ge=1, le=365)
    lock_limit: int = Field(default=5, ge=0, le=10_000)
    protect_created_days: int | None = Field(default=None, ge=1, le=3650)
    protect_created_max: int = Field(default=20, ge=0, le=10_000)
    no_retroactive_shortening: bool = True
    escalation: tuple[Step, ...] = ()

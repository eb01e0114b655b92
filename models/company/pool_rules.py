"""The rules of public seas and lead pools, put together from their parts."""

from typing import Literal

from pydantic import Field

from models.company.claim_rules import ClaimRules
from models.company.reclaim_rules import ReclaimRules


class PoolRules(ClaimRules, ReclaimRules):
    """What seas and lead pools have in common."""

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

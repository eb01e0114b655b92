"""The rules of public seas and lead pools, put together from their parts."""

from typing import Annotated, Literal

from pydantic import Field

from models.company.claim_rules import ClaimRules, Level
from models.company.reclaim_rules import ReclaimRules

Clearance = Literal["remove_write", "remove_team", "keep_team"]


class PoolRules(ClaimRules, ReclaimRules):
    """What seas and lead pools have in common."""

    hidden_fields: tuple[Literal["phone", "email", "wechat", "address"], ...] = ("phone", "email", "wechat", "address")


class SeaRules(PoolRules):
    """A sea's own rules. `level_limits`: of each level one may hold so many at a time. `clearance`: what becomes
    of the team of a customer that comes in (domain.md E.1.3.10)."""

    no_deal_after_days: int | None = Field(default=None, ge=1, le=3650)
    warn_before_days: tuple[int, ...] = (7, 3, 1)
    show_owner: bool = True
    day_type: Literal["calendar", "business"] = "calendar"
    level_limits: dict[Level, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    clearance: Clearance = "remove_write"

    def level_limit(self, level: str | None) -> int | None:
        """How many of this level one may hold."""
        return next((limit for one, limit in self.level_limits.items() if one == level), None)


class LeadPoolRules(PoolRules):
    """A pool's own rules."""

    claimable: bool = True

"""The rules of public seas and lead pools, put together from their parts."""

from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, field_validator

from models.company.assign_rules import Assignment
from models.company.claim_rules import ClaimRules, Level
from models.company.reclaim_rules import OF_LEADS, ReclaimRule, ReclaimRules, Trigger

Hideable = Literal["phone", "email", "wechat", "address"]
Veil = Literal["hide", "mask", "show"]
Clearance = Literal["remove_write", "remove_team", "keep_team"]


class PoolRules(ClaimRules, ReclaimRules):
    """What seas and lead pools have in common. `fields` says of single fields how they are shown to members, in place
    of `hidden_fields`. With `reveal` a member may look at so many numbers a day without claiming (domain.md E.1.4)."""

    hidden_fields: tuple[Hideable, ...] = ("phone", "email", "wechat", "address")
    fields: dict[Hideable, Veil] = Field(default_factory=dict)
    reveal: bool = False
    reveal_daily_limit: int = Field(default=20, ge=0, le=1000)

    @property
    def veils(self) -> dict[str, Veil]:
        """How each field that members do not read in full is shown: a listed phone is masked, all else hidden."""
        found: dict[str, Veil] = {name: "mask" if name == "phone" else "hide" for name in self.hidden_fields}
        found.update((name, veil) for name, veil in self.fields.items())
        return {name: veil for name, veil in found.items() if veil != "show"}


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

    @property
    def taking(self) -> tuple[ReclaimRule, ...]:
        """All its reclaim rules, the plain ones first."""
        plain = (("no_follow_up", self.reclaim_after_days), ("no_deal", self.no_deal_after_days))
        return (*_plain(plain), *self.reclaim_rules)


class LeadPoolRules(PoolRules):
    """A pool's own rules."""

    claimable: bool = True
    assignment: Assignment = Assignment()

    @field_validator("reclaim_rules")
    @classmethod
    def _of_leads(cls, rules: tuple[ReclaimRule, ...]) -> tuple[ReclaimRule, ...]:
        for rule in rules:
            if rule.trigger not in OF_LEADS or rule.action != "to_sea":
                raise ValueError(f"线索池的规则只能用 {'、'.join(OF_LEADS)}，只能收回线索池")
        return rules

    @property
    def day_type(self) -> Literal["calendar", "business"]:
        """Days of a pool are calendar days, where a rule does not say otherwise."""
        return "calendar"

    @property
    def taking(self) -> tuple[ReclaimRule, ...]:
        """All its reclaim rules, the plain one first."""
        return (*_plain((("no_follow_up", self.reclaim_after_days),)), *self.reclaim_rules)


@lru_cache(1000)
def _plain(given: tuple[tuple[Trigger, int | None], ...]) -> tuple[ReclaimRule, ...]:
    return tuple(ReclaimRule(trigger=trigger, days=days) for trigger, days in given if days is not None)

"""What limits claiming: a pool's own rules, part of its versioned body, and those of the company (domain.md E.1.3)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from pydantic import Field

from models.company.rule import Body

Priority = Literal["none", "previous_team_first", "creator_first", "previous_owner_first"]
Uncounted = Literal["won", "protected", "assigned", "followed"]
Level = Literal["A", "B", "C", "D"]


class ClaimRules(Body):
    """Defaults are those of domain.md E.1.3, but no priority window unless a mode is chosen.

    `cooldown_hours` takes the place of `cooldown_days`; with `proxy_ban` those who handed each other records twice
    within it count as one. `priority_hours` are working hours after an automatic reclaim, `fresh_hold_hours` plain
    ones after a record entered. `holding_excludes` names what the holding limits leave out: won customers, those
    that are protected, those that an admin assigned, those that their owner has followed.
    """

    holding_limit: int | None = Field(default=None, ge=0)
    daily_claim_limit: int | None = Field(default=20, ge=0)
    cooldown_days: int = Field(default=30, ge=0)
    cooldown_hours: int | None = Field(default=None, ge=0, le=87600)
    proxy_ban: bool = False
    fresh_hold_hours: int = Field(default=0, ge=0, le=8760)
    claim_gap_minutes: int = Field(default=0, ge=0, le=1440)
    priority_mode: Priority = "none"
    priority_hours: int = Field(default=24, ge=1, le=1000)
    holding_excludes: tuple[Uncounted, ...] = ("won",)

    @property
    def cooldown(self) -> timedelta:
        """How long somebody may not claim again what left him."""
        if self.cooldown_hours is not None:
            return timedelta(hours=self.cooldown_hours)
        return timedelta(days=self.cooldown_days)

    @property
    def fresh_hold(self) -> timedelta:
        """How long a record that has just entered waits for everybody."""
        return timedelta(hours=self.fresh_hold_hours)


class OwnLimits(Body):
    """What holds for one person, role or department (with all below) in place of the company's numbers. A number that
    is not stated is that of the next wider one; null is no limit. Without `noun` it is for customers and leads."""

    person: int | None = None
    role: Literal["admin", "dept_manager", "staff"] | None = None
    department: int | None = None
    noun: Literal["customer", "lead"] | None = None
    daily_limit: int | None = Field(default=None, ge=0)
    holding_limit: int | None = Field(default=None, ge=0)


class Claims(Body):
    """Limits over all seas together, and over all lead pools together; each of a pool's own limits holds besides.

    `returns_alert`: who returns more than so many in a week without having followed them, his superior hears of."""

    daily_limit: int | None = Field(default=None, ge=0)
    holding_limit: int | None = Field(default=None, ge=0)
    limits: tuple[OwnLimits, ...] = ()
    returns_alert: int | None = Field(default=5, ge=0)

    @property
    def names_departments(self) -> bool:
        """Whether it must be known to which department somebody belongs."""
        return any(one.department is not None for one in self.limits)

    def of(self, noun: str, person: int, role: str, departments: Sequence[int]) -> tuple[int | None, int | None]:
        """The daily and the holding limit of somebody whose departments are given nearest first: per person, else
        role, else department, else company (domain.md E.1.3.8)."""
        fitting = [one for one in self.limits if one.noun in (None, noun)]
        order = [one for one in fitting if one.person == person]
        order += [one for one in fitting if one.role == role]
        order += [one for department in departments for one in fitting if one.department == department]

        def first(name: str) -> int | None:
            found = next((one for one in order if name in one.model_fields_set), self)
            value: int | None = getattr(found, name)
            return value

        return first("daily_limit"), first("holding_limit")

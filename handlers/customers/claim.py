"""Everything that the decision on a claim looks at: one person before one record of a pool (domain.md E.1.3)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.company.claim_rules import ClaimRules


@dataclass(frozen=True)
class Standing:
    """`left_at`: when the record last left this person, at any earlier ownership and in whatever way. `claimed_today`:
    successful claims of the local day in this pool, from the ledger, so that a return does not give quota back.
    `holding`: how many records of it he owns now that count. `…_all` is over all pools, `holding_level` those of the
    record's level, `claimed_at` his last claim in the pool. `in_approval`: something about the record is undecided."""

    left_at: datetime | None = None
    claimed_today: int = 0
    holding: int = 0
    in_approval: bool = False
    claimed_all: int = 0
    holding_all: int = 0
    holding_level: int = 0
    claimed_at: datetime | None = None


@dataclass(frozen=True)
class Window:
    """After an automatic reclaim some may claim first. `lifts_cooldown`: it is the previous owner's last chance."""

    until: datetime
    first: str
    is_for_actor: bool
    lifts_cooldown: bool = False


@dataclass(frozen=True)
class Proxy:
    """A colleague who counts as the same person, and when the record left him."""

    name: str
    left_at: datetime
    transfers: int


@dataclass(frozen=True)
class Claim:
    """`owner` is the present owner's name ("" when it may not be told); `again` is what to type once it is possible."""

    what: str
    pool: str
    is_enabled: bool
    is_member: bool
    is_pooled: bool
    is_mine: bool
    owner: str
    standing: Standing
    rules: ClaimRules
    now: datetime
    zone: ZoneInfo
    is_hidden: bool = False
    again: str = ""
    entered_at: datetime | None = None
    frozen: str = ""
    window: Window | None = None
    proxy: Proxy | None = None
    level: str | None = None
    level_limit: int | None = None
    daily_all: int | None = None
    holding_all: int | None = None

    def when(self, instant: datetime, *, year: bool = False) -> str:
        """From when on it is possible, and what to say then."""
        local = instant.astimezone(self.zone)
        day = f"{local.year}年" if year or local.year != self.now.astimezone(self.zone).year else ""
        then = f"，到时说：{self.again}" if self.again else ""
        return f"{day}{local.month}月{local.day}日 {local:%H:%M} 之后可以再领{then}"

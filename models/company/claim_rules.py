"""What limits claiming from a sea or pool (domain.md E.1.3): part of the pool's versioned rules."""

from pydantic import Field

from models.company.rule import Body


class ClaimRules(Body):
    """Defaults are those of domain.md E.1.3."""

    holding_limit: int | None = Field(default=None, ge=0)
    daily_claim_limit: int | None = Field(default=20, ge=0)
    cooldown_days: int = Field(default=30, ge=0)

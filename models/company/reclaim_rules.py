"""When the clock takes a record back (domain.md E.1.5): part of the pool's versioned rules."""

from pydantic import Field

from models.company.rule import Body


class ReclaimRules(Body):
    """None: this rule is off."""

    reclaim_after_days: int | None = Field(default=None, ge=1, le=3650)

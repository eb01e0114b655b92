"""Which sea or lead pool a record belongs to by what it is (domain.md E.1.2)."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from models.company.rule import Body

Kind = Literal["sea", "pool"]
KEYS = ("region", "industry", "level", "source")


class Route(Body):
    """What is not named fits everything; of several values one must fit. Regions and industries fit by their
    beginning, so that 上海 is also for 上海市. `sea` and `pool` are ids."""

    region: tuple[str, ...] = ()
    industry: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    priority: int = Field(default=100, ge=0)
    sea: int | None = None
    pool: int | None = None

    def fits(self, record: Mapping[str, str | None]) -> bool:
        """Everything that is named fits the record."""
        return all(not getattr(self, key) or _fits(getattr(self, key), record.get(key) or "") for key in KEYS)


class Routing(Body):
    """The first match by priority, then in the order in which they are written; the defaults come last of all."""

    rules: tuple[Route, ...] = ()
    default_sea: int | None = None
    default_pool: int | None = None

    def of(self, kind: Kind, record: Mapping[str, str | None]) -> int | None:
        """The sea or pool of the first rule that fits and names one."""
        order = sorted(self.rules, key=lambda rule: rule.priority)
        fitting = (rule.sea if kind == "sea" else rule.pool for rule in order if rule.fits(record))
        return next((ident for ident in fitting if ident is not None), None)

    def default(self, kind: Kind) -> int | None:
        """Where all else ends."""
        return self.default_sea if kind == "sea" else self.default_pool


def _fits(values: tuple[str, ...], said: str) -> bool:
    return bool(said) and any(said.startswith(value) for value in values)

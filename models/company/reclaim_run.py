"""The nights in which the clock takes records back: what each would take, and what was decided about it."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from models.base import Json, PersonId, Record


class ReclaimRun(Record):
    """One night of one noun (customer, lead). `state`: running, held (by the circuit breaker), released, discarded.

    `counts`: `{due, until, by_person: [[id, due, owned]]}`, of a held one those that tripped it; a release is good for
    everything that was due `until` then. `rules`: the version in force by subject.
    """

    __tablename__ = "reclaim_run"
    __table_args__ = (Index("uq_reclaim_run_night", "noun", "night", unique=True),)

    noun: Mapped[str]
    night: Mapped[date]
    state: Mapped[str]
    counts: Mapped[Json]
    rules: Mapped[Json]
    decided_by: Mapped[PersonId | None]
    decided_at: Mapped[datetime | None]

    @property
    def code(self) -> str:
        """It is known by its number."""
        return str(self.id)

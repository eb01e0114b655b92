"""Group robots: where announcements go."""

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Json, Record

TOPICS = (
    "lead.registered", "lead.claimed", "lead.returned", "lead.reclaim_warning", "lead.reclaimed",
    "customer.claimed", "customer.returned", "customer.reclaim_warning", "customer.reclaimed",
    "order.approved", "order.rejected", "order.to_ship", "approval.requested", "payment.approved",
    "opportunity.won", "report.daily", "report.weekly",
)  # fmt: skip


class Robot(Record):
    """`sealed` holds url, secret and keyword (the URL's key is a secret). `department_ids` is the `only:` filter with
    all departments below already in it; empty: everyone."""

    __tablename__ = "robot"

    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    sealed: Mapped[bytes]
    topics: Mapped[list[str]]
    department_ids: Mapped[list[int]]
    shows_amounts: Mapped[bool] = mapped_column(default=False)
    mentions: Mapped[bool] = mapped_column(default=False)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    only: Mapped[Json]

    @property
    def code(self) -> str:
        """Robots are named, not numbered."""
        return self.name

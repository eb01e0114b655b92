"""What people and departments are to reach in a month (domain.md E.10)."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from models.base import DepartmentId, PersonId, Record

MONEY = ("order_amount", "payment_total")
METRICS = {
    "order_amount": "订单额", "payment_total": "回款", "new_customers": "新客户", "wins": "赢单",
    "effective_follow_ups": "有效跟进",
}  # fmt: skip


class Target(Record):
    """Of one person or one department; `month` is its first day, `value` is in fen where the metric is money."""

    __tablename__ = "target"
    __table_args__ = (
        CheckConstraint("(person_id is null) <> (department_id is null)", name="whose"),
        Index(
            "uq_target_person", "person_id", "metric", "month",
            unique=True, postgresql_where=text("person_id is not null"),
        ),
        Index(
            "uq_target_department", "department_id", "metric", "month",
            unique=True, postgresql_where=text("department_id is not null"),
        ),
    )  # fmt: skip

    person_id: Mapped[PersonId | None]
    department_id: Mapped[DepartmentId | None]
    metric: Mapped[str]
    month: Mapped[date]
    value: Mapped[int]
    creator_id: Mapped[PersonId | None]

    @property
    def code(self) -> str:
        """Targets are numbered."""
        return str(self.id)

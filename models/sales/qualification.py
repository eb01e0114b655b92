"""What is known of a lead by the criteria of qualification: a row a criterion, with who said it (domain.md A.2, S4)."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import LeadId, PersonId, Record


class LeadCriterion(Record):
    """`updated_at` is when it was last said."""

    __tablename__ = "lead_criterion"
    __table_args__ = (UniqueConstraint("lead_id", "key"),)

    lead_id: Mapped[LeadId]
    key: Mapped[str]
    value: Mapped[str]
    person_id: Mapped[PersonId | None]

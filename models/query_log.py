"""Who asked whether a customer exists: duplicate checks tell of records that one may not see, so they are counted."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, PersonId


class QueryLog(Base):
    """One duplicate check; emptied with the inbox."""

    __tablename__ = "query_log"
    __table_args__ = (Index("ix_query_log_person", "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId]
    at: Mapped[datetime]
    q: Mapped[str]
    found: Mapped[int]

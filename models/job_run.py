"""Which timed job has run for which business instant, so that a tick at the same instant does nothing again."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class JobRun(Base):
    """`key` names job and period, such as `report.daily/2026-11-23`."""

    __tablename__ = "job_run"

    key: Mapped[str] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime]


class Heartbeat(Base):
    """When a worker process last showed itself, in real time."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]

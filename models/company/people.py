"""Who works here, who is whose superior, and the closures that permission checks read."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DepartmentId, PersonId, Record
from models.codes import plain_code


class Department(Record):
    """A node of the department tree."""

    __tablename__ = "department"

    name: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[DepartmentId | None]

    @property
    def code(self) -> str:
        """Departments are named, not numbered."""
        return self.name


class Person(Record):
    """`manager_id` is the one named in the company file; `superior_id` the effective one (contract.md).
    `duties` is a JSON list: finance, warehouse, service, order_admin. `away_until` is the last day of any approved
    leave: who has none needs not be asked about it. `custom_role` is a role of the company's own, of which `role`
    is then the kind; `grants` what roles and sharing amount to for this person (JSON, models/company/grants.py; None:
    what his role gives by itself)."""

    __tablename__ = "person"

    name: Mapped[str] = mapped_column(unique=True)
    department_id: Mapped[DepartmentId]
    role: Mapped[str]
    duties: Mapped[list[str]]
    manager_id: Mapped[PersonId | None]
    superior_id: Mapped[PersonId | None]
    mobile: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    last_platform: Mapped[str | None]
    away_until: Mapped[date | None]
    custom_role: Mapped[str | None]
    grants: Mapped[str | None]

    @property
    def code(self) -> str:
        """U000012."""
        return plain_code("person", self.id)


class ChannelAccount(Base):
    """A person's account on a platform; accounts are folded to lower case on WeCom."""

    __tablename__ = "channel_account"
    __table_args__ = (UniqueConstraint("person_id", "platform"),)

    platform: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId]
    last_seen_at: Mapped[datetime | None]


class Superior(Base):
    """Closure of the superior chain, oneself included (depth 0); rebuilt with the organisation."""

    __tablename__ = "superior"
    __table_args__ = (Index("ix_superior_of", "superior_id", "person_id"),)

    person_id: Mapped[PersonId] = mapped_column(primary_key=True)
    superior_id: Mapped[PersonId] = mapped_column(primary_key=True)
    depth: Mapped[int]


class Sight(Base):
    """Whose records a person sees: own, subordinates', by the scope of his role, by sharing; with `writes` he changes
    them, too. `noun` is `*`, or the noun for which a scope or a share is stated. Admins see all without rows here."""

    __tablename__ = "sight"

    viewer_id: Mapped[PersonId] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(primary_key=True, default="*", server_default="*")
    person_id: Mapped[PersonId] = mapped_column(primary_key=True)
    writes: Mapped[bool] = mapped_column(default=False, server_default="false")

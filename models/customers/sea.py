"""Public seas and lead pools: names, members and admins; their rules are versioned rows."""

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, LeadPoolId, PersonId, Record, SeaId


class Sea(Record):
    """A public sea. `members` and `admins` keep what was declared; `sea_reach` is who that means today."""

    __tablename__ = "sea"

    name: Mapped[str] = mapped_column(unique=True)
    members: Mapped[Json]
    admins: Mapped[Json]
    is_enabled: Mapped[bool] = mapped_column(default=True)

    @property
    def code(self) -> str:
        """Seas are named, not numbered."""
        return self.name


class SeaReach(Base):
    """Who may claim from a sea (`is_member`) and who assigns (`is_admin`)."""

    __tablename__ = "sea_reach"

    sea_id: Mapped[SeaId] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True)
    is_member: Mapped[bool]
    is_admin: Mapped[bool]


class LeadPool(Record):
    """A lead pool, shaped like a sea."""

    __tablename__ = "lead_pool"

    name: Mapped[str] = mapped_column(unique=True)
    members: Mapped[Json]
    admins: Mapped[Json]
    is_enabled: Mapped[bool] = mapped_column(default=True)

    @property
    def code(self) -> str:
        """Pools are named, not numbered."""
        return self.name


class LeadPoolReach(Base):
    """Who may claim from a pool and who assigns."""

    __tablename__ = "lead_pool_reach"

    pool_id: Mapped[LeadPoolId] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True)
    is_member: Mapped[bool]
    is_admin: Mapped[bool]

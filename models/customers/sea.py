"""Public seas and lead pools: names, members and admins; their rules are versioned rows."""

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, LeadPoolId, PersonId, Record, SeaId


class Pool(Record):
    """Where lies what nobody owns. `members` and `admins` keep what was declared; its reach is who that means today.
    What lies in a hidden one is seen by its admins alone, who assign it (domain.md E.1.1 `hidden_assign_only`)."""

    __abstract__ = True

    name: Mapped[str] = mapped_column(unique=True)
    members: Mapped[Json]
    admins: Mapped[Json]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    is_hidden: Mapped[bool] = mapped_column(default=False)

    @property
    def code(self) -> str:
        """Seas and pools are named, not numbered."""
        return self.name


class Reach(Base):
    """Who may claim from it (`is_member`) and who assigns (`is_admin`)."""

    __abstract__ = True

    is_member: Mapped[bool]
    is_admin: Mapped[bool]


class Sea(Pool):
    """A public sea, of customers."""

    __tablename__ = "sea"


class SeaReach(Reach):
    """Whom a sea's members and admins mean."""

    __tablename__ = "sea_reach"

    sea_id: Mapped[SeaId] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True)


class LeadPool(Pool):
    """A lead pool."""

    __tablename__ = "lead_pool"


class LeadPoolReach(Reach):
    """Whom a pool's members and admins mean."""

    __tablename__ = "lead_pool_reach"

    pool_id: Mapped[LeadPoolId] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True)

"""A row for each night in which the clock takes records back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "reclaim_run",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger, server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noun", sa.Text, nullable=False),
        sa.Column("night", sa.Date, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("rules", JSONB, nullable=False),
        sa.Column("decided_by", sa.BigInteger),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_reclaim_run"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_reclaim_run_decided_by"),
    )
    op.create_index("uq_reclaim_run_night", "reclaim_run", ["noun", "night"], unique=True)
    taken = sa.text("reason_out = 'reclaim'")
    op.create_index("ix_ownership_reclaimed", "ownership", ["ended_at"], postgresql_where=taken)

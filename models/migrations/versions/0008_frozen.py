"""Seas and pools that only admins see into, and customers that nobody may claim."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in ("sea", "lead_pool"):
        op.add_column(table, sa.Column("is_hidden", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column("customer", sa.Column("frozen", JSONB))

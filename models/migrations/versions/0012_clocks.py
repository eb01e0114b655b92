"""What keeps a customer from being taken, when its owner is next reminded, and until when a person is away."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
MOMENTS = ("nudge_at", "protected_until", "marked_at")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("person", sa.Column("away_until", sa.Date))
    for name in MOMENTS:
        op.add_column("customer", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("customer", sa.Column("protected_as", sa.Text))
    op.create_index("ix_customer_nudge", "customer", ["nudge_at"], postgresql_where=sa.text("nudge_at is not null"))

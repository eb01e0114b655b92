"""Where a visit was checked in."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("follow_up", sa.Column("place", sa.Text))
    op.add_column("follow_up", sa.Column("latitude", sa.Numeric(9, 6)))
    op.add_column("follow_up", sa.Column("longitude", sa.Numeric(9, 6)))

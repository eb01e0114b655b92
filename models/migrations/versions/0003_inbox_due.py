"""Events that were put off: when they are run again, how often they crashed, and whose come first."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("inbox", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inbox", sa.Column("crashes", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.drop_index("ix_inbox_deferred", table_name="inbox")
    deferred, failed = sa.text("state = 'deferred'"), sa.text("state = 'failed'")
    op.create_index("ix_inbox_deferred", "inbox", ["platform", "account", "received_at"], postgresql_where=deferred)
    op.create_index("ix_inbox_failed", "inbox", ["received_at"], postgresql_where=failed)

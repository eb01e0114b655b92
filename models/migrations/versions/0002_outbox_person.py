"""What one person was told: for the ledger of notices, and for the sweep that asks whether a warning arrived."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_index("ix_outbox_person", "outbox", ["person_id", "topic", "created_at"])

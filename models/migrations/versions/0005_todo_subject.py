"""Open todos by what they are about: asked for whenever a record leaves its owner, and by a sweep for hundreds."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_index("ix_todo_subject", "todo", ["noun", "record_id"], postgresql_where=sa.text("status = 'open'"))

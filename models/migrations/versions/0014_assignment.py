"""Leads that are given to people by themselves: each decision, whose turn it is, who takes none."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"

_OPEN = sa.text("status in ('waiting', 'offered')")
_AT = sa.DateTime(timezone=True)


def _record() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger, server_default="1", nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("updated_at", _AT, nullable=False),
    ]


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "assignment",
        *_record(),
        sa.Column("lead_id", sa.BigInteger, nullable=False),
        sa.Column("pool_id", sa.BigInteger, nullable=False),
        sa.Column("entered_at", _AT, nullable=False),
        sa.Column("hop", sa.BigInteger, nullable=False),
        sa.Column("rule", sa.Text),
        sa.Column("rule_version", sa.BigInteger, nullable=False),
        sa.Column("strategy", sa.Text),
        sa.Column("person_id", sa.BigInteger),
        sa.Column("chosen_at", _AT),
        sa.Column("skipped", JSONB, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("due_at", _AT),
        sa.Column("alert_at", _AT),
        sa.Column("alerted_at", _AT),
        sa.Column("answer", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_assignment"),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_assignment_lead_id"),
        sa.ForeignKeyConstraint(["pool_id"], ["lead_pool.id"], name="fk_assignment_pool_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_assignment_person_id"),
    )
    op.create_index("uq_assignment_open", "assignment", ["lead_id"], unique=True, postgresql_where=_OPEN)
    op.create_index("ix_assignment_lead", "assignment", ["lead_id", "id"])
    op.create_index("ix_assignment_person", "assignment", ["person_id", "chosen_at"])
    op.create_index("ix_assignment_due", "assignment", ["due_at"], postgresql_where=_OPEN)
    op.create_table(
        "assignment_cursor",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("state", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_assignment_cursor"),
    )
    op.create_table(
        "assignment_pause",
        *_record(),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assignment_pause"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_assignment_pause_person_id"),
        sa.UniqueConstraint("person_id", name="uq_assignment_pause_person_id"),
    )

"""Opportunities and their moves."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def _record() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger, server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "opportunity",
        *_record(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("customer_id", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.BigInteger),
        sa.Column("creator_id", sa.BigInteger),
        sa.Column("amount_fen", sa.BigInteger),
        sa.Column("expected_close", sa.Date),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("probability", sa.BigInteger, nullable=False),
        sa.Column("stage_entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("credited_id", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.Column("competitor", sa.Text),
        sa.Column("slips", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("last_follow_up_at", sa.DateTime(timezone=True)),
        sa.Column("next_follow_up_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_opportunity"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_opportunity_customer_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name="fk_opportunity_owner_id"),
        sa.ForeignKeyConstraint(["creator_id"], ["person.id"], name="fk_opportunity_creator_id"),
        sa.ForeignKeyConstraint(["credited_id"], ["person.id"], name="fk_opportunity_credited_id"),
    )
    grams, pending = sa.text("name_grams(name)"), {"gin_pending_list_limit": "256"}
    op.create_index("ix_opportunity_name", "opportunity", [grams], postgresql_using="gin", postgresql_with=pending)
    op.create_index("ix_opportunity_customer", "opportunity", ["customer_id", "id"])
    owned = sa.text("owner_id is not null")
    op.create_index("ix_opportunity_owner", "opportunity", ["owner_id"], postgresql_where=owned)
    closed = sa.text("credited_id is not null")
    op.create_index("ix_opportunity_credited", "opportunity", ["credited_id", "closed_at"], postgresql_where=closed)
    is_open = sa.text("status = 'open'")
    op.create_index("ix_opportunity_open", "opportunity", ["expected_close"], postgresql_where=is_open)
    op.create_table(
        "opportunity_move",
        *_record(),
        sa.Column("opportunity_id", sa.BigInteger, nullable=False),
        sa.Column("from_stage", sa.Text),
        sa.Column("to_stage", sa.Text, nullable=False),
        sa.Column("probability", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger),
        sa.Column("days", sa.BigInteger),
        sa.Column("feedback", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_opportunity_move"),
        sa.ForeignKeyConstraint(["opportunity_id"], ["opportunity.id"], name="fk_opportunity_move_opportunity_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_opportunity_move_by_id"),
    )
    op.create_index("ix_opportunity_move_opportunity", "opportunity_move", ["opportunity_id", "id"])
    op.create_index("ix_opportunity_move_at", "opportunity_move", ["at"])

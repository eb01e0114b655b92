"""How good a lead is, and what is known of the criteria by which it is qualified."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("lead", sa.Column("score", sa.BigInteger))
    op.create_table(
        "lead_criterion",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger, server_default="1", nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("updated_at", _AT, nullable=False),
        sa.Column("lead_id", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("person_id", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_lead_criterion"),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_lead_criterion_lead_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_lead_criterion_person_id"),
        sa.UniqueConstraint("lead_id", "key", name="uq_lead_criterion_lead_id_key"),
    )

"""Files that belong to records."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger, server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noun", sa.Text, nullable=False),
        sa.Column("record_id", sa.BigInteger, nullable=False),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("media", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("size", sa.BigInteger),
        sa.Column("digest", sa.Text),
        sa.Column("content_type", sa.Text),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_attachment_person_id"),
    )
    op.create_index("ix_attachment_subject", "attachment", ["noun", "record_id", "id"])
    op.create_index("ix_attachment_person", "attachment", ["person_id", "id"])
    waiting = sa.text("status = 'waiting'")
    op.create_index("ix_attachment_due", "attachment", ["due_at"], postgresql_where=waiting)

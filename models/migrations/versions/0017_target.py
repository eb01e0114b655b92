"""Targets of people and departments."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "target",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger, server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger),
        sa.Column("department_id", sa.BigInteger),
        sa.Column("metric", sa.Text, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.Column("creator_id", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_target"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_target_person_id"),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name="fk_target_department_id"),
        sa.ForeignKeyConstraint(["creator_id"], ["person.id"], name="fk_target_creator_id"),
        sa.CheckConstraint("(person_id is null) <> (department_id is null)", name="ck_target_whose"),
    )
    for whose in ("person", "department"):
        there = sa.text(f"{whose}_id is not null")
        columns = [f"{whose}_id", "metric", "month"]
        op.create_index(f"uq_target_{whose}", "target", columns, unique=True, postgresql_where=there)

"""Roles of the company's own, sharing, and grants that end."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

PEOPLE = ("from_person_id", "to_person_id", "creator_id")
DEPARTMENTS = ("from_department_id", "to_department_id")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("person", sa.Column("custom_role", sa.Text))
    op.add_column("person", sa.Column("grants", sa.Text))
    op.add_column("team_member", sa.Column("until", sa.DateTime(timezone=True)))
    op.create_index("ix_team_member_until", "team_member", ["until"], postgresql_where=sa.text("until is not null"))
    op.add_column("approval_task", sa.Column("shows", sa.Boolean, server_default="true", nullable=False))
    op.create_index("ix_approval_task_shows", "approval_task", ["approval_id"], postgresql_where=sa.text("shows"))
    op.add_column("sight", sa.Column("noun", sa.Text, server_default="*", nullable=False))
    op.add_column("sight", sa.Column("writes", sa.Boolean, server_default="false", nullable=False))
    op.drop_constraint("pk_sight", "sight", type_="primary")
    op.create_primary_key("pk_sight", "sight", ["viewer_id", "noun", "person_id"])
    op.execute(
        "update sight set writes = true from superior"
        " where superior.superior_id = sight.viewer_id and superior.person_id = sight.person_id"
    )
    _share()
    _shared()


def _share() -> None:
    op.create_table(
        "share",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger, server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noun", sa.Text, nullable=False),
        sa.Column("record_id", sa.BigInteger),
        sa.Column("from_person_id", sa.BigInteger),
        sa.Column("from_department_id", sa.BigInteger),
        sa.Column("condition", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("to_person_id", sa.BigInteger),
        sa.Column("to_department_id", sa.BigInteger),
        sa.Column("to_role", sa.Text),
        sa.Column("access", sa.Text, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("creator_id", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_share"),
        *[sa.ForeignKeyConstraint([name], ["person.id"], name=f"fk_share_{name}") for name in PEOPLE],
        *[sa.ForeignKeyConstraint([name], ["department.id"], name=f"fk_share_{name}") for name in DEPARTMENTS],
        sa.CheckConstraint(
            "num_nonnulls(record_id, from_person_id, from_department_id, condition) = 1", name="ck_share_one_source"
        ),
        sa.CheckConstraint("num_nonnulls(to_person_id, to_department_id, to_role) = 1", name="ck_share_one_target"),
    )
    op.create_index("ix_share_record", "share", ["noun", "record_id"])
    op.create_index("ix_share_until", "share", ["until"], postgresql_where=sa.text("until is not null"))


def _shared() -> None:
    op.create_table(
        "shared",
        sa.Column("share_id", sa.BigInteger, nullable=False),
        sa.Column("viewer_id", sa.BigInteger, nullable=False),
        sa.Column("noun", sa.Text, nullable=False),
        sa.Column("record_id", sa.BigInteger, nullable=False),
        sa.Column("writes", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("share_id", "viewer_id", name="pk_shared"),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"], name="fk_shared_share_id"),
        sa.ForeignKeyConstraint(["viewer_id"], ["person.id"], name="fk_shared_viewer_id"),
    )
    op.create_index("ix_shared_viewer", "shared", ["viewer_id", "noun", "record_id"])

"""Approvals: signatures added, questions, delegations, clocks, commands that wait, what was approved."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _widen()
    _questions()
    _delegations()
    _requests()


def _widen() -> None:
    op.add_column("approval", sa.Column("policy", postgresql.JSONB, server_default="{}", nullable=False))
    op.add_column("approval", sa.Column("resume_step", sa.BigInteger))
    for name in ("parent_id", "on_behalf_of_id"):
        op.add_column("approval_task", sa.Column(name, sa.BigInteger))
    op.add_column("approval_task", sa.Column("placement", sa.Text))
    op.add_column("approval_task", sa.Column("next_at", sa.DateTime(timezone=True)))
    op.add_column("approval_task", sa.Column("nudged", sa.BigInteger, server_default="0", nullable=False))
    op.add_column("approval_task", sa.Column("paused_at", sa.DateTime(timezone=True)))
    op.create_foreign_key("fk_approval_task_parent_id", "approval_task", "approval_task", ["parent_id"], ["id"])
    op.create_foreign_key("fk_approval_task_on_behalf_of_id", "approval_task", "person", ["on_behalf_of_id"], ["id"])
    looked_at = sa.text("status = 'waiting' and paused_at is null and next_at is not null")
    op.create_index("ix_approval_task_next_at", "approval_task", ["next_at"], postgresql_where=looked_at)
    for table in ("order", "payment"):
        op.add_column(table, sa.Column("approved_hash", sa.Text))


def _record(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger, server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _questions() -> None:
    name = "approval_question"
    _record(
        name,
        sa.Column("approval_id", sa.BigInteger, nullable=False),
        sa.Column("task_id", sa.BigInteger, nullable=False),
        sa.Column("asker_id", sa.BigInteger, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("answered_by_id", sa.BigInteger),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        _refers(name, "approval_id", "approval"),
        _refers(name, "task_id", "approval_task"),
        _refers(name, "asker_id", "person"),
        _refers(name, "answered_by_id", "person"),
    )
    op.create_index("ix_approval_question_approval", name, ["approval_id", "id"])


def _delegations() -> None:
    name = "approval_delegation"
    _record(
        name,
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("to_id", sa.BigInteger, nullable=False),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.Column("until_on", sa.Date),
        sa.Column("subjects", postgresql.JSONB, nullable=False),
        sa.Column("max_amount_fen", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        _refers(name, "person_id", "person"),
        _refers(name, "to_id", "person"),
        sa.CheckConstraint("from_on <= until_on", name="ck_approval_delegation_in_order"),
    )
    op.create_index("ix_approval_delegation_person", name, ["person_id", "until_on"])


def _requests() -> None:
    name = "request"
    _record(
        name,
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("args", postgresql.JSONB, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("about_noun", sa.Text),
        sa.Column("about_id", sa.BigInteger),
        sa.Column("about_ref", sa.Text),
        sa.Column("about", postgresql.JSONB, nullable=False),
        sa.Column("customer_id", sa.BigInteger),
        sa.Column("owner_id", sa.BigInteger),
        sa.Column("creator_id", sa.BigInteger, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        _refers(name, "customer_id", "customer"),
        _refers(name, "owner_id", "person"),
        _refers(name, "creator_id", "person"),
        sa.UniqueConstraint("code", name="uq_request_code"),
    )
    waiting = sa.text("status in ('pending', 'in_review')")
    columns = ["command", "about_noun", "about_id"]
    op.create_index("uq_request_open", name, columns, unique=True, postgresql_where=waiting)
    op.create_index("ix_request_creator", name, ["creator_id", "id"])

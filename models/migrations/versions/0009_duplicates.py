"""Names of customers by their parts, credit codes, further names, and what one was merged into."""

import sqlalchemy as sa
from alembic import op

from models.normal import company_name

revision = "0009"
down_revision = "0008"
BATCH = 5000
FILL = sa.text("""
update customer set core_key = given.core, region_key = given.region
from unnest(cast(:ids as bigint[]), cast(:cores as text[]), cast(:regions as text[])) as given (id, core, region)
where customer.id = given.id
""")
POOLED = (
    "merged_into_id is null and (owner_id is null) = (sea_id is not null)"
    " or merged_into_id is not null and owner_id is null and sea_id is null"
)
CLOSED = sa.text("phone is not null and status in ('converted', 'void')")


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for name in ("core_key", "region_key"):
        op.add_column("customer", sa.Column(name, sa.Text, server_default="", nullable=False))
    op.add_column("customer", sa.Column("uscc", sa.Text))
    op.add_column("customer", sa.Column("merged_into_id", sa.BigInteger))
    op.create_foreign_key("fk_customer_merged_into_id", "customer", "customer", ["merged_into_id"], ["id"])
    op.drop_constraint("ck_customer_pooled_or_owned", "customer")
    op.create_check_constraint("ck_customer_pooled_or_owned", "customer", POOLED)
    _fill(op.get_bind())
    op.create_index("uq_customer_uscc", "customer", ["uscc"], unique=True, postgresql_where=_given("uscc"))
    op.create_index("ix_customer_merged", "customer", ["merged_into_id"], postgresql_where=_given("merged_into_id"))
    op.create_index("ix_lead_closed_phone", "lead", ["phone"], postgresql_where=CLOSED)
    _by_pattern("ix_customer_core", "customer")
    _make_aliases()


def _given(column: str) -> sa.TextClause:
    return sa.text(f"{column} is not null")


def _by_pattern(name: str, table: str) -> None:
    op.create_index(name, table, ["core_key"], postgresql_ops={"core_key": "text_pattern_ops"})


def _fill(db: sa.Connection) -> None:
    """What Python reads from the names that are there."""
    last = 0
    while rows := db.execute(_NEXT, {"last": last, "most": BATCH}).all():
        names = [company_name(row.name) for row in rows]
        ids, last = [row.id for row in rows], rows[-1].id
        db.execute(FILL, {"ids": ids, "cores": [n.core for n in names], "regions": [n.region for n in names]})


_NEXT = sa.text("select id, name from customer where id > :last order by id limit :most")


def _make_aliases() -> None:
    op.create_table(
        "customer_alias",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("version", sa.BigInteger, server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("core_key", sa.Text, nullable=False),
        sa.Column("region_key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer_alias"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_customer_alias_customer_id"),
    )
    op.create_index("uq_customer_alias", "customer_alias", ["customer_id", "name_key"], unique=True)
    op.create_index("ix_customer_alias_key", "customer_alias", ["name_key"])
    _by_pattern("ix_customer_alias_core", "customer_alias")
    grams = sa.text("name_grams(name_key)")
    with_list = {"gin_pending_list_limit": 256}
    op.create_index(
        "ix_customer_alias_name", "customer_alias", [grams], postgresql_using="gin", postgresql_with=with_list
    )

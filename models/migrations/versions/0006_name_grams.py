"""Find parts of names, from two characters on, by an index."""

from alembic import op

revision = "0006"
down_revision = "0005"
INDEXES = (
    ("ix_customer_name", "customer", "name_key"),
    ("ix_lead_name", "lead", "name"),
    ("ix_lead_company", "lead", "company"),
    ("ix_contact_name", "contact", "name"),
)
# The two differ in a single character: a name has its first one as a key, and is found by that alone. Only ASCII is
# folded, as both sides must do it alike whatever the locale. A loop in PL/pgSQL takes a fifth of an array subquery.
FUNCTION = """
create function {name}(value text) returns text[] language plpgsql immutable strict parallel safe as $$
declare
    folded constant text = upper(value collate "C");
    found text[] = {start};
begin
    for place in 1 .. length(folded) - 1 loop
        found := found || substr(folded, place, 2);
    end loop;
    return found;
end $$
"""
FIRST = "array['^' || left(folded, 1)]"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(FUNCTION.format(name="name_grams", start=FIRST))
    op.execute(FUNCTION.format(name="name_part", start=f"case when length(value) = 1 then {FIRST} else '{{}}' end"))
    for name, table, column in INDEXES:
        op.execute(f"drop index if exists {name}")
        op.execute(f"create index {name} on {table} using gin (name_grams({column})) with (gin_pending_list_limit=256)")

"""History as the API lists it: what was changed, by whom, before and after; masked like the records themselves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select, true

from handlers import permits
from handlers.company import rules
from handlers.context import Context
from handlers.masking import hidden_columns, hide
from handlers.nouns import Noun
from handlers.presenting import by_person, instant, money, names, people, veiled
from models.base import Json
from models.codes import number_of
from models.company.pool_rules import LeadPoolRules, PoolRules, SeaRules, Veil
from models.customers.customer import Contact, Customer
from models.customers.sea import LeadPool, LeadPoolReach, Sea, SeaReach
from models.history import History
from models.sales.lead import Lead

PEOPLE = ("owner_id", "creator_id", "person_id", "approver_id", "approved_owner_id", "submitter_id", "handed_by_id")
SEAS, POOLS = ("sea_id", "home_sea_id"), ("pool_id", "home_pool_id")
UNTOLD = ("ownership", "assignment")  # ledgers beside the records: what they say stands elsewhere
UNSAID = {"name_key", "core_key", "region_key", "content_key", "created_at", "updated_at"}
HIDEABLE: Mapping[str, Veil] = PoolRules().veils
Hidden = Mapping[tuple[str, int], Mapping[str, Veil]]


def present(ctx: Context, rows: Sequence[History]) -> list[Json]:
    """Entries with readable before and after; of a record in a sea or pool its members see no hidden field."""
    if not rows:
        return []
    changes = [change for row in rows for change in row.changes]
    actors = people(ctx, [row.actor_id for row in rows])
    words = _Words(ctx, changes)
    hidden = hidden_fields(ctx, changes)
    return [
        {
            "code": str(row.id),
            "command": row.command,
            "event": row.event,
            "ref": row.ref,
            "actor": actors[row.actor_id],
            "door": row.door,
            "at": instant(ctx, row.at),
            "changes": [_change(words, change, hidden) for change in row.changes if change["table"] not in UNTOLD],
            "undone_at": instant(ctx, row.undone_at),
            "created_at": instant(ctx, row.at),
            "updated_at": instant(ctx, row.undone_at or row.at),
            "version": 1 if row.undone_at is None else 2,
        }
        for row in rows
    ]


def _change(words: "_Words", change: Json, hidden: Hidden) -> Json:
    unseen = hidden.get((change["table"], change["id"]), {})
    unread = words.unread[change["table"]]
    return {
        "table": change["table"],
        "before": words.said(change["before"], unseen, unread, change["table"]),
        "after": words.said(change["after"], unseen, unread, change["table"]),
    }


class _Words:
    """Ids in changes turned into what people call them, each table asked once."""

    def __init__(self, ctx: Context, changes: Sequence[Json]) -> None:
        sides = [(c["table"], side) for c in changes for side in (c["before"], c["after"]) if side]

        def idents(columns: Iterable[str], tables: frozenset[str] | None = None) -> list[int]:
            return [s[name] for t, s in sides for name in columns if s.get(name) and (tables is None or t in tables)]

        tables = {change["table"] for change in changes}
        self.unread = {table: hidden_columns(permits.grants(ctx), table) for table in tables}
        self.people = people(ctx, idents(PEOPLE))
        self.seas = names(ctx, Sea, idents(SEAS))
        self.pools = names(ctx, LeadPool, idents(POOLS, frozenset({"lead"})))

    def said(self, side: Json | None, hidden: Mapping[str, Veil], unread: frozenset[str], table: str) -> Json | None:
        """One side of a change under public names."""
        if side is None:
            return None
        found: Json = {}
        for name, value in side.items():
            if name in UNSAID:
                continue
            public, shown = self._public(name, value, table)
            found[public] = hide(name, shown) if name in unread else veiled(name, shown, hidden.get(name, "show"))
        return found

    def _public(self, name: str, value: Any, table: str) -> tuple[str, Any]:
        if name in PEOPLE:
            return name.removesuffix("_id"), self.people.get(value)
        if name in SEAS:
            return name.removesuffix("_id"), self.seas.get(value)
        if name in POOLS and table == "lead":
            return name.removesuffix("_id"), self.pools.get(value)
        return (name.removesuffix("_fen"), money(value)) if name.endswith("_fen") else (name, value)


def hidden_fields(ctx: Context, changes: Iterable[Json]) -> Hidden:
    """What the actor may not read now, by (table, id): fields hidden by the sea or pool in which the record lies, and
    everything hideable of a record that is no more. Admins, and admins of that sea or pool, read all."""
    if permits.everything(ctx):
        return {}
    idents: dict[str, set[int]] = {"customer": set(), "lead": set(), "contact": set()}
    for change in changes:
        if change["table"] in idents and change["id"] is not None:
            idents[change["table"]].add(change["id"])
    found = {(table, ident): HIDEABLE for table, own in idents.items() for ident in own}
    found |= _of_customers(ctx, idents["customer"]) | _of_leads(ctx, idents["lead"])
    at = select(Contact.id, Contact.customer_id).where(Contact.id.in_(idents["contact"]))
    homes = dict(ctx.db.execute(at).all())
    fields = _of_customers(ctx, set(homes.values()))
    found |= {("contact", ident): fields["customer", customer] for ident, customer in homes.items()}
    return found


def _of_customers(ctx: Context, idents: set[int]) -> dict[tuple[str, int], Mapping[str, Veil]]:
    mine = set(
        ctx.db.execute(select(SeaReach.sea_id).where(SeaReach.person_id == ctx.me.id, SeaReach.is_admin)).scalars()
    )
    rows = ctx.db.execute(select(Customer.id, Customer.sea_id).where(Customer.id.in_(idents))).all()
    subjects = rules.current_many(ctx.db, {f"sea/{sea}" for _, sea in rows if sea is not None}, SeaRules, ctx.now)
    return {
        ("customer", ident): {} if sea is None or sea in mine else subjects[f"sea/{sea}"][0].veils
        for ident, sea in rows
    }


def _of_leads(ctx: Context, idents: set[int]) -> dict[tuple[str, int], Mapping[str, Veil]]:
    admin = select(LeadPoolReach.pool_id).where(LeadPoolReach.person_id == ctx.me.id, LeadPoolReach.is_admin)
    mine = set(ctx.db.execute(admin).scalars())
    rows = ctx.db.execute(select(Lead.id, Lead.pool_id, Lead.status).where(Lead.id.in_(idents))).all()
    pooled = {pool for _, pool, status in rows if pool is not None and status == "unassigned"}
    subjects = rules.current_many(ctx.db, {f"lead_pool/{pool}" for pool in pooled}, LeadPoolRules, ctx.now)
    return {
        ("lead", ident): subjects[f"lead_pool/{pool}"][0].veils if pool in pooled and pool not in mine else {}
        for ident, pool, _ in rows
    }


HISTORY = Noun(
    name="history", plural="history", title="历史", model=History, gate=permits.history, present=present,
    columns=("command", "event", "door"),
    scenes={"all": lambda _ctx: true(), "mine": lambda ctx: History.actor_id == ctx.me.id},
    filters={"ref": lambda _ctx, said: History.ref.in_([said, said.upper()]), "actor": by_person(History.actor_id)},
    by_code=lambda _ctx, code: History.id == number_of(code),
)  # fmt: skip

"""Which customers may be the one that is meant: one statement of keyed look-ups, among millions (domain.md E.8).

Beside equal keys, brand cores that begin alike are looked at, a bounded number of them; how alike the names are is
decided afterwards (`models.normal.likeness`).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, Text, bindparam, func, literal, select, union_all

from handlers import permits
from handlers.company import rules
from handlers.context import Context
from models.company.duplicate_rules import Door, DuplicateRules
from models.customers.customer import Customer, CustomerAlias
from models.normal import CompanyName, Likeness, company_name, likeness
from models.rows import freeze, query
from models.statement import Statement

LOOKED_AT = 30
LAST = "\U0010ffff"  # sorts behind every character
ORDER = {"exact": 0, "strong": 1, "weak": 2}


@dataclass(frozen=True)
class Match:
    """A customer like the one named. `said` is the name of his that is alike; `known` whether its existence may be told
    to the actor, `seen` whether he may open it."""

    row: Customer
    how: Likeness
    by: Literal["name", "alias", "uscc"]
    said: str
    known: bool
    seen: bool


def in_force(ctx: Context) -> DuplicateRules:
    """The company's rules of duplicates."""
    return rules.in_force(ctx, "duplicates", DuplicateRules)[0]


def door_of(ctx: Context) -> Door:
    """The door as these rules name it."""
    if ctx.command == "load":
        return "load"
    return "chat" if ctx.platform else "import" if ctx.door == "import" else "api"


def customers_like(ctx: Context, name: str, *, uscc: str | None = None, but: int | None = None) -> list[Match]:
    """Likest first, each customer once; what was merged into another is that one. `but` is left out."""
    meant = company_name(name)
    if not meant.key:
        return []
    half = meant.core[: (len(meant.core) + 1) // 2] if len(meant.core) >= 6 else meant.core
    given = {"key": meant.key, "core": meant.core, "region": meant.region, "uscc": uscc}
    given |= {"to": meant.core + LAST, "half": half, "half_to": half + LAST}
    statement = _like(permits.customers_and_claimed(permits.anyone(ctx)), permits.customers(permits.anyone(ctx)))
    found: dict[int, Match] = {}
    for *columns, by, said, known, seen in statement.rows(ctx.db, given | permits.asking(ctx)):
        how = _likeness(meant, said, by)
        row = freeze(Customer, columns)
        best = found.get(row.id)
        if how is not None and row.id != but and (best is None or ORDER[how] < ORDER[best.how]):
            found[row.id] = Match(row, how, "alias" if by == "former" else by, said, known, seen)
    return sorted(found.values(), key=lambda match: (ORDER[match.how], match.row.id))


def _likeness(meant: CompanyName, said: str, by: str) -> Likeness | None:
    """A short name or brand may be shared: it is never the whole proof."""
    if by == "uscc":
        return "exact"
    there = company_name(said)
    how = likeness(meant, there)
    if how is None and len(meant.core) >= 2 and there.core.startswith(meant.core):
        return "weak"
    return "strong" if how == "exact" and by == "alias" else how


@lru_cache(100)
def _like(known: ColumnElement[bool], seen: ColumnElement[bool]) -> Statement:
    found = union_all(*_lookups()).cte("found")
    there = query(Customer).add_columns(found.c.by, found.c.said, known, seen)
    return Statement(there.join(found, found.c.ident == Customer.id))


def _lookups() -> list[Select[Any]]:
    """Each by an index of its own, each bounded."""
    key, core = bindparam("key", type_=Text), bindparam("core", type_=Text)
    master = func.coalesce(Customer.merged_into_id, Customer.id).label("ident")
    own = select(master, literal("name").label("by"), Customer.name.label("said"))
    by = literal("uscc").label("by")
    code = select(master, by, Customer.name.label("said")).where(Customer.uscc == bindparam("uscc", type_=Text))
    kind = func.replace(func.replace(CustomerAlias.kind, "short", "alias"), "brand", "alias").label("by")
    other = select(CustomerAlias.customer_id.label("ident"), kind, CustomerAlias.name.label("said"))
    some = [
        own.where(Customer.name_key == key),
        own.where(Customer.core_key == core, Customer.region_key == bindparam("region", type_=Text)),
        own.where(Customer.core_key == core),
        own.where(*_between(Customer.core_key, "core", "to")),
        own.where(*_between(Customer.core_key, "half", "half_to")),
        other.where(CustomerAlias.name_key == key),
        other.where(CustomerAlias.core_key == core),
    ]
    return [code, *(select(one.limit(LOOKED_AT).subquery()) for one in some)]


def _between(column: Any, start: str, end: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """By bytes, as the index is: any text that begins with `start`."""
    low, high = bindparam(start, type_=Text), bindparam(end, type_=Text)
    return column.op("~>=~", is_comparison=True)(low), column.op("~<~", is_comparison=True)(high)

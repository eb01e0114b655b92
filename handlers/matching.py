"""Which customers may be the one that is meant: keyed look-ups among millions (domain.md E.8).

Beside equal keys, brand cores that begin alike are looked at, a bounded number of them; how alike the names are is
decided afterwards (`models.normal.likeness`).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, Text, bindparam, func, literal, select, union_all

from handlers import permits
from handlers.company import rules
from handlers.context import Context
from models.company.duplicate_rules import Door, DuplicateRules
from models.customers.customer import Customer, CustomerAlias
from models.normal import CompanyName, Likeness, company_name, likeness
from models.rows import freeze, query
from models.statement import Statement

LOOKED_AT = 30
MOST = 20
LAST = "\U0010ffff"  # sorts behind every character
ORDER = {"exact": 0, "strong": 1, "weak": 2}
By = Literal["name", "alias", "uscc"]
_BY: dict[str, By] = {"name": "name", "uscc": "uscc", "former": "alias", "short": "alias", "brand": "alias"}


@dataclass(frozen=True)
class Match:
    """A customer like the one named. `said` is the name of his that is alike; `known` whether its existence may be told
    to the actor, `seen` whether he may open it."""

    row: Customer
    how: Likeness
    by: By
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
    """Likest first, each customer once; what was merged into another is that one. `but` is left out.

    Mostly there is none, and one statement says so; who may know of those that there are takes a second one.
    """
    meant = company_name(name)
    if not meant.key:
        return []
    half = meant.core[: (len(meant.core) + 1) // 2] if len(meant.core) >= 6 else meant.core
    given = {"key": meant.key, "core": meant.core, "region": meant.region, "uscc": uscc}
    given |= {"to": meant.core + LAST, "half": half, "half_to": half + LAST}
    best: dict[int, tuple[Likeness, str, str]] = {}
    for ident, by, said in _FOUND.rows(ctx.db, given):
        how = _likeness(meant, said, by)
        if how is not None and ident != but and (ident not in best or ORDER[how] < ORDER[best[ident][0]]):
            best[ident] = (how, by, said)
    return _matches(ctx, best) if best else []


def _matches(ctx: Context, best: dict[int, tuple[Likeness, str, str]]) -> list[Match]:
    likest = sorted(best, key=lambda ident: (ORDER[best[ident][0]], ident))[:MOST]
    anyone = permits.anyone(ctx)
    statement = _rows(permits.customers_and_claimed(anyone), permits.customers(anyone))
    found: dict[int, Match] = {}
    for *columns, known, seen in statement.rows(ctx.db, {"idents": likest, **permits.asking(ctx)}):
        row = freeze(Customer, columns)
        how, by, said = best[row.id]
        found[row.id] = Match(row, how, _BY[by], said, known, seen)
    return [found[ident] for ident in likest if ident in found]


def _likeness(meant: CompanyName, said: str, by: str) -> Likeness | None:
    """A short name or brand may be shared: it is never the whole proof."""
    if by == "uscc":
        return "exact"
    there = company_name(said)
    how = likeness(meant, there)
    if how is None and len(meant.core) >= 2 and there.core.startswith(meant.core):
        return "weak"
    return "strong" if how == "exact" and by in ("short", "brand") else how


@lru_cache(100)
def _rows(known: ColumnElement[bool], seen: ColumnElement[bool]) -> Statement:
    these = Customer.id == func.any(bindparam("idents", type_=ARRAY(BigInteger)))
    return Statement(query(Customer, these).add_columns(known, seen))


def _lookups() -> list[Select[Any]]:
    """Each by an index of its own, each bounded."""
    key, core = bindparam("key", type_=Text), bindparam("core", type_=Text)
    master = func.coalesce(Customer.merged_into_id, Customer.id).label("ident")
    own = select(master, literal("name").label("by"), Customer.name)
    code = select(master, literal("uscc").label("by"), Customer.name).where(
        Customer.uscc == bindparam("uscc", type_=Text)
    )
    other = select(CustomerAlias.customer_id, CustomerAlias.kind, CustomerAlias.name)
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


_FOUND = Statement(union_all(*_lookups()))

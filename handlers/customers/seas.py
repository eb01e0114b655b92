"""Public seas: which one a customer belongs to, and the rules in force there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, false, func, select

from handlers import permits
from handlers.company import rules
from handlers.context import Context
from handlers.customers import ladder, reclaim
from handlers.customers.facts import Asked, Facts, read
from handlers.customers.pools import find_pool, home_among
from handlers.customers.verdicts import judged
from handlers.nouns import Noun
from models.base import Json
from models.company.calendar import Calendar
from models.company.people import Person
from models.company.pool_rules import SeaRules
from models.customers.customer import Customer
from models.customers.sea import Sea, SeaReach
from models.rows import freeze, query
from models.statement import Statement


def rules_of(ctx: Context, sea_id: int) -> tuple[SeaRules, int]:
    """The sea's rules in force and their version."""
    return rules.in_force(ctx, f"sea/{sea_id}", SeaRules)


def calendar(ctx: Context) -> Calendar:
    """The company's working calendar."""
    return rules.in_force(ctx, "calendar", Calendar)[0]


def named(ctx: Context, ref: str, field: str = "sea") -> Sea:
    """See `find_pool`."""
    return find_pool(ctx, Sea, ref, title="公海", field=field)


def home_of(ctx: Context, person: Person, **record: str | None) -> Sea | None:
    """See `home_among`; `record` is what routing looks at: region, industry, level, source."""
    return home_among(ctx, [freeze(Sea, row) for row in _ENABLED.rows(ctx.db, {})], person, "sea", record)


_ENABLED = Statement(query(Sea, Sea.is_enabled).order_by(Sea.id))


@dataclass(frozen=True)
class Entry:
    """A sea as somebody stands before it; members claim, admins assign and claim only when they are members too."""

    name: str = ""
    is_enabled: bool = False
    is_hidden: bool = False
    is_member: bool = False


_REACH = (SeaReach.sea_id == Sea.id) & (SeaReach.person_id == bindparam("person"))
_ENTRY = Statement(
    select(Sea.name, Sea.is_enabled, Sea.is_hidden, func.coalesce(SeaReach.is_member, false()))
    .join_from(Sea, SeaReach, _REACH, isouter=True)
    .where(Sea.id == bindparam("sea"))
)


def entry(ctx: Context, sea_id: int | None) -> Entry:
    """The sea before the actor."""
    row = _ENTRY.first(ctx.db, {"person": ctx.me.id, "sea": sea_id})
    found = Entry(*row) if row is not None else Entry()
    ctx.memo.setdefault(Sea, {})[sea_id] = found.name
    return found


def is_member(ctx: Context, sea_id: int, person_id: int) -> bool:
    """Members claim; admins claim only when they are members too."""
    where = (SeaReach.sea_id == sea_id, SeaReach.person_id == person_id, SeaReach.is_member)
    return ctx.db.execute(select(1).where(*where)).first() is not None


def is_admin(ctx: Context, sea_id: int | None, person_id: int) -> bool:
    """Admins assign."""
    where = (SeaReach.sea_id == sea_id, SeaReach.person_id == person_id, SeaReach.is_admin)
    return sea_id is not None and ctx.db.execute(select(1).where(*where)).first() is not None


def verdict_of(
    ctx: Context, customer: Customer | None, facts: Facts | None = None, /, **changes: Any
) -> reclaim.Verdict | None:
    """What the rules say of an owned customer, with `changes` of its columns applied; None where no rules hold. A
    customer of None is one that is only about to be made. A sweep gives the `facts` that it read for many."""
    clocks = clocks_of(ctx, customer, facts, **changes)
    home = after(customer, changes, "home_sea_id")
    return None if clocks is None or home is None else judged(ctx, f"sea/{home}", SeaRules, clocks)


def deadline_of(
    ctx: Context, customer: Customer | None, facts: Facts | None = None, /, **changes: Any
) -> reclaim.Deadline | None:
    """When it is taken; see `verdict_of`."""
    verdict = verdict_of(ctx, customer, facts, **changes)
    return None if verdict is None else verdict.first


def clocks_of(
    ctx: Context, customer: Customer | None, facts: Facts | None = None, /, **changes: Any
) -> reclaim.Clocks | None:
    """What the rules look at; None for what nobody owns."""
    home, owned_at = after(customer, changes, "home_sea_id"), after(customer, changes, "owned_at")
    if home is None or owned_at is None:
        return None
    read = facts if facts is not None else _facts(ctx, customer, home, owned_at, changes)
    own = {name: after(customer, changes, name) for name in _LOOKED_AT}
    return reclaim.Clocks(
        owned_at=owned_at,
        clock_at=after(customer, changes, "clock_at") or owned_at,
        protected_as=after(customer, changes, "protected_as") or "",
        **own,
        **vars(read),
    )


_LOOKED_AT = ("won_at", "extended_until", "protected_until", "level", "marked_at")


def _facts(ctx: Context, customer: Customer | None, home: int, owned_at: datetime, changes: Mapping[str, Any]) -> Facts:
    owner = after(customer, changes, "owner_id")
    owner = ctx.actor.id if owner is None and ctx.actor is not None else owner
    asked = Asked(customer.id if customer is not None else 0, owner, owned_at)
    return facts_of(ctx, {home: [asked]})[asked.ident]


def facts_of_rows(ctx: Context, rows: Sequence[Customer]) -> dict[int, Facts]:
    """Of owned customers."""
    asked: dict[int, list[Asked]] = defaultdict(list)
    for row in rows:
        if row.home_sea_id is not None and row.owned_at is not None:
            asked[row.home_sea_id].append(Asked(row.id, row.owner_id, row.owned_at))
    return facts_of(ctx, asked)


def facts_of(ctx: Context, asked: Mapping[int, Sequence[Asked]]) -> dict[int, Facts]:
    """By customer, what the rules of its sea want to know; `asked` by home sea."""
    found: dict[int, Facts] = {}
    for home, several in asked.items():
        sea_rules, _ = rules_of(ctx, home)
        wanted = reclaim.needs(sea_rules.taking, sea_rules.qualifying)
        found |= read(ctx, "customer", several, wanted, sea_rules.qualifying)
    return found


def after(row: Any, changes: Mapping[str, Any], column: str) -> Any:
    """What a column holds once `changes` are made; None where there is no row yet and nothing is said of it."""
    return changes[column] if column in changes else getattr(row, column, None)


def clock_changes(
    ctx: Context, customer: Customer | None, facts: Facts | None = None, /, **changes: Any
) -> dict[str, Any]:
    """`changes` plus the `reclaim_at` that follows from them, and what hangs on it: a moved deadline makes earlier
    warnings void, a mark of high risk ends with what it was for."""
    clocks, home = clocks_of(ctx, customer, facts, **changes), after(customer, changes, "home_sea_id")
    changes.pop("owner_id", None)  # `ownership.change` writes it
    verdict = judged(ctx, f"sea/{home}", SeaRules, clocks) if clocks is not None else reclaim.Verdict(None)
    reclaim_at = verdict.first.reclaim_at if verdict.first else None
    if reclaim_at != after(customer, {}, "reclaim_at"):
        stages = warnings(ctx, home, reclaim_at)
        changes |= {"reclaim_at": reclaim_at, "warn_at": stages[0] if stages else None, "warned_at": None}
    return changes | (_ladder_changes(ctx, customer, clocks, verdict, home) if clocks is not None else {})


def _ladder_changes(
    ctx: Context, customer: Customer | None, clocks: reclaim.Clocks, verdict: reclaim.Verdict, home: int
) -> dict[str, Any]:
    found = ladder.rungs(clocks, rules_of(ctx, home)[0], calendar(ctx), ctx.zone)
    nudge_at = ladder.next_nudge(clocks, verdict, found, ctx.now)
    changes: dict[str, Any] = {}
    if nudge_at != after(customer, {}, "nudge_at"):
        changes["nudge_at"] = nudge_at
    if clocks.marked_at is not None and not (verdict.mark is not None and ladder.is_marked(clocks, verdict.mark)):
        changes["marked_at"] = None
    return changes


def fresh_clock(ctx: Context, customer: Customer, to: int | None = None) -> dict[str, Any]:
    """What new ownership starts: out of the sea, a full period from now. `to` is the new owner, if not the actor."""
    clocks = clock_changes(ctx, customer, owner_id=to, owned_at=ctx.now, clock_at=ctx.now, **UNGRANTED)
    del clocks["owned_at"]
    return clocks | {"sea_id": None, "entered_sea_at": None, "extension_request": None}


UNGRANTED: dict[str, Any] = dict.fromkeys(("extended_until", "protected_until", "protected_as", "marked_at"))


def warnings(ctx: Context, sea_id: int | None, reclaim_at: datetime | None) -> list[datetime]:
    """The instants at which the owner is warned of this deadline, in order."""
    if sea_id is None or reclaim_at is None:
        return []
    key = ("warnings", sea_id, reclaim_at)  # a sweep asks the same for thousands
    if key not in ctx.memo:
        sea_rules, working = rules_of(ctx, sea_id)[0], calendar(ctx)
        days = sea_rules.warn_before_days
        ctx.memo[key] = sorted(reclaim.warning_due(reclaim_at, n, sea_rules, working, ctx.zone) for n in days)
    found: list[datetime] = ctx.memo[key]
    return found


def present(ctx: Context, rows: Sequence[Sea]) -> list[Json]:
    """Seas as the API shows them, with how many customers lie in each."""
    statement = select(Customer.sea_id, func.count()).where(Customer.sea_id.is_not(None)).group_by(Customer.sea_id)
    counts = {row[0]: row[1] for row in ctx.db.execute(statement)}
    return [
        {
            "code": row.code,
            "name": row.name,
            "is_enabled": row.is_enabled,
            "customer_count": counts.get(row.id, 0),
            "rules": rules_of(ctx, row.id)[0].model_dump(mode="json"),
            "created_at": row.created_at.isoformat(),
            "updated_at": row.updated_at.isoformat(),
            "version": row.version,
        }
        for row in rows
    ]


SEA = Noun(
    name="sea", plural="seas", title="公海", model=Sea, gate=permits.public, present=present,
    named=("name",), columns=("name", "is_enabled"),
)  # fmt: skip

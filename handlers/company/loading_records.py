"""Customers and leads: made where absent, otherwise left alone; an owned one's clock starts at `owned_at`."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, insert, or_, select, update

from handlers.company import rules
from handlers.company.loading_base import Load
from handlers.company.loading_file import HANDLES, CustomerItem, LeadItem
from handlers.company.loading_yaml import Path
from handlers.customers import reclaim, seas
from handlers.sales import lead_pools
from models.base import Json
from models.clock import aware
from models.company.calendar import Calendar
from models.company.people import Person
from models.company.pool_rules import LeadPoolRules, SeaRules
from models.customers.customer import Customer, named
from models.customers.ownership import Ownership
from models.customers.sea import LeadPool, Sea
from models.normal import company_key
from models.rows import fetch_all
from models.sales.lead import Lead

Handle = tuple[str | None, ...]
_POOLING = {"sea", "pool", "owner", "owned_at", "tags"}


class Clocks:
    """Deadlines of many records under a few rules, each rule read once."""

    def __init__(self, load: Load) -> None:
        db, now = load.ctx.db, load.now
        self.zone = load.zone
        self.calendar = rules.current(db, "calendar", Calendar, now)[0]
        self.seas = {i: rules.current(db, f"sea/{i}", SeaRules, now)[0] for i in load.seas.values()}
        self.pools = {i: rules.current(db, f"lead_pool/{i}", LeadPoolRules, now)[0] for i in load.lead_pools.values()}

    def customer(self, sea_id: int, clocks: reclaim.Clocks) -> datetime | None:
        """When an owned customer of this home sea goes back."""
        due = reclaim.deadline(clocks, self.seas[sea_id], self.calendar, self.zone)
        return due.reclaim_at if due else None

    def lead(self, pool_id: int | None, clock_at: datetime) -> datetime | None:
        """When an owned lead of this home pool goes back."""
        if pool_id is None:
            return None
        days = lead_pools.reclaim_rules(self.pools[pool_id])
        due = reclaim.deadline(reclaim.Clocks(clock_at, clock_at, None, None), days, self.calendar, self.zone)
        return due.reclaim_at if due else None


def load_customers(load: Load) -> None:
    """The name decides whether one is there already."""
    keys = [company_key(item.name) for item in load.file.customers]
    there = set(load.ctx.db.execute(select(Customer.name_key).where(Customer.name_key.in_(keys))).scalars())
    clocks, homes, rows, made = Clocks(load), _Homes(load), [], dict[str, int]()
    for number, (item, key) in enumerate(zip(load.file.customers, keys, strict=True)):
        path = ("customers", number)
        if key in made:
            raise load.lines.wrong((*path, "name"), f"客户「{item.name}」写了两次，第一次在第 {made[key]} 行")
        if not key:
            raise load.lines.wrong((*path, "name"), f"客户名称「{item.name}」不能用")
        made[key] = load.lines.of((*path, "name"))
        row = _customer(load, item, path, homes, clocks) | named(item.name)
        if key not in there:
            rows.append(row)
    _make(load, Customer, rows, "home_sea_id")


class _Homes:
    """The home sea and lead pool of a record by routing and its owner's department, asked once for all alike."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.people = {row.id: row for row in fetch_all(load.ctx.db, Person)}
        self.known: dict[tuple[Any, ...], int | None] = {}

    def sea_of(self, person_id: int, item: CustomerItem) -> int | None:
        return self._of(person_id, seas.home_of, region=item.region, industry=item.industry, level=item.level)

    def pool_of(self, person_id: int, item: LeadItem) -> int | None:
        return self._of(person_id, lead_pools.home_of, region=item.region, industry=item.industry, source=item.source)

    def _of(self, person_id: int, home_of: Callable[..., Sea | LeadPool | None], **record: str | None) -> int | None:
        key = (home_of, person_id, *record.values())
        if key not in self.known:
            home = home_of(self.load.ctx, self.people[person_id], **record)
            self.known[key] = home.id if home else None
        return self.known[key]


def _customer(load: Load, item: CustomerItem, path: Path, homes: _Homes, clocks: Clocks) -> Json:
    owner, owned_at = _owner(load, item, path)
    sea = load.ident(load.seas, "公海", item.sea, (*path, "sea")) if item.sea else None
    home = sea if sea is not None else homes.sea_of(owner, item) if owner is not None else _only(load.seas)
    if home is None:
        raise load.lines.wrong(path, f"客户「{item.name}」要写 sea，或写一个部门有公海的 owner")
    values = {name: getattr(item, name) for name in CustomerItem.model_fields if name not in _POOLING}
    values |= {"tags": list(item.tags), "home_sea_id": home, "owner_id": owner, "owned_at": owned_at}
    if owned_at is None:
        return (
            values | {"sea_id": home, "entered_sea_at": load.now} | dict.fromkeys(("clock_at", "reclaim_at", "warn_at"))
        )
    due = clocks.customer(home, reclaim.Clocks(owned_at, owned_at, None, None))
    warn_at = load.now if due else None  # the next sweep finds the stage
    owned = {"sea_id": None, "entered_sea_at": None, "clock_at": owned_at, "reclaim_at": due, "warn_at": warn_at}
    return values | owned


def load_leads(load: Load) -> None:
    """A phone, else any other handle, decides whether one is there already."""
    there, clocks, homes = _handles_there(load), Clocks(load), _Homes(load)
    seen, rows = dict[Handle, int](), []
    for number, item in enumerate(load.file.leads):
        path = ("leads", number)
        handle = _handle(item)
        if not any(handle):
            raise load.lines.wrong(path, f"线索至少要写 {'、'.join(HANDLES)} 中的一个")
        if handle in seen:
            said = " ".join(filter(None, handle))
            raise load.lines.wrong(path, f"线索「{said}」写了两次，第一次在第 {seen[handle]} 行")
        seen[handle] = load.lines.of(path)
        row = _lead(load, item, path, homes, clocks)
        if handle not in there:
            rows.append(row)
    _make(load, Lead, rows, "home_pool_id")


def _handle(lead: Any) -> Handle:
    """The phone alone, or all that there is instead."""
    if lead.phone is not None:
        return (lead.phone,)
    return (lead.name, lead.company, lead.email, lead.wechat)


def _handles_there(load: Load) -> set[Handle]:
    """Handles of leads that are in the database in any state: one that was converted is not made again."""
    phones = [item.phone for item in load.file.leads if item.phone]
    bare = [item for item in load.file.leads if not item.phone]
    same: list[ColumnElement[bool]] = [Lead.phone.in_(phones)]
    for column in (Lead.name, Lead.company, Lead.email, Lead.wechat):
        said = [value for item in bare if (value := getattr(item, column.key))]
        same.append(column.in_(said) & Lead.phone.is_(None))
    return {_handle(row) for row in fetch_all(load.ctx.db, Lead, or_(*same))}


def _lead(load: Load, item: LeadItem, path: Path, homes: _Homes, clocks: Clocks) -> Json:
    owner, owned_at = _owner(load, item, path)
    pool = load.ident(load.lead_pools, "线索池", item.pool, (*path, "pool")) if item.pool else None
    if pool is None:
        pool = _only(load.lead_pools) if owner is None else homes.pool_of(owner, item)
    if pool is None and owner is None:
        raise load.lines.wrong(path, "线索要写 pool 或 owner")
    values = {name: getattr(item, name) for name in LeadItem.model_fields if name not in _POOLING}
    values |= {"home_pool_id": pool, "owner_id": owner, "owned_at": owned_at, "clock_at": owned_at}
    if owned_at is None:
        return values | {"status": "unassigned", "pool_id": pool, "entered_pool_at": load.now, "reclaim_at": None}
    due = clocks.lead(pool, owned_at)
    return values | {"status": "pending", "pool_id": None, "entered_pool_at": None, "reclaim_at": due}


def _owner(load: Load, item: CustomerItem | LeadItem, path: Path) -> tuple[int | None, datetime | None]:
    """Who owns it and since when; neither for a pooled one."""
    if item.owner is None:
        if item.owned_at is not None:
            raise load.lines.wrong((*path, "owned_at"), "写了 owned_at 就要写 owner")
        return None, None
    owned_at = aware(item.owned_at or load.now, load.zone)
    return load.ident(load.people, "同事", item.owner, (*path, "owner")), owned_at.astimezone(UTC)


def _only(known: dict[str, int]) -> int | None:
    return next(iter(known.values())) if len(known) == 1 else None


def _make(load: Load, model: type[Customer] | type[Lead], rows: list[Json], home: str) -> None:
    """Inserts the rows in the file's order and opens the ledger of those that are owned."""
    if not rows:
        return
    table = model.__table__
    stamp = {"created_at": load.now, "updated_at": load.now}
    made = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    idents = load.ctx.db.execute(made, [row | stamp for row in rows]).scalars().all()
    ledger = [
        {"noun": table.name, "record_id": ident, "owner_id": row["owner_id"], "pool_id": row[home], "how": "load"}
        | {"started_at": row["owned_at"], **stamp}
        for ident, row in zip(idents, rows, strict=True)
        if row["owner_id"] is not None
    ]
    if ledger:
        load.ctx.db.execute(insert(Ownership.__table__), ledger)
    load.touched[table.name].update(idents)


def move_deadlines(load: Load) -> None:
    """`reclaim_at` is what follows from the rules: where those of a sea, a pool or the calendar changed, it moves."""
    if not load.changed_rules:
        return
    clocks, whole = Clocks(load), "calendar" in load.changed_rules
    seas_moved = [i for i in load.seas.values() if whole or f"sea/{i}" in load.changed_rules]
    pools_moved = [i for i in load.lead_pools.values() if whole or f"lead_pool/{i}" in load.changed_rules]
    owned = fetch_all(load.ctx.db, Customer, Customer.home_sea_id.in_(seas_moved), Customer.owned_at.is_not(None))
    _move(load, Customer, ((row, clocks.customer(row.home_sea_id or 0, _clocks_of(row))) for row in owned))
    running = (Lead.clock_at.is_not(None), Lead.status.in_(("pending", "following")))
    leads = fetch_all(load.ctx.db, Lead, Lead.home_pool_id.in_(pools_moved), *running)
    _move(load, Lead, ((row, clocks.lead(row.home_pool_id, row.clock_at or load.now)) for row in leads))


def _clocks_of(row: Customer) -> reclaim.Clocks:
    owned_at = row.owned_at or row.created_at
    return reclaim.Clocks(owned_at, row.clock_at or owned_at, row.won_at, row.extended_until)


def _move(load: Load, model: type[Customer] | type[Lead], dues: Iterable[tuple[Any, datetime | None]]) -> None:
    """A moved deadline makes earlier warnings void."""
    moved = [{"row": row.id, "due": due} for row, due in dues if row.reclaim_at != due]
    if not moved:
        return
    table = model.__table__
    void: dict[str, Any] = {"warned_for": None, "warned_at": None}
    if model is Customer:  # the next round of the clock finds its first warning
        void = {"warn_at": load.now, "warned_at": None}
    statement = (
        update(table)
        .where(table.c.id == bindparam("row"))
        .values(reclaim_at=bindparam("due"), updated_at=load.now, version=table.c.version + 1, **void)
    )
    load.ctx.db.execute(statement, moved)

"""Customers and leads: made where absent, otherwise left alone; an owned one's clock starts at `owned_at`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select

from handlers.company.loading_base import Load
from handlers.company.loading_file import HANDLES, CustomerItem, LeadItem
from handlers.company.loading_yaml import Path
from handlers.customers import seas
from handlers.customers.clocks import recount, settled, unsettled
from handlers.sales import assigning, lead_pools
from models.base import Json
from models.clock import aware
from models.company.people import Person
from models.customers.customer import Customer, named
from models.customers.ownership import Ownership
from models.customers.sea import LeadPool, Sea
from models.normal import company_key
from models.rows import fetch_all
from models.sales.lead import Lead

Handle = tuple[str | None, ...]
_POOLING = {"sea", "pool", "owner", "owned_at", "tags"}
_UNCLOCKED: Json = dict.fromkeys(("clock_at", "reclaim_at", "warn_at", "warned_at"))


def load_customers(load: Load) -> None:
    """The name decides whether one is there already."""
    keys = [company_key(item.name) for item in load.file.customers]
    there = set(load.ctx.db.execute(select(Customer.name_key).where(Customer.name_key.in_(keys))).scalars())
    homes, rows, made = _Homes(load), [], dict[str, int]()
    for number, (item, key) in enumerate(zip(load.file.customers, keys, strict=True)):
        path = ("customers", number)
        if key in made:
            raise load.lines.wrong((*path, "name"), f"客户「{item.name}」写了两次，第一次在第 {made[key]} 行")
        if not key:
            raise load.lines.wrong((*path, "name"), f"客户名称「{item.name}」不能用")
        made[key] = load.lines.of((*path, "name"))
        row = _customer(load, item, path, homes) | named(item.name)
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


def _customer(load: Load, item: CustomerItem, path: Path, homes: _Homes) -> Json:
    owner, owned_at = _owner(load, item, path)
    sea = load.ident(load.seas, "公海", item.sea, (*path, "sea")) if item.sea else None
    home = sea if sea is not None else homes.sea_of(owner, item) if owner is not None else _only(load.seas)
    if home is None:
        raise load.lines.wrong(path, f"客户「{item.name}」要写 sea，或写一个部门有公海的 owner")
    values = {name: getattr(item, name) for name in CustomerItem.model_fields if name not in _POOLING}
    values |= {"tags": list(item.tags), "home_sea_id": home, "owner_id": owner, "owned_at": owned_at}
    if owned_at is None:
        return values | {"sea_id": home, "entered_sea_at": load.now} | _UNCLOCKED
    given = {**values, "clock_at": owned_at}
    clocks = _UNCLOCKED | seas.clock_changes(load.ctx, None, **given)
    return clocks | given | {"sea_id": None, "entered_sea_at": None}


def load_leads(load: Load) -> None:
    """A phone, else any other handle, decides whether one is there already."""
    there, homes = _handles_there(load), _Homes(load)
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
        row = _lead(load, item, path, homes)
        if handle not in there:
            rows.append(row)
    _make(load, Lead, rows, "home_pool_id")
    if rows:
        assigning.loaded(load.ctx, load.touched["lead"], load.lead_pools.values())


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


def _lead(load: Load, item: LeadItem, path: Path, homes: _Homes) -> Json:
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
    given = {**values, "status": "pending", "pool_id": None, "entered_pool_at": None}
    due = lead_pools.deadline_of(load.ctx, None, **given)
    return given | {"reclaim_at": due.reclaim_at if due else None}


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
    load.ctx.memo.clear()  # the file has changed what was read before
    whole = "calendar" in load.changed_rules
    seas_moved = [i for i in load.seas.values() if whole or f"sea/{i}" in load.changed_rules]
    pools_moved = [i for i in load.lead_pools.values() if whole or f"lead_pool/{i}" in load.changed_rules]
    if seas_moved:
        recount(load.ctx, Customer, Customer.home_sea_id.in_(seas_moved))
    if pools_moved:
        recount(load.ctx, Lead, Lead.home_pool_id.in_(pools_moved))
    for subject, version in unsettled(load.ctx):
        settled(load.ctx, subject, version)

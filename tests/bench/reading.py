"""P6: what people look at and search for among a million customers and among five."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import Connection

from handlers import duplicates
from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER, SCENES
from handlers.finding import named
from models.company.people import Person
from models.customers.customer import Customer
from models.rows import fetch_all, fetch_one

from .ground import ZONE, Ground
from .millions import fill
from .report import Report, quantile

AT = datetime(2027, 3, 10, 9, 30, tzinfo=ZONE)
SIZES = (1_000_000, 5_000_000)
PAGE = 50
TIMES = 60
# Parts of names as they are typed; the last of each length is in no name.
TERMS = (
    "海豚",
    "云图",
    "鲲鹏",
    "海豚科",
    "恒通机",
    "鲲鹏科",
    "蓝鲸贸易",
    "鲲鹏贸易",
    "金桥医疗77",
    "上海云图光学",
    "上海鲲鹏光学",
)


def measure(ground: Ground, report: Report) -> None:
    _, database = ground.company("reading")
    lists: dict[int, float] = {}
    there = 0
    for count in SIZES:
        report.say(f"P6: {count:,} customers")
        fill(database, report, count - there, due_in_thousand=30, at=AT)
        there = count
        with database.transaction() as db:
            lists[count] = _lists(db, report, count)
            _duplicates(db, report, count)
            _search(db, report, count)
    report.add("P6.growth", lists[SIZES[1]] / lists[SIZES[0]])
    database.close()


def _lists(db: Connection, report: Report, count: int) -> float:
    """Keyset pages of a rep, of a manager's whole department and of a sea, first pages and later ones."""
    took: list[float] = []
    for who, scene in (("王经理", "all"), ("王经理", "subordinates"), ("销售007", "mine"), ("销售007", "sea")):
        ctx = _context(db, who)
        after = count
        for _ in range(TIMES // 4):
            with in_database(db, took):
                rows = fetch_all(
                    db, Customer, CUSTOMER.gate(ctx), SCENES[scene](ctx), Customer.id < after,
                    order_by=[Customer.id.desc()], limit=PAGE,
                )  # fmt: skip
            after = rows[-1].id - 997 if rows else count
    slowest = quantile(took, 0.95) * 1e3
    report.add(
        "P6.lists", slowest, f"{len(took)} pages of {PAGE} at {count:,}, median {quantile(took, 0.5) * 1e3:.1f} ms"
    )
    return slowest


def _duplicates(db: Connection, report: Report, count: int) -> None:
    """By phone and by full name, half of them known."""
    numbers = range(17, count * 2, count // TIMES * 2)
    known = db.execute(text("select name from customer where id = any(:ids)"), {"ids": list(numbers)}).scalars().all()
    asked = [*(f"021-{number:08d}" for number in numbers), *(f"{name[:2]}新{name[2:]}" for name in known), *known]
    took = _times(db, lambda said: duplicates.likely(_context(db, "销售007"), said), asked)
    shown = f"{len(asked)} phones and names at {count:,}, all statements of a check"
    report.add("P6.duplicates", quantile(took, 0.95) * 1e3, shown)


def _search(db: Connection, report: Report, count: int) -> None:
    """As every command does it that takes a name."""
    ctx = _context(db, "销售007")
    took: dict[str, float] = {}
    for term in TERMS:
        took[term] = quantile(_times(db, lambda said: named(ctx, CUSTOMER, said, CUSTOMER.gate), [term] * 8), 0.95)
    worst = max(took, key=lambda term: took[term])
    shown = (
        f"{len(TERMS)} terms at {count:,}, slowest {worst}, median {quantile(list(took.values()), 0.5) * 1e3:.1f} ms"
    )
    report.add("P6.search", max(took.values()) * 1e3, shown)


def _times(db: Connection, run: Callable[[str], Any], given: Iterable[str]) -> list[float]:
    took: list[float] = []
    for one in given:
        with in_database(db, took):
            run(one)
    return took


def _context(db: Connection, name: str) -> Context:
    return Context(db, fetch_one(db, Person, Person.name == name), AT, "api", ZONE)


@contextmanager
def in_database(db: Connection, took: list[float]) -> Iterator[None]:
    """Adds the seconds that the block's statements took, from the driver's point of view."""
    spent = [0.0]

    class Timed(psycopg.Cursor[Any]):
        def execute(self, *args: Any, **more: Any) -> Self:
            began = time.perf_counter()
            super().execute(*args, **more)
            spent[0] += time.perf_counter() - began
            return self

    driver: Any = db.connection.driver_connection
    before, driver.cursor_factory = driver.cursor_factory, Timed
    yield
    driver.cursor_factory = before
    took.append(spent[0])

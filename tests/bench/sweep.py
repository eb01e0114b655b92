"""P5: the nightly sweep of the public seas among a million customers, with somebody at work meanwhile."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from bot.settings import load_settings
from bot.wiring import Parts, assemble
from models.db import Database
from workers import job

from . import company
from .ground import ZONE, Ground, load
from .millions import fill
from .report import Report, quantile

DUE_IN_THOUSAND = 30
AT = datetime(2027, 3, 10, 9, 30, tzinfo=ZONE)  # a Wednesday
RATE = 20
SIZES = (("P5.small", 1_000_000), ("P5.large", 5_000_000))

_LEFT = text("""
select count(*) filter (where owner_id is not null and reclaim_at <= :at),
       count(*) filter (where owner_id is not null and warn_at <= :at) from customer where creator_id is not null
""")


def measure(ground: Ground, report: Report) -> None:
    """Of one million, then of four more: what is due grows with them."""
    url, database = ground.company("sweep")
    _listen(database)
    for key, count in SIZES:
        report.say(f"P5: {count:,} customers, {count * DUE_IN_THOUSAND // 1000:,} of them due")
        fill(database, report, count, due_in_thousand=DUE_IN_THOUSAND, at=AT)
        _sweep(ground, report, url, database, key, count)
        with database.transaction() as db:
            db.execute(text("truncate customer, ownership, outbox, history, sent_card restart identity cascade"))
    database.close()


def _sweep(ground: Ground, report: Report, url: str, database: Database, key: str, count: int) -> None:
    codes = company.fill_sea(database, RATE * 90, mark=key)
    due = _count(database)
    with ground.web(url) as web, _parts(ground, url) as parts, timed(parts) as longest:
        figures: list[float] = []
        messages = [(company.account(i), f"领取 {code}") for i, code in enumerate(codes)]
        load([web.port], messages[:50], clients=8)
        swept = threading.Event()
        asking = threading.Thread(target=_ask, args=(web.port, messages[50:], figures, swept))
        asking.start()
        time.sleep(1.0)
        began = time.monotonic()
        job.run_due(parts, AT)
        took = time.monotonic() - began
        report.say(f"    swept in {took:.1f} s")
        swept.set()
        asking.join()
    left = _count(database)
    report.add(key, took, f"{due[0]:,} reclaimed, {due[1]:,} warned of, {left[0] + left[1]:,} left")
    report.add("P5.transaction", max(longest), f"{len(longest):,} transactions at {count:,}")
    report.add(
        "P5.callbacks", quantile(figures, 0.99) * 1e3, f"{RATE} a second for {len(figures) / RATE:.0f} s at {count:,}"
    )


def _ask(port: int, messages: list[tuple[str, str]], figures: list[float], swept: threading.Event) -> None:
    """Two seconds' worth at a time, until the sweep is over."""
    for start in range(0, len(messages), RATE * 2):
        if swept.is_set():
            return
        figures += load([port], messages[start : start + RATE * 2], clients=16, rate=float(RATE)).latencies


def _count(database: Database) -> tuple[int, int]:
    with database.transaction() as db:
        reclaim, warn = db.execute(_LEFT, {"at": AT}).one()
    return int(reclaim), int(warn)


def _listen(database: Database) -> None:
    """One group robot hears of reclaims and warnings, as a sales team's would."""
    topics = '["customer.reclaimed", "customer.reclaim_warning"]'
    with database.transaction() as db:
        db.execute(text("update robot set topics = cast(:topics as jsonb) where name = '群0'"), {"topics": topics})


@contextmanager
def _parts(ground: Ground, url: str) -> Iterator[Parts]:
    given = {name.removeprefix("HAITUN_").lower(): value for name, value in ground.environment(url).items()}
    settings = load_settings(given)
    with assemble(settings, database_url=url, redis_url=ground.stores.redis_url, statement_ms=0) as parts:
        yield parts


@contextmanager
def timed(parts: Parts) -> Iterator[list[float]]:
    """Seconds of each transaction but the round's own guard, which locks nothing that others want."""
    took: list[float] = []
    began: dict[int, float] = {}

    def begin(connection: Connection) -> None:
        began[id(connection)] = time.monotonic()

    def commit(connection: Connection) -> None:
        took.append(time.monotonic() - began[id(connection)])

    event.listen(parts.database.engine, "begin", begin)
    event.listen(parts.database.engine, "commit", commit)
    yield took
    took.sort()
    del took[-1:]

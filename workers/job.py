"""Timed jobs: what is due at an instant is done once; time may jump in both directions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import text

from bot.wiring import Parts
from handlers import desk
from handlers.context import Context
from handlers.customers import reclaiming, todos
from handlers.sales import lead_reclaim
from workers import inbox, outbox

_TICK_LOCK = 4_801_030


def tick(parts: Parts, now: datetime) -> None:
    """`haitun tick --now`: runs what was put off and what is due, then delivers what is due by then."""
    inbox.run_deferred(parts, now)
    run_due(parts, now)
    outbox.drain(parts, now)


def run_due(parts: Parts, now: datetime) -> None:
    """One round at a time over all processes: the jobs are repeatable, the lock only saves work."""
    with parts.database.transaction() as guard:
        guard.execute(text("set local lock_timeout = 0"))
        guard.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _TICK_LOCK})
        for name, run in JOBS:
            run(parts, now)
            parts.metrics.count("jobs", job=name)


@contextmanager
def clock(parts: Parts, now: datetime, command: str, *, is_bulk: bool = False) -> Iterator[Context]:
    """A transaction of the clock: no actor, its history and notices written at the end."""
    with parts.database.transaction() as db:
        ctx = Context(db, None, now, "clock", parts.settings.timezone, command=command, is_bulk=is_bulk)
        yield ctx
        desk.finish(ctx)
    parts.nudge.wake()


def _remind(parts: Parts, now: datetime) -> None:
    with clock(parts, now, "todo.remind") as ctx:
        todos.due_todos(ctx)


def _warn_customers(parts: Parts, now: datetime) -> None:
    with clock(parts, now, "customer.reclaim_warn") as ctx:
        batches = reclaiming.owners_to_warn(ctx)
    for owners in batches:
        with clock(parts, now, "customer.reclaim_warn", is_bulk=True) as ctx:
            reclaiming.warn(ctx, owners)


def _reclaim_customers(parts: Parts, now: datetime) -> None:
    with clock(parts, now, "customer.reclaim") as ctx:
        batches = reclaiming.due_batches(ctx)
    for idents in batches:
        with clock(parts, now, "customer.reclaim", is_bulk=True) as ctx:
            outdated = reclaiming.reclaim_batch(ctx, idents)
        if outdated:
            with clock(parts, now, "customer.reclaim", is_bulk=True) as ctx:
                reclaiming.put_right(ctx, outdated)


def _warn_leads(parts: Parts, now: datetime) -> None:
    with clock(parts, now, "lead.reclaim_warn") as ctx:
        lead_reclaim.warn(ctx)


def _reclaim_leads(parts: Parts, now: datetime) -> None:
    with clock(parts, now, "lead.reclaim") as ctx:
        idents = lead_reclaim.due_ids(ctx)
    for ident in idents:
        with clock(parts, now, "lead.reclaim") as ctx:
            lead_reclaim.reclaim_one(ctx, ident)


Job = Callable[[Parts, datetime], None]
JOBS: tuple[tuple[str, Job], ...] = (
    ("todo.remind", _remind),
    ("customer.reclaim", _reclaim_customers),
    ("customer.reclaim_warn", _warn_customers),
    ("lead.reclaim", _reclaim_leads),
    ("lead.reclaim_warn", _warn_leads),
)

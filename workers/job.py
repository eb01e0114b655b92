"""Timed jobs: what is due at an instant is done once; time may jump in both directions."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import text

from bot.wiring import Parts
from handlers import desk
from handlers.bulk import Bulk
from handlers.company import delegations, overdue, sharing
from handlers.context import Context
from handlers.customers import clocks, nudging, reclaiming, todos, warning
from handlers.sales import assigning, lead_reclaim, lead_warning
from models.customers.customer import Customer
from models.sales.lead import Lead
from workers import files, inbox, outbox

SIDE_BY_SIDE = 2
_TICK_LOCK = 4_801_030
C = TypeVar("C", bound=Context)


def tick(parts: Parts, now: datetime) -> None:
    """`haitun tick --now`: runs what was put off and what is due, then delivers what is due by then."""
    inbox.run_deferred(parts, now)
    run_due(parts, now)
    files.fetch_due(parts, now)
    outbox.drain(parts, now)


def run_due(parts: Parts, now: datetime) -> None:
    """One round at a time over all processes: the jobs are repeatable, the lock only saves work."""
    with parts.database.transaction() as guard:
        guard.execute(text("set local lock_timeout = 0"))
        guard.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _TICK_LOCK})
        for name, run in JOBS:
            run(parts, now, name)
            parts.metrics.count("jobs", job=name)


@contextmanager
def clock(parts: Parts, now: datetime, command: str, kind: type[C]) -> Iterator[C]:
    """A transaction of the clock: no actor, its history and notices written at the end."""
    with parts.database.transaction() as db:
        ctx = kind(db, None, now, "clock", parts.settings.timezone, command=command)
        yield ctx
        desk.finish(ctx)
        if isinstance(ctx, Bulk):
            ctx.write_letters()
    parts.nudge.wake()


@dataclass(frozen=True)
class Sweep:
    """A job over many rows: which are due, in batches, and what is done with a batch, in a transaction of its own."""

    due: Callable[[Context], list[list[int]]]
    work: Callable[[Bulk, Sequence[int]], None]

    def run(self, parts: Parts, now: datetime, command: str) -> None:
        """All batches, two at a time: one is thought about while the server writes the other."""
        with parts.database.transaction() as db:
            batches = self.due(Context(db, None, now, "clock", parts.settings.timezone, command=command))

        def one(idents: Sequence[int]) -> None:
            with clock(parts, now, command, Bulk) as ctx:
                self.work(ctx, idents)

        with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="sweep") as pool:
            list(pool.map(one, batches))


def _remind(parts: Parts, now: datetime, command: str) -> None:
    with clock(parts, now, command, Context) as ctx:
        todos.due_todos(ctx)


def _press(parts: Parts, now: datetime, command: str) -> None:
    """Approvals that wait too long, each in a transaction of its own; delegations whose first day has come."""
    with parts.database.transaction() as db:
        idents = overdue.due(Context(db, None, now, "clock", parts.settings.timezone))
    for ident in idents:
        with clock(parts, now, command, Context) as ctx:
            overdue.press(ctx, ident)
    with clock(parts, now, command, Context) as ctx:
        delegations.begin_today(ctx)


def _follow_rules(parts: Parts, now: datetime, command: str) -> None:
    """A version that has come into force moves the deadlines of what it concerns, before anything is taken by them."""
    with parts.database.transaction() as db:
        found = clocks.unsettled(Context(db, None, now, "clock", parts.settings.timezone))
    models: tuple[clocks.Model, ...] = (Customer, Lead)
    for subject, version in found:
        for model in models:
            due, work = partial(clocks.follow, model=model, subject=subject), partial(clocks.recount_all, model=model)
            Sweep(due, work).run(parts, now, command)
        with clock(parts, now, command, Context) as ctx:
            clocks.settled(ctx, subject, version)


def _assign(parts: Parts, now: datetime, command: str) -> None:
    """A transaction a lead: each locks its candidates."""
    with parts.database.transaction() as db:
        leads = assigning.due(Context(db, None, now, "clock", parts.settings.timezone))
    for lead_id in leads:
        with clock(parts, now, command, Context) as ctx:
            assigning.resume(ctx, lead_id)


def _end_grants(parts: Parts, now: datetime, command: str) -> None:
    with clock(parts, now, command, Context) as ctx:
        sharing.end_grants(ctx)


Job = Callable[[Parts, datetime, str], None]
JOBS: tuple[tuple[str, Job], ...] = (
    ("todo.remind", _remind),
    ("approval.press", _press),
    ("rule.follow", _follow_rules),
    ("share.end", _end_grants),
    ("customer.reclaim", Sweep(reclaiming.due, reclaiming.take_back).run),
    ("customer.reclaim_warn", Sweep(warning.due, warning.warn).run),
    ("lead.assign", _assign),
    ("customer.nudge", Sweep(nudging.due, nudging.nudge).run),
    ("lead.reclaim", Sweep(lead_reclaim.due, lead_reclaim.take_back).run),
    ("lead.reclaim_warn", Sweep(lead_warning.due, lead_warning.warn).run),
)

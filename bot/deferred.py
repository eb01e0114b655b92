"""Events that the door had to put off, run again through the same walk until they have had their effect."""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import aliased

from bot import answering
from bot.inbound import Joined, Platform, Said, Tapped
from bot.logs import request_number
from bot.posting import post_alone, post_answer
from bot.reception import answer_to
from bot.wiring import Parts
from handlers.company.people import person_by_account
from handlers.context import Context
from handlers.reply import Reply
from models.db import savepoint
from models.inbox import Inbox

log = structlog.get_logger(__name__)
# Before the second, third, … run. A process that dies in a run has left its row to the same pause.
PAUSES = tuple(timedelta(seconds=s) for s in (1, 2, 5, 15, 30, 60, 120, 300))
MOST_ATTEMPTS = 100  # eight hours of a database that answers, but not to this event
CRASH_PAUSES = tuple(timedelta(seconds=s) for s in (5, 60))  # a defect of ours seldom mends itself
# The database's troubles, or those of others with it: locks, deadlocks, time-outs, lost connections.
FAULTS = (OperationalError, InterfaceError, PoolTimeout)
_LIMITS = select(func.set_config("lock_timeout", "2s", True), func.set_config("statement_timeout", "20s", True))


@dataclass(frozen=True)
class Event:
    """A deferred row that this process has begun to run; `attempts` counts this run."""

    id: int
    platform: Platform
    account: str
    kind: str
    payload: dict[str, Any]
    attempts: int
    crashes: int
    reference: str | None
    received_at: datetime

    @property
    def inbound(self) -> Said | Tapped | Joined:
        """The event as it came in, a message with the instant at which it was said."""
        made: dict[str, type[Said] | type[Tapped] | type[Joined]] = {"said": Said, "tapped": Tapped, "joined": Joined}
        payload = dict(self.payload)
        if self.kind == "tapped":
            payload["selected"] = {key: tuple(path) for key, path in payload["selected"].items()}
        event = made[self.kind](**payload)
        return replace(event, heard_at=self.received_at) if isinstance(event, Said) else event


_EVENT = [Inbox.__table__.c[one.name] for one in fields(Event)]


def run_one_deferred(parts: Parts, now: datetime) -> bool:
    """Runs the next event that is due at `now`; its answer goes out as a message. False when none is left for this
    process. What fails waits for its next turn and holds up nobody; a bug of ours ends after a few crashes."""
    with parts.database.transaction() as db:
        event = _begin(db, now)
    if event is None:
        return False
    try:
        _finish(parts, event, now) if event.attempts <= MOST_ATTEMPTS else _give_up(parts, event, now, event.reference)
    except FAULTS as error:
        log.warning("deferred_again", inbox=event.id, attempts=event.attempts, why=_why(error))
        parts.metrics.count("deferred_runs", outcome="again")
    except Exception as error:  # noqa: BLE001 - like the walk at the door: a crash becomes an answer
        _crashed(parts, event, now, error)
    parts.nudge.wake()
    return True


def _begin(db: Connection, now: datetime) -> Event | None:
    """Takes one and, before it is run, counts the run and sets the next: a run that kills its process, or takes the
    connection with it, is one of the bounded ones too."""
    due = or_(Inbox.due_at.is_(None), Inbox.due_at <= now)
    # Those that were never run come first: what fails again and again makes nobody else wait.
    order = (Inbox.attempts, Inbox.due_at.nulls_first(), Inbox.received_at, Inbox.id)
    statement = select(*_EVENT).where(Inbox.state == "deferred", due, ~_is_behind_another()).order_by(*order)
    row = db.execute(statement.limit(1).with_for_update(key_share=True, skip_locked=True)).first()
    if row is None:
        return None
    pause = PAUSES[min(row.attempts, len(PAUSES) - 1)]
    begun = update(Inbox.__table__).where(Inbox.id == row.id)
    db.execute(begun.values(attempts=row.attempts + 1, due_at=now + pause))
    return replace(Event(*row), attempts=row.attempts + 1)


def _is_behind_another() -> Any:
    """Whether an older one of the same account has its turn first: for the first minutes, and unless it crashed."""
    older = aliased(Inbox)
    mine = and_(older.state == "deferred", older.platform == Inbox.platform, older.account == Inbox.account)
    has_its_turn = and_(older.crashes == 0, older.attempts <= len(PAUSES))
    earlier = tuple_(older.received_at, older.id) < tuple_(Inbox.received_at, Inbox.id)
    return exists(select(1).where(mine, has_its_turn, earlier))


def _finish(parts: Parts, event: Event, now: datetime) -> None:
    """The whole walk in one transaction; nothing happens where another process has the row or was faster."""
    with parts.database.transaction() as db:
        db.execute(_LIMITS)
        if not _is_still_mine(db, event):
            return
        inbound = event.inbound
        ctx = Context(db, None, now, inbound.platform, parts.settings.timezone)
        try:
            with savepoint(db):
                person = person_by_account(db, inbound.platform, inbound.account)
                reply = answer_to(parts, ctx, inbound, person)
        except answering.RefusedLate as late:
            reply = late.reply
        if reply is not None:
            post_answer(ctx, inbound, reply, received_at=event.received_at)
        kept = {"template": reply.template, "facts": dict(reply.facts)} if reply is not None else None
        _close(db, event, state="done", payload=None, reply=kept, due_at=None)
    parts.metrics.count("deferred_runs", outcome="done")


def _is_still_mine(db: Connection, event: Event) -> bool:
    mine = (Inbox.id == event.id, Inbox.state == "deferred", Inbox.attempts == event.attempts)
    return db.execute(select(1).where(*mine).with_for_update(key_share=True, skip_locked=True)).first() is not None


def _close(db: Connection, event: Event, **values: Any) -> None:
    db.execute(update(Inbox.__table__).where(Inbox.id == event.id).values(**values))


def _crashed(parts: Parts, event: Event, now: datetime, error: Exception) -> None:
    """Again after a pause, or the end of it: the person gets the number that the log knows, the event is kept."""
    number = event.reference or request_number()
    log.error("deferred_crashed", number=number, inbox=event.id, crashes=event.crashes + 1, exc_info=error)
    parts.metrics.count("commands", command="", outcome="crash")
    try:
        if event.crashes >= len(CRASH_PAUSES):
            _give_up(parts, event, now, number)
            return
        with parts.database.transaction() as db:
            due = now + CRASH_PAUSES[event.crashes]
            _close(db, event, crashes=event.crashes + 1, reference=number, due_at=due)
    except FAULTS as fault:
        log.warning("deferred_again", inbox=event.id, attempts=event.attempts, why=_why(fault))


def _give_up(parts: Parts, event: Event, now: datetime, number: str | None) -> None:
    """Failed, and kept: `haitun rerun` runs it again."""
    number = number or request_number()
    with parts.database.transaction() as db:
        if not _is_still_mine(db, event):
            return
        ctx = Context(db, None, now, event.platform, parts.settings.timezone)
        ctx.actor = person_by_account(db, event.platform, event.account) if event.account else None
        said = str(event.payload.get("text") or "") if event.kind == "said" else ""
        reply = Reply("crash", {"number": number, "said": said})
        if event.kind != "joined":
            post_alone(ctx, event.platform, event.account, reply, key=f"failed|{number}")
        kept = {"template": "crash", "facts": {"number": number}}
        _close(db, event, state="failed", reference=number, reply=kept, due_at=None)
    log.error("deferred_given_up", number=number, inbox=event.id, attempts=event.attempts)
    parts.metrics.count("deferred_runs", outcome="failed")


def _why(error: Exception) -> str:
    """The server's code where it gave one."""
    cause = getattr(error, "orig", None)
    return str(getattr(cause, "sqlstate", None) or type(cause or error).__name__)

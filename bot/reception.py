"""The walk of one inbound event: once, in one transaction, with an answer that a repeat finds again."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot import answering
from bot.arrival import arrive, inbox_row
from bot.conversations import brought
from bot.inbound import Ignored, Inbound, Joined, Said, Tapped
from bot.logs import request_number
from bot.showing import shown
from bot.wiring import Parts
from cards.card import Card
from handlers.context import Context
from handlers.notices import flush
from handlers.reply import Reply
from models.clock import utc_now
from models.company.people import Person
from models.inbox import Inbox
from models.statement import Statement

log = structlog.get_logger(__name__)
DEADLINE_SECONDS = 3.3
_ANSWERED = Statement(update(Inbox.__table__).where(Inbox.id == bindparam("row_id")).values(reply=bindparam("answer")))
BUSY = Reply("text", {"text": "正在处理，稍后把结果发给你"})


@dataclass(frozen=True)
class Answered:
    """`card` rides on the callback's response; None: silence, or the answer went through the outbox.
    `accepted` False: nothing was kept, the platform must deliver again."""

    card: Card | None
    accepted: bool = True


class Overdue(Exception):
    """The walk took longer than the platform waits."""


def receive(parts: Parts, inbound: Inbound, *, began: float | None = None, now: datetime | None = None) -> Answered:
    """Walks one event to its end. `began` is the monotonic instant of its arrival, `now` business time."""
    now = now or utc_now()
    if isinstance(inbound, Ignored):
        parts.metrics.count("callbacks", platform=inbound.platform, kind="ignored", reason=inbound.reason)
        return Answered(None)
    parts.metrics.count("callbacks", platform=inbound.platform, kind=type(inbound).__name__.lower(), reason="")
    began = time.monotonic() if began is None else began
    try:
        if time.monotonic() - began > DEADLINE_SECONDS:
            raise Overdue
        with parts.database.transaction() as db:
            card = _walk(parts, db, inbound, now)
            if time.monotonic() - began > DEADLINE_SECONDS:
                raise Overdue
    except answering.RefusedLate as late:
        return _keep_refusal(parts, inbound, now, late.reply)
    except (Overdue, OperationalError, PoolTimeout) as error:
        return _defer(parts, inbound, now, error)
    except Exception as error:  # noqa: BLE001 - the one place where a crash becomes an answer
        return _failed(parts, inbound, now, error)
    parts.nudge.wake()
    return Answered(card)


def _walk(parts: Parts, db: Connection, inbound: Said | Tapped | Joined, now: datetime) -> Card | None:
    arrival = arrive(db, inbound, now)
    if arrival is None:
        return _first_answer(db, inbound)
    ctx = Context(db, None, now, inbound.platform, parts.settings.timezone, keeps_letters=True)
    brought(ctx, arrival.conversation, arrival.question)
    reply = answer_to(parts, ctx, inbound, arrival.person)
    flush(ctx)
    if reply is None:
        return None
    _ANSWERED.later(db, {"row_id": arrival.inbox, "answer": {"template": reply.template, "facts": dict(reply.facts)}})
    return shown(reply.template, reply.facts)


def answer_to(parts: Parts, ctx: Context, inbound: Said | Tapped | Joined, person: Person | None) -> Reply | None:
    """What the response itself says; None when the answer is a card, which goes through the outbox."""
    if person is None:
        return None if isinstance(inbound, Joined) else Reply("stranger")
    ctx.actor = person
    reply = _answer(parts, ctx, inbound)
    _see(ctx, person, inbound)
    return reply


def _answer(parts: Parts, ctx: Context, inbound: Said | Tapped | Joined) -> Reply | None:
    match inbound:
        case Said():
            return answering.said(parts, ctx, inbound)
        case Tapped():
            return answering.tapped(parts, ctx, inbound)
        case Joined():
            return answering.joined(ctx, inbound)


def _see(ctx: Context, person: Person, inbound: Inbound) -> None:
    """Remembers on which platform the person spoke last: that is where he hears (contract.md Chat).

    After the command, which locks its record first and persons then: the other way round two messages of a newcomer
    would wait for each other.
    """
    if person.last_platform != inbound.platform and not isinstance(inbound, Joined):
        elsewhere = Person.last_platform.is_distinct_from(inbound.platform)
        mine = update(Person.__table__).where(Person.id == person.id, elsewhere)
        ctx.db.execute(mine.values(last_platform=inbound.platform))


def _first_answer(db: Connection, inbound: Said | Tapped | Joined) -> Card | None:
    where = (Inbox.platform == inbound.platform, Inbox.event_id == inbound.event_id)
    reply = db.execute(select(Inbox.reply).where(*where)).scalar_one_or_none()
    return shown(reply["template"], reply["facts"]) if reply else None


def _keep_refusal(parts: Parts, inbound: Said | Tapped | Joined, now: datetime, reply: Reply) -> Answered:
    """A refusal that came after a first write: all is rolled back, only the event and its answer are kept."""
    kept = {"template": reply.template, "facts": dict(reply.facts)}
    statement = insert(Inbox.__table__).values(**inbox_row(inbound, now, "done", reply=kept))
    with parts.database.transaction() as db:
        db.execute(statement.on_conflict_do_nothing())
    return Answered(shown(reply.template, reply.facts))


def _defer(parts: Parts, inbound: Said | Tapped | Joined, now: datetime, error: BaseException) -> Answered:
    """A worker runs it again through the same walk; where not even that can be written the platform delivers again."""
    parts.metrics.count("deferred", platform=inbound.platform, why=type(error).__name__)
    payload = asdict(inbound)
    statement = insert(Inbox.__table__).values(**inbox_row(inbound, now, "deferred", payload=payload))
    try:
        with parts.database.transaction() as db:
            made = db.execute(statement.on_conflict_do_nothing().returning(Inbox.id)).scalar_one_or_none()
    except (DBAPIError, PoolTimeout) as failure:
        log.warning("not_accepted", platform=inbound.platform, why=type(failure).__name__)
        return Answered(None, accepted=False)
    parts.nudge.wake()
    busy = made is not None and isinstance(inbound, Said)
    return Answered(shown(BUSY.template, BUSY.facts) if busy else None)


def _failed(parts: Parts, inbound: Said | Tapped | Joined, now: datetime, error: Exception) -> Answered:
    """All rolled back; the person gets a number that the log knows too."""
    number = request_number()
    log.error("walk_failed", number=number, platform=inbound.platform, kind=type(inbound).__name__, exc_info=error)
    parts.metrics.count("commands", command="", outcome="crash")
    reply = {"template": "crash", "facts": {"number": number}}
    statement = insert(Inbox.__table__).values(**inbox_row(inbound, now, "failed", reply=reply, reference=number))
    try:
        with parts.database.transaction() as db:
            db.execute(statement.on_conflict_do_nothing())
    except (DBAPIError, PoolTimeout):
        return Answered(None, accepted=False)
    return Answered(shown("crash", {"number": number}))

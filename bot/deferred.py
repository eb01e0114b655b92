"""Events that the door had to put off, run again through the same walk."""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from bot import answering
from bot.handing_out import hand_out
from bot.inbound import Joined, Said, Tapped
from bot.reception import answer_to
from bot.wiring import Parts
from handlers.context import Context
from models.inbox import Inbox

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 5


def inbound_of(kind: str, payload: dict[str, Any]) -> Said | Tapped | Joined:
    """The event that a deferred row keeps."""
    made: dict[str, type[Said] | type[Tapped] | type[Joined]] = {"said": Said, "tapped": Tapped, "joined": Joined}
    if kind == "tapped":
        payload = {**payload, "selected": {k: tuple(v) for k, v in payload["selected"].items()}}
    return made[kind](**payload)


def run_one_deferred(parts: Parts, now: datetime) -> bool:
    """Runs the oldest deferred event; its answer goes out as a message. False when none is left for this process."""
    with parts.database.transaction() as db:
        statement = select(Inbox.id, Inbox.kind, Inbox.payload, Inbox.attempts).where(Inbox.state == "deferred")
        row = db.execute(statement.order_by(Inbox.id).limit(1).with_for_update(skip_locked=True)).first()
        if row is None:
            return False
        done = update(Inbox.__table__).where(Inbox.id == row.id)
        if row.attempts >= MOST_ATTEMPTS:
            db.execute(done.values(state="failed", payload=None))
            return True
        inbound = inbound_of(row.kind, row.payload)
        ctx = Context(db, None, now, inbound.platform, parts.settings.timezone)
        try:
            with db.begin_nested():
                reply = answer_to(parts, ctx, inbound)
        except answering.RefusedLate as late:
            reply = late.reply
        except DBAPIError as error:
            log.warning("deferred_failed", inbox=row.id, why=type(error).__name__)
            db.execute(done.values(attempts=Inbox.attempts + 1))
            return True
        if reply is not None:
            hand_out(ctx, inbound, reply, always=True)
        kept = {"template": reply.template, "facts": dict(reply.facts)} if reply is not None else None
        db.execute(done.values(state="done", payload=None, reply=kept))
    parts.nudge.wake()
    return True

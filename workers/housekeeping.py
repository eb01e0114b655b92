"""Keeps the plumbing small: old inbox and outbox rows go in batches; the worker shows that it lives."""

import os
import socket
import threading
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.wiring import Parts
from models.access import IdempotencyKey
from models.clock import utc_now
from models.dialogue import Dialogue
from models.inbox import Inbox
from models.job_run import Heartbeat
from models.outbox import Outbox
from models.query_log import QueryLog

KEEP = timedelta(days=30)
KEEP_KEYS = timedelta(days=2)
BATCH = 5000
HEARTBEAT_SECONDS = 5.0


def run(parts: Parts, now: datetime) -> None:
    """Deletes what nobody can ask for any more, a batch a transaction."""
    done = ("sent", "merged", "cancelled")
    _empty(parts, Outbox, Outbox.created_at < now - KEEP, Outbox.state.in_(done))
    _empty(parts, Inbox, Inbox.received_at < now - KEEP, Inbox.state != "deferred")
    _empty(parts, QueryLog, QueryLog.at < now - KEEP)
    with parts.database.transaction() as db:
        db.execute(delete(Dialogue.__table__).where(Dialogue.expires_at < now - KEEP_KEYS))
        db.execute(delete(IdempotencyKey.__table__).where(IdempotencyKey.created_at < now - KEEP_KEYS))


def start_heartbeat(parts: Parts) -> None:
    """A row per worker process, renewed on the real clock; `haitun doctor` and /readyz look at it."""
    name = f"worker/{socket.gethostname()}/{os.getpid()}"
    threading.Thread(target=_beat, args=(parts, name), name="heartbeat", daemon=True).start()


def _beat(parts: Parts, name: str) -> None:
    pause = threading.Event()
    while True:
        made = insert(Heartbeat.__table__).values(name=name, seen_at=utc_now())
        try:
            with parts.database.transaction() as db:
                db.execute(made.on_conflict_do_update(index_elements=["name"], set_={"seen_at": utc_now()}))
                db.execute(delete(Heartbeat.__table__).where(Heartbeat.seen_at < utc_now() - timedelta(hours=1)))
        except (DBAPIError, PoolTimeout):
            pass
        pause.wait(HEARTBEAT_SECONDS)


def _empty(parts: Parts, model: type[Inbox] | type[Outbox] | type[QueryLog], *where: object) -> None:
    while True:
        with parts.database.transaction() as db:
            some = select(model.id).where(*where).limit(BATCH)  # type: ignore[arg-type]
            if db.execute(delete(model.__table__).where(model.id.in_(some))).rowcount < BATCH:
                return

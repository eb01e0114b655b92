"""Alive, ready, and the numbers of all processes."""

from datetime import datetime, timedelta

from fastapi import APIRouter
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot import rerun
from bot.wiring import Parts
from models.clock import utc_now
from models.migrations import at_head
from models.outbox import OPEN, Outbox


def router(parts: Parts) -> APIRouter:
    """Paths that need no token."""
    made = APIRouter(tags=["probes"], include_in_schema=False)

    @made.get("/healthz")
    def healthz() -> Response:
        return PlainTextResponse("ok")

    @made.get("/readyz")
    def readyz() -> Response:
        found = {"database": _database(parts), "queue": _queue(parts)}
        return JSONResponse(found, status_code=200 if all(v == "ok" for v in found.values()) else 503)

    @made.get("/metrics")
    def metrics() -> Response:
        return PlainTextResponse("\n".join([*parts.metrics.lines(), *_gauges(parts)]) + "\n")

    return made


def _database(parts: Parts) -> str:
    try:
        with parts.database.transaction() as db:
            return "ok" if at_head(db) else "schema is not at head: run haitun migrate"
    except SQLAlchemyError:
        return "not reachable"


def _queue(parts: Parts) -> str:
    try:
        parts.redis.ping()
    except RedisError:
        return "not reachable"
    return "ok"


def _gauges(parts: Parts) -> list[str]:
    """What waits, and for how long: the outbox's age is the first thing to alert on."""
    waiting = select(func.count(), func.min(Outbox.due_at)).where(Outbox.state.in_(OPEN), Outbox.due_at <= utc_now())
    dead = select(func.count()).select_from(Outbox).where(Outbox.state == "dead")
    try:
        with parts.database.transaction() as db:
            count, oldest = db.execute(waiting).one()
            dead_count, now = db.execute(dead).scalar_one(), utc_now()
            (deferred, since), (failed, _) = rerun.waiting(db), rerun.failed(db, now, timedelta(days=30))
    except SQLAlchemyError:
        return []
    values = {
        "outbox_due": count,
        "outbox_oldest_seconds": _age(now, oldest),
        "outbox_dead": dead_count,
        "inbox_deferred": deferred,
        "inbox_oldest_seconds": _age(now, since),
        "inbox_failed": failed,
    }
    return [
        line for name, value in values.items() for line in (f"# TYPE haitun_{name} gauge", f"haitun_{name} {value}")
    ]


def _age(now: datetime, since: datetime | None) -> str:
    return f"{(now - since).total_seconds() if since is not None else 0:.1f}"

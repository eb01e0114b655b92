"""Events that were accepted and have had no effect yet, as an admin sees them, and running a failed one again."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from models.db import Database
from models.errors import NotFound
from models.inbox import Inbox

SHOWN = 100
# Of a first walk that crashed nothing is kept: its person was told on the response.
_FAILED: ColumnElement[bool] = and_(Inbox.state == "failed", Inbox.payload.is_not(None))


def open_lines(database: Database, zone: ZoneInfo) -> list[str]:
    """Those that wait and those that failed, newest first: number, state, who, when, how often tried, what was said."""
    with database.transaction() as db:
        wanted = select(Inbox.__table__).where(or_(Inbox.state == "deferred", _FAILED))
        rows = db.execute(wanted.order_by(Inbox.id.desc()).limit(SHOWN)).all()
    return [_line(row, zone) for row in rows] or ["没有等待或失败的消息"]


def _line(row: Any, zone: ZoneInfo) -> str:
    moment = f"{row.received_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    number = row.reference or str(row.id)
    said = str(row.payload.get("text") or "")[:40] if row.payload else ""
    words = [number, row.state, f"{row.platform}:{row.account}", moment, f"试过 {row.attempts} 次", row.kind, said]
    return "  ".join(words).rstrip()


def rerun_one(database: Database, number: str) -> str:
    """Puts a failed event back: a worker runs it at once. `number` is the one that the person was told."""
    wanted = (Inbox.reference == number.strip().upper(), _FAILED)
    fresh = {"state": "deferred", "attempts": 0, "crashes": 0, "due_at": None, "reference": None, "reply": None}
    with database.transaction() as db:
        found = db.execute(update(Inbox.__table__).where(*wanted).values(**fresh).returning(Inbox.id)).first()
    if found is None:
        raise NotFound(f"没有失败的消息「{number}」", next_step="haitun rerun 的第一列是编号")
    return f"{number.strip().upper()} 会马上重新执行"


def waiting(db: Connection) -> tuple[int, datetime | None]:
    """How many events wait for a worker, and since when the oldest does."""
    count, oldest = db.execute(select(func.count(), func.min(Inbox.received_at)).where(Inbox.state == "deferred")).one()
    return count, oldest


def failed(db: Connection, now: datetime, within: timedelta) -> tuple[int, str | None]:
    """How many of this span were accepted and given up, and the newest one's number."""
    mine = (_FAILED, Inbox.received_at > now - within)
    rows = db.execute(select(Inbox.reference).where(*mine).order_by(Inbox.received_at.desc())).scalars().all()
    return len(rows), rows[0] if rows else None

"""Fetches the content of files that came in chat: one at a time, again after a pause, never twice at once."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, update

from bot.channels.base import PlatformError
from bot.wiring import Parts
from handlers import desk
from handlers.context import Context, Notice
from models.company.attachment import Attachment
from models.media import LARGEST, content_type, safe_name
from models.rows import fetch_all

log = structlog.get_logger(__name__)
# Before the second, third, … try. A process that dies while it fetches has left its row to the same pause.
PAUSES = tuple(timedelta(seconds=s) for s in (30, 60, 300, 900, 3600))
EXPIRED = "平台上的文件已经过期，请再发一次"
TOO_LARGE = f"文件超过 {LARGEST >> 20} MB，请压缩后再发"
NOT_KEPT = "不保存这种文件，请发图片、PDF、Office 文档、音视频或压缩包"
UNREACHABLE = "平台一直没有把文件给我，请再发一次"


def fetch_one_due(parts: Parts, now: datetime) -> bool:
    """The next that is due at `now`; False when none is left for this process."""
    with parts.database.transaction() as db:
        row = _begin(db, now)
    if row is None:
        return False
    channel = parts.channels.get(row.source)
    try:
        if channel is None:
            return True
        found = channel.download(row.media, most=LARGEST)
    except PlatformError as error:
        log.warning("file_not_fetched", file=row.id, code=error.code, tries=row.tries)
        if error.code == "too_large":
            _failed(parts, row, now, TOO_LARGE)
        elif error.remedy in ("drop", "bug", "fallback"):
            _failed(parts, row, now, EXPIRED)
        elif row.tries > len(PAUSES):
            _failed(parts, row, now, UNREACHABLE)
        return True
    kind = content_type(found.data)
    if kind is None:
        _failed(parts, row, now, NOT_KEPT)
        return True
    digest = parts.files.put(found.data)
    name = safe_name(row.name, kind)
    with parts.database.transaction() as db:
        _set(db, row, status="stored", digest=digest, size=len(found.data), content_type=kind, name=name, why=None)
    log.info("file_stored", file=row.id, size=len(found.data))
    return True


def _begin(db: Connection, now: datetime) -> Attachment | None:
    """Takes one and, before it is fetched, counts the try and sets the next."""
    due = (Attachment.status == "waiting", Attachment.due_at <= now)
    rows = fetch_all(db, Attachment, *due, order_by=[Attachment.due_at], limit=1, lock=True, skip_locked=True)
    if not rows:
        return None
    pause = PAUSES[min(rows[0].tries, len(PAUSES) - 1)]
    _set(db, rows[0], tries=rows[0].tries + 1, due_at=now + pause)
    return rows[0]


def _failed(parts: Parts, row: Attachment, now: datetime, why: str) -> None:
    """The sender is told, once; the record shows no file."""
    with parts.database.transaction() as db:
        _set(db, row, status="failed", why=why)
        ctx = Context(db, None, now, "clock", parts.settings.timezone, command="file.fetch")
        text = {"text": f"「{row.name}」没有保存", "texts": [why]}
        ctx.tell(
            Notice("file.failed", "text", text, row.code, (row.person_id,), robots=False, is_urgent=True,
                   prefer=row.source, key=f"file|{row.id}")
        )  # fmt: skip
        desk.finish(ctx)
    parts.nudge.wake()


def _set(db: Connection, row: Attachment, **values: Any) -> None:
    """What only the job changes is no new version: the sender may still take the file back."""
    waiting = (Attachment.id == row.id, Attachment.status == "waiting")
    db.execute(update(Attachment.__table__).where(*waiting).values(**values))

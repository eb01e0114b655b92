"""Drains the outbox: lanes side by side, each lane in order."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime

import structlog

from bot import delivery, post_office
from bot.wiring import Parts
from models.clock import utc_now
from models.outbox import Outbox

LANES = 16
log = structlog.get_logger(__name__)
_pool = ThreadPoolExecutor(8, thread_name_prefix="post")


def drain(parts: Parts, now: datetime) -> int:
    """Delivers what is due at `now` until nothing is left that this process may take; returns the lanes worked."""
    total = 0
    while True:
        with parts.database.transaction() as db:
            lanes = post_office.claim(db, now, utc_now(), lanes=LANES)
        if not lanes:
            return total
        total += len(lanes)
        wait([_pool.submit(_work, parts, rows, now) for rows in lanes.values()])


def _work(parts: Parts, rows: list[Outbox], now: datetime) -> None:
    """A crash in one lane is logged and leaves its rows to the lease; it never stops the others."""
    try:
        delivery.work_lane(parts, rows, now)
    except Exception:
        log.exception("lane_failed", lane=rows[0].lane)


def close() -> None:
    """Waits for what is being sent."""
    _pool.shutdown(wait=True, cancel_futures=True)

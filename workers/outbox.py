"""Drains the outbox: lanes side by side, each lane in order."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime

import structlog

from bot import delivery, post_office
from bot.wiring import Parts
from models.clock import utc_now
from models.outbox import Outbox

LANES = 16
PATIENCE_SECONDS = 1.0
log = structlog.get_logger(__name__)
# Threads of its own for each way out: one platform that hangs takes none of another's.
_pools = {name: ThreadPoolExecutor(6, thread_name_prefix=f"post-{name}") for name in ("wecom", "dingtalk", "robot")}


def drain(parts: Parts, now: datetime) -> int:
    """Delivers what is due at `now` until nothing is left that this process may take; returns the lanes worked.

    A lane that a platform keeps waiting holds up no other, and its lease is prolonged as long as somebody works on it.
    """
    total, busy = 0, dict[Future[None], list[int]]()
    while True:
        with parts.database.transaction() as db:
            taken = post_office.claim(db, now, utc_now(), lanes=LANES - len(busy)) if len(busy) < LANES else {}
            if busy:
                post_office.extend(db, [ident for idents in busy.values() for ident in idents], utc_now())
        for rows in taken.values():
            busy[_pools[rows[0].channel].submit(_work, parts, rows, now)] = [row.id for row in rows]
        total += len(taken)
        if not busy:
            return total
        done, _ = wait(busy, timeout=PATIENCE_SECONDS)
        for future in done:
            del busy[future]


def _work(parts: Parts, rows: list[Outbox], now: datetime) -> None:
    """A crash in one lane is logged and leaves its rows to the lease; it never stops the others."""
    try:
        delivery.work_lane(parts, rows, now)
    except Exception:
        log.exception("lane_failed", lane=rows[0].lane)


def close() -> None:
    """Waits for what is being sent."""
    for pool in _pools.values():
        pool.shutdown(wait=True, cancel_futures=True)

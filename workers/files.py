"""Fetches files in one thread a process, beside the post: a slow platform holds up no notice."""

import threading
from datetime import datetime

from bot.fetching import fetch_one_due
from bot.wiring import Parts

_turn = threading.Lock()


def fetch_due(parts: Parts, now: datetime) -> None:
    """All that are due at `now`; nothing where another thread of this process is at it."""
    if not _turn.acquire(blocking=False):
        return
    try:
        while fetch_one_due(parts, now):
            pass
    finally:
        _turn.release()

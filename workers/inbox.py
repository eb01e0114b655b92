"""Runs events that the door had to put off, through the same walk."""

import threading
from datetime import datetime

from bot.deferred import run_one_deferred
from bot.wiring import Parts

_turn = threading.Lock()


def run_deferred(parts: Parts, now: datetime) -> int:
    """Those that are due at `now`, each in its own transaction; what fails is due later."""
    count = 0
    while run_one_deferred(parts, now):
        count += 1
    return count


def take_turn(parts: Parts, now: datetime) -> None:
    """The same in one thread a process: behind events that wait for locks the others still see to the outbox."""
    if not _turn.acquire(blocking=False):
        return
    try:
        run_deferred(parts, now)
    finally:
        _turn.release()

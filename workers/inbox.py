"""Runs events that the door had to put off, through the same walk."""

from datetime import datetime

from bot.deferred import run_one_deferred
from bot.wiring import Parts


def run_deferred(parts: Parts, now: datetime) -> int:
    """Until none is left; each in its own transaction, skipped by the other workers while it runs."""
    count = 0
    while run_one_deferred(parts, now):
        count += 1
    return count

"""One tick of the clock by hand."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cli_data import opened
from workers.job import tick


def run_tick(instant: Callable[[ZoneInfo], datetime]) -> None:
    with opened() as parts:
        tick(parts, instant(parts.settings.timezone))

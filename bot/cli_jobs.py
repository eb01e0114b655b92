"""One tick of the clock by hand."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from workers.job import tick

from bot.cli_data import opened


def run_tick(instant: Callable[[ZoneInfo], datetime]) -> None:
    with opened() as parts:
        tick(parts, instant(parts.settings.timezone))

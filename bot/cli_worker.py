"""`haitun worker`: a Celery worker and, with `--beat`, the clock in a thread of it."""

import os

from bot.embedded import stores
from bot.logs import configure
from bot.settings import load_settings
from bot.supervise import end_with_pipe

BEHIND_THE_WEB = 5  # where both share a machine, whoever waits for an answer goes first


def run_worker(*, beat: bool, parent_pipe: int) -> None:
    if parent_pipe >= 0:
        end_with_pipe(parent_pipe)
    os.nice(BEHIND_THE_WEB)
    configure()
    settings = load_settings()
    with stores(settings) as held:
        from workers.app import work

        work(settings, database_url=held.database_url, redis_url=held.redis_url, beat=beat)

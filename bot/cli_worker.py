"""`haitun worker`: a Celery worker and, with `--beat`, the clock in a thread of it."""

from bot.embedded import stores
from bot.logs import configure
from bot.settings import load_settings
from bot.supervise import end_with_pipe


def run_worker(*, beat: bool, parent_pipe: int) -> None:
    if parent_pipe >= 0:
        end_with_pipe(parent_pipe)
    configure()
    settings = load_settings()
    with stores(settings) as held:
        from workers.app import work

        work(settings, database_url=held.database_url, redis_url=held.redis_url, beat=beat)

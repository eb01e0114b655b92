"""The Celery application: what the queue's tasks do, and the clock that puts them there."""

import threading
import warnings
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import structlog
from celery import Celery
from celery.platforms import SecurityWarning

from bot import queue
from bot.settings import Settings
from bot.wiring import Parts, assemble
from models.clock import utc_now
from workers import files, housekeeping, inbox, job, outbox

THREADS = 8
CLOCK_SECONDS = 5.0
POST_SECONDS = 1.0
FETCH_SECONDS = 2.0
log = structlog.get_logger(__name__)


def make_app(parts: Parts, redis_url: str) -> Celery:
    """Tasks bound to the parts of this process."""
    app = queue.make_queue(redis_url)

    @app.task(name=queue.DELIVER)  # type: ignore[untyped-decorator]
    def deliver() -> None:
        inbox.take_turn(parts, utc_now())
        outbox.drain(parts, utc_now())

    @app.task(name="clock.tick")  # type: ignore[untyped-decorator]
    def tick() -> None:
        job.run_due(parts, utc_now())
        outbox.drain(parts, utc_now())

    @app.task(name="clock.files")  # type: ignore[untyped-decorator]
    def fetch() -> None:
        files.fetch_due(parts, utc_now())

    @app.task(name="clock.housekeeping")  # type: ignore[untyped-decorator]
    def clean() -> None:
        housekeeping.run(parts, utc_now())

    app.conf.beat_schedule = {
        "deliver": {"task": queue.DELIVER, "schedule": POST_SECONDS, "options": {"expires": 5}},
        "files": {"task": "clock.files", "schedule": FETCH_SECONDS, "options": {"expires": 5}},
        "tick": {"task": "clock.tick", "schedule": CLOCK_SECONDS, "options": {"expires": 20}},
        "housekeeping": {"task": "clock.housekeeping", "schedule": timedelta(hours=1), "options": {"expires": 600}},
    }
    return app


def work(settings: Settings, *, database_url: str, redis_url: str, beat: bool) -> None:
    """Runs a worker in this process until it is told to stop; with `beat` the clock runs in a thread of it."""
    with ExitStack() as stack:
        parts = stack.enter_context(
            assemble(settings, database_url=database_url, redis_url=redis_url, threads=THREADS * 2 + 2, statement_ms=0)
        )
        stack.callback(outbox.close)
        app = make_app(parts, redis_url)
        if beat:
            _start_clock(app, settings)
        housekeeping.start_heartbeat(parts)
        # A container runs as root of nothing; whom the process belongs to is the deployment's business.
        warnings.filterwarnings("ignore", category=SecurityWarning)
        options = {"loglevel": "WARNING", "queues": [queue.QUEUE], "without_gossip": True, "without_mingle": True}
        app.Worker(pool="threads", concurrency=THREADS, quiet=True, **options).start()


def _start_clock(app: Celery, settings: Settings) -> None:
    """The clock holds no state: what is due stands in the rows, so two clocks would only ask twice."""
    home = settings.home / "clock"
    home.mkdir(parents=True, exist_ok=True)

    def run() -> None:
        options: dict[str, Any] = {"schedule": str(home / "schedule"), "loglevel": "WARNING", "quiet": True}
        beat = app.Beat(app=app, **options)
        beat.install_sync_handler = lambda service: None  # signals belong to the worker's main thread
        beat.run()

    threading.Thread(target=run, name="clock", daemon=True).start()

"""The Celery queue as all processes see it: names, delivery guarantees, and how a dead broker is noticed."""

from celery import Celery
from kombu.exceptions import OperationalError

DELIVER = "outbox.deliver"
QUEUE = "haitun"


def make_queue(redis_url: str) -> Celery:
    """A Celery app on this broker. Tasks carry no content: the rows are the truth, a lost message loses nothing."""
    app = Celery("haitun", broker=redis_url)
    app.conf.update(
        task_default_queue=QUEUE,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": 90,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
        timezone="UTC",
        enable_utc=True,
    )
    return app


def send(app: Celery, task: str) -> None:
    """Puts one content-free task on the queue; without a broker the clock's next round does it."""
    try:
        app.send_task(task, queue=QUEUE, expires=20, retry=False)
    except (OperationalError, OSError):
        return

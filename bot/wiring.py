"""The composition root: settings become stores, channels and the grammar; nobody else builds them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.channels.base import Channel
from bot.channels.budget import Budget
from bot.channels.dingtalk_api import DingTalkAccount, DingTalkClient
from bot.channels.dingtalk_channel import DingTalkChannel
from bot.channels.http import Http
from bot.channels.robots import RobotChannel
from bot.channels.wecom import WeComChannel
from bot.channels.wecom_api import WeComAccount, WeComClient
from bot.file_store import FileStore, LocalFiles
from bot.listening.grammar import Grammar
from bot.metrics import Metrics
from bot.nudge import Nudge
from bot.queue import DELIVER, make_queue, send
from bot.settings import DingTalkSettings, Settings, WeComSettings
from bot.token_store import DatabaseTokenStore
from handlers.registry import COMMANDS
from models.db import Database
from models.sealed import Seal, derived_key

WEB_THREADS = 8
STATEMENT_MS = 3000


@dataclass(frozen=True)
class Parts:
    """Everything that a process of Haitun works with."""

    settings: Settings
    database: Database
    redis: "Redis"
    http: Http
    budget: Budget
    channels: Mapping[str, Channel]
    robots: RobotChannel
    grammar: Grammar
    metrics: Metrics
    nudge: Nudge
    seal: Seal
    files: FileStore
    wecom: WeComAccount | None
    dingtalk: DingTalkAccount | None


@contextmanager
def assemble(
    settings: Settings,
    *,
    database_url: str,
    redis_url: str,
    threads: int = WEB_THREADS * 2,  # walks of callbacks and calls of the API side by side
    statement_ms: int = STATEMENT_MS,
) -> Iterator[Parts]:
    """Builds the parts and closes their pools at the end. Connects to nothing yet."""
    secret_key = settings.secret_key.get_secret_value()
    database = Database(database_url, threads=threads, statement_timeout_ms=statement_ms)
    redis = Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 1))
    metrics = Metrics(redis)
    http = Http(on_error=lambda platform, code: metrics.count("platform_errors", platform=platform, code=code))
    budget, seal = Budget(redis), Seal(secret_key)
    store = DatabaseTokenStore(database, seal)
    wecom = _wecom(settings.wecom) if settings.wecom else None
    dingtalk = _dingtalk(settings.dingtalk, secret_key) if settings.dingtalk else None
    channels: dict[str, Channel] = {}
    if wecom is not None:
        channels["wecom"] = WeComChannel(wecom, WeComClient(wecom, http, store), budget=budget)
    if dingtalk is not None:
        channels["dingtalk"] = DingTalkChannel(dingtalk, DingTalkClient(dingtalk, http, store))
    queue = make_queue(redis_url)
    nudge = Nudge(lambda: send(queue, DELIVER))
    metrics.start()
    try:
        yield Parts(
            settings=settings,
            database=database,
            redis=redis,
            http=http,
            budget=budget,
            channels=channels,
            robots=RobotChannel(http),
            grammar=Grammar(COMMANDS),
            metrics=metrics,
            nudge=nudge,
            seal=seal,
            files=LocalFiles(settings.home / "files"),
            wecom=wecom,
            dingtalk=dingtalk,
        )
    finally:
        nudge.stop()
        queue.close()
        metrics.stop()
        database.close()
        redis.close()


def _wecom(given: WeComSettings) -> WeComAccount:
    return WeComAccount(
        corp_id=given.corp_id,
        agent_id=given.agent_id,
        secret=given.secret.get_secret_value(),
        callback_token=given.callback_token.get_secret_value(),
        callback_aes_key=given.callback_aes_key.get_secret_value(),
        api_base=given.api_base,
    )


def _dingtalk(given: DingTalkSettings, secret_key: str) -> DingTalkAccount:
    return DingTalkAccount(
        app_key=given.app_key,
        app_secret=given.app_secret.get_secret_value(),
        robot_code=given.robot_code,
        corp_id=given.corp_id,
        callback_token=given.callback_token.get_secret_value(),
        callback_aes_key=given.callback_aes_key.get_secret_value(),
        card_secret=derived_key(secret_key, "dingtalk-card").hex(),
        card_template_id=given.card_template_id,
        api_base=given.api_base,
        oapi_base=given.oapi_base,
        mode=given.mode,
    )

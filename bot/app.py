"""Builds the web application: callbacks, API, health; the sandbox where it is given."""

import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import structlog
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from bot import pages
from bot.api import commands, docs, files, probes, problems, reads
from bot.callbacks import Callback
from bot.channels.base import PlatformError
from bot.channels.dingtalk import DingTalkCardDoor, DingTalkEventDoor, DingTalkRobotDoor
from bot.channels.dingtalk_channel import DingTalkChannel
from bot.channels.wecom import WeComDoor
from bot.middleware import BodyLimit, RequestId
from bot.settings import SettingsError
from bot.wiring import WEB_THREADS, Parts

log = structlog.get_logger(__name__)


def build_app(parts: Parts, *, sandbox: ASGIApp | None = None) -> FastAPI:
    """The whole web process. Platforms without settings have no routes. Raises `SettingsError`."""
    if parts.dingtalk is not None and parts.dingtalk.mode == "stream":
        raise SettingsError("HAITUN_DINGTALK_MODE=stream is not served yet: set it to http")
    pool = ThreadPoolExecutor(WEB_THREADS, thread_name_prefix="walk")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = WEB_THREADS
        threading.Thread(target=_register, args=(parts,), name="register", daemon=True).start()
        yield
        pool.shutdown(wait=True)

    urls = {"docs_url": None, "redoc_url": None, "openapi_url": "/api/openapi.json"}
    app = FastAPI(title="海豚 Haitun", version="1", lifespan=lifespan, **urls)  # type: ignore[arg-type]
    for path, platform, door in _doors(parts):
        app.router.routes.append(Route(path, Callback(parts, pool, platform, door)))
    app.include_router(commands.router(parts))
    app.include_router(reads.router(parts))
    app.include_router(files.router(parts))
    app.include_router(probes.router(parts))
    app.include_router(pages.router(parts))
    problems.install(app)
    docs.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestId)
    if sandbox is not None:
        app.router.routes.append(Mount("/sandbox", sandbox))
        app.router.routes.append(Route("/", RedirectResponse("/sandbox/")))  # where a newcomer looks first
    return app


def _doors(parts: Parts) -> list[tuple[str, str, Any]]:
    doors: list[tuple[str, str, Any]] = []
    if parts.wecom is not None:
        doors.append(("/callbacks/wecom", "wecom", WeComDoor(parts.wecom)))
    if parts.dingtalk is not None:
        doors.append(("/callbacks/dingtalk/robot", "dingtalk", DingTalkRobotDoor(parts.dingtalk)))
        doors.append(("/callbacks/dingtalk/cards", "dingtalk", DingTalkCardDoor(parts.dingtalk)))
        if parts.dingtalk.callback_token:
            doors.append(("/callbacks/dingtalk/events", "dingtalk", DingTalkEventDoor(parts.dingtalk)))
    return doors


def _register(parts: Parts) -> None:
    """DingTalk's card callback route, at every start; until it succeeds cards have no working buttons."""
    channel = parts.channels.get("dingtalk")
    pause = threading.Event()
    for attempt in range(20):
        if not isinstance(channel, DingTalkChannel):
            return
        try:
            channel.register_callback(parts.settings.public_url)
            return
        except PlatformError as error:
            log.warning("card_route_not_registered", code=error.code, attempt=attempt)
            pause.wait(min(60, 2**attempt))

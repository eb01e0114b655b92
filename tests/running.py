"""The product as it runs: its web application on a port, its post office, and the emulated platforms behind it.

`house_of` keeps it all in this process, with business time in the test's hand; `serving` starts `haitun` itself.
"""

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest
import requests
import uvicorn
import yaml
from redis import Redis
from sqlalchemy import select, update
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from world import COMPANY, SECRET_KEY, World

from bot.app import build_app
from bot.channels.dingtalk_channel import DingTalkChannel
from bot.sandbox.config import DingTalkTenant, Group, Persona, SandboxConfig, WeComTenant
from bot.sandbox.platform import Platform
from bot.sandbox.server import running
from bot.settings import Settings, child_environment, load_settings
from bot.wiring import Parts, assemble
from models.base import Json
from models.company.robot import Robot
from models.db import Database
from models.sealed import Seal
from workers import files, inbox, job, outbox

AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aB"
# These tests flush it: another one for each process of xdist.
REDIS_NUMBER = 5 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 10
COUNTED_LONG_AGO = 7200


class Recorder:
    """Stands before the bot's door: while it records, callbacks are kept and answered with an empty 200."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self.is_recording, self.kept = app, False, list[Json]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.is_recording or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body, path = (await request.body()).decode(), scope["path"]
        headers = [(name.decode(), value.decode()) for name, value in scope["headers"]]
        query = scope["query_string"].decode()
        platform = "wecom" if "wecom" in path else "dingtalk"
        self.kept.append({"path": path, "platform": platform, "headers": headers, "query": query, "body": body})
        await Response()(scope, receive, send)


@dataclass
class House:
    """All parts of one process, its door on a port, and what the emulated platforms saw of it."""

    platform: Platform
    parts: Parts
    world: World
    url: str
    door: Recorder
    given: Json

    def post(self) -> None:
        """What a worker does: events that were put off, then whatever is due."""
        inbox.run_deferred(self.parts, self.world.now)
        files.fetch_due(self.parts, self.world.now)
        outbox.drain(self.parts, self.world.now)

    def tick(self, now: datetime) -> None:
        """`haitun tick --now`; business time stays there."""
        self.world.now = now
        job.tick(self.parts, now)

    def replay(self, kept: Json) -> requests.Response:
        """A recorded callback as the platform delivers it (again), and the post that follows."""
        url = f"{self.url}{kept['path']}?{kept['query']}"
        response = requests.post(url, data=kept["body"].encode(), headers=dict(kept["headers"]), timeout=10)
        self.post()
        return response

    def posts(self, key: str, word: str = "", *, since: int = 0) -> list[str]:
        """What a group's robot showed there."""
        shown = [m for m in self.platform.messages if m.group and m.chat == key and m.sender == "robot"]
        return [m.text for m in shown if m.number > since and word in m.text]


def tenants(bot_url: str, text: str = COMPANY) -> SandboxConfig:
    """Both platforms with the company's people and groups; ids of their own, so that no budget is shared."""
    company, mark = yaml.safe_load(text), secrets.token_hex(6)
    people = company["people"]
    return SandboxConfig(
        bot_url=bot_url,
        wecom=WeComTenant(f"ww{mark}", "1000002", "wecom-secret", "token", AES_KEY),
        dingtalk=DingTalkTenant(f"ding{mark}", "ding-secret", f"ding{mark}", f"corp{mark}", "token", AES_KEY),
        people=tuple(Persona(p["name"], "", p.get("wecom"), p.get("dingtalk")) for p in people),
        groups=tuple(_group(robot) for robot in company["robots"]),
    )


def _group(robot: Json) -> Group:
    key = urlsplit(robot["url"]).query.partition("=")[2]
    return Group(robot["name"], robot["kind"], key, robot.get("secret"), robot.get("keyword"))


def given_settings(config: SandboxConfig, own_url: str, *, home: Path, database_url: str, redis_url: str) -> Json:
    """By which the bot takes the emulator for the platforms."""
    wecom, dingtalk = config.wecom, config.dingtalk
    return {
        "home": str(home), "database_url": database_url, "redis_url": redis_url, "secret_key": SECRET_KEY,
        "public_url": config.bot_url,
        "wecom_corp_id": wecom.corp_id, "wecom_agent_id": wecom.agent_id, "wecom_secret": wecom.secret,
        "wecom_callback_token": wecom.callback_token, "wecom_callback_aes_key": wecom.callback_aes_key,
        "wecom_api_base": f"{own_url}/wecom",
        "dingtalk_app_key": dingtalk.app_key, "dingtalk_app_secret": dingtalk.app_secret,
        "dingtalk_robot_code": dingtalk.robot_code, "dingtalk_corp_id": dingtalk.corp_id,
        "dingtalk_callback_token": dingtalk.callback_token, "dingtalk_callback_aes_key": dingtalk.callback_aes_key,
        "dingtalk_api_base": f"{own_url}/dingtalk", "dingtalk_oapi_base": f"{own_url}/dingtalk",
    }  # fmt: skip


def own_redis(redis_url: str) -> str:
    """A Redis database of these tests' own on the same server, with nothing in it but budgets that were never used."""
    url = urlsplit(redis_url)._replace(path=f"/{REDIS_NUMBER}").geturl()
    with Redis.from_url(url) as redis:
        redis.flushdb()
        born = (time.time() - COUNTED_LONG_AGO) * 1000
        redis.hset("{haitun-budget}:epoch", mapping={"id": "tests", "born": f"{born:.0f}", "lost": "0"})
    return url


def point_robots(database: Database, seal: Seal, own_url: str) -> None:
    """The company's robots post to the emulator."""
    company = {robot["name"]: robot for robot in yaml.safe_load(COMPANY)["robots"]}
    with database.transaction() as db:
        for ident, name in db.execute(select(Robot.id, Robot.name)).all():
            robot = company[name]
            address = f"{own_url}/{robot['kind']}{robot['url'].removeprefix('http://127.0.0.1:1')}"
            body = {"url": address, "secret": robot.get("secret") or "", "keyword": robot.get("keyword") or ""}
            sealed = seal.seal(orjson.dumps(body))
            db.execute(update(Robot.__table__).where(Robot.id == ident).values(sealed=sealed))


@contextmanager
def house_of(world: World, redis_url: str, home: Path) -> Iterator[House]:
    """Everything in this process; a worker's rounds are `post` and `tick`."""
    with ExitStack() as stack:
        listener = stack.enter_context(listening())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = tenants(url)
        platform = stack.enter_context(running(config))
        redis_url = own_redis(redis_url)
        given = given_settings(config, platform.own_url, home=home, database_url=world.url, redis_url=redis_url)
        settings = load_settings(given)
        parts = stack.enter_context(assemble(settings, database_url=world.url, redis_url=redis_url, threads=12))
        point_robots(world.database, parts.seal, platform.own_url)
        stack.enter_context(served(door := Recorder(build_app(parts)), listener))
        channel = parts.channels["dingtalk"]
        assert isinstance(channel, DingTalkChannel)
        channel.register_callback(settings.public_url)  # the web process does it in a thread, some time after its start
        patched = stack.enter_context(pytest.MonkeyPatch.context())
        patched.setattr("bot.reception.utc_now", lambda: world.now)
        yield House(platform, parts, world, url, door, given)


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A port, taken."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        yield listener


@contextmanager
def served(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """An ASGI application on a taken port, in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@dataclass
class Process:
    """A `haitun` of its own."""

    popen: "subprocess.Popen[bytes]"
    log: Path

    def stop(self, number: int) -> None:
        """Sends the signal and waits for the end."""
        self.popen.send_signal(number)
        self.popen.wait(15)


@contextmanager
def haitun(arguments: Sequence[str], given: Json, log: Path) -> Iterator[Process]:
    """`haitun ARGUMENTS` until the block ends."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HAITUN_")}
    environment |= {name: value for name, value in child_environment(given).items() if name.startswith("HAITUN_")}
    with log.open("ab") as out:
        command = [sys.executable, "-P", "-m", "bot.cli", *arguments]
        popen = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield Process(popen, log)
    finally:
        popen.terminate()
        try:
            popen.wait(15)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()


def is_ready(url: str) -> bool:
    """Whether the web process behind `url` answers."""
    try:
        return requests.get(f"{url}/healthz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def eventually(test: Callable[[], object], seconds: float = 15.0, what: str = "it did not come true") -> None:
    """Until `test` gives something; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end, what
        time.sleep(0.02)


__all__ = ["House", "Process", "Settings", "eventually", "haitun", "house_of", "is_ready", "own_redis", "tenants"]

"""`haitun serve`: the web process, with worker and clock as its child."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from bot.app import build_app
from bot.cli_errors import START_UP, Stop
from bot.embedded import Stores, stores
from bot.logs import configure
from bot.settings import Settings, child_environment, load_settings
from bot.supervise import Child
from bot.wiring import assemble
from models.migrations import upgrade

BACKLOG = 2048
GRACEFUL_SECONDS = 3
MEND_SECONDS = 1.0


class Server(uvicorn.Server):
    """Says when it listens and when it is about to stop."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None], on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready, self._on_stop = on_ready, on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Pages that listen to events would keep their connections until the grace is over.
        self._on_stop()
        await super().shutdown(sockets)


def run_serve(host: str, port: int, *, with_worker: bool) -> None:
    with stopping_in_order(), bound(host, port) as listener:
        configure()
        settings = load_settings()
        sandbox = None
        if settings.sandbox:
            from bot.cli_demo import own_sandbox

            sandbox = own_sandbox(settings, host)
        with stores(settings, linger=False) as held:
            upgrade(held.database_url)
            serve_on(listener, settings, held, sandbox=sandbox, with_worker=with_worker)


def serve_on(
    listener: socket.socket,
    settings: Settings,
    held: Stores,
    *,
    sandbox: Starlette | None = None,
    with_worker: bool = True,
    given: Mapping[str, str] | None = None,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Until it is told to stop. `given` are the settings that do not stand in the environment."""
    with assemble(settings, database_url=held.database_url, redis_url=held.redis_url) as parts:
        app = build_app(parts, sandbox=sandbox)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
            ws="none",
        )
        on_stop = sandbox.state.platform.close if sandbox is not None else lambda: None
        with helped(child_environment(given or {}) if with_worker else None), mended(held):
            Server(config, on_ready, on_stop).run(sockets=[listener])


@contextmanager
def helped(environment: Mapping[str, str] | None) -> Iterator[None]:
    """With worker and clock, unless there is no environment for them."""
    if environment is None:
        yield
        return
    child = Child(["worker", "--beat"], environment)
    child.start()
    try:
        yield
    finally:
        child.stop()


@contextmanager
def mended(held: Stores) -> Iterator[None]:
    """Looks after the embedded stores' keeper, should somebody kill it."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(MEND_SECONDS):
            held.mend()

    threading.Thread(target=watch, name="mend", daemon=True).start()
    try:
        yield
    finally:
        done.set()


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """The port, taken before anything is started. Raises Stop."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise Stop(f"Cannot listen on {host}:{port}: {error.strerror}; choose another --port", START_UP) from error
        yield listener


@contextmanager
def stopping_in_order() -> Iterator[None]:
    """Ctrl-C and SIGTERM unwind and are no failure; while things are being stopped nothing interrupts."""
    before = {number: signal.signal(number, _unwind) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except SystemExit as stop:
        if stop.code:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _unwind(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(0)

"""The sandbox on a port of its own, for tests."""

from __future__ import annotations

import dataclasses
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from .app import build_sandbox
from .config import SandboxConfig
from .platform import Platform


@contextmanager
def running(config: SandboxConfig, port: int = 0) -> Iterator[Platform]:
    """Serves in a thread until the block ends. `platform.own_url` + /wecom and /dingtalk are the API bases."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = build_sandbox(dataclasses.replace(config, own_url=config.own_url or url))
        platform: Platform = app.state.platform
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise RuntimeError("the sandbox did not start")
                time.sleep(0.01)
            yield platform
        finally:
            platform.close()
            server.should_exit = True
            thread.join(10)

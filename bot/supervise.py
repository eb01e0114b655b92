"""Child processes that end with their parent, whatever way it ends, and come back when they die."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

import structlog

from bot.embedded.processes import end_with_parent

STOP_SECONDS = 8.0
ROUND_SECONDS = 0.5
# A child that lived this long is restarted at once; one that keeps dying waits longer each time.
HEALTHY_SECONDS = 30.0
LONGEST_PAUSE = 30.0
# An orphan has this long to end in order.
ORPHAN_SECONDS = 1.5

log = structlog.get_logger(__name__)


class Child:
    """`haitun ARGUMENTS` as a process of its own group, so that Ctrl-C in a terminal reaches only the parent."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._arguments, self._environment = list(arguments), dict(environment)
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe = -1
        self._thread = threading.Thread(target=self._watch, name="supervise", daemon=True)

    def start(self) -> None:
        # Launched before the thread, so that whoever asks at once finds it.
        self._launch()
        self._thread.start()

    def stop(self) -> None:
        """Returns when the child is gone: asked first, then killed."""
        self._stopping.set()
        self._thread.join()
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._pipe)

    def _launch(self) -> None:
        read, self._pipe = os.pipe()
        command = [sys.executable, "-P", "-m", "bot.cli", *self._arguments, "--parent-pipe", str(read)]
        try:
            self._process = subprocess.Popen(
                command, env=self._environment, pass_fds=[read], stdin=subprocess.DEVNULL, start_new_session=True
            )
        finally:
            os.close(read)

    def _watch(self) -> None:
        started, pause = time.monotonic(), 0.0
        while not self._stopping.wait(ROUND_SECONDS):
            code = self._process.poll() if self._process is not None else None
            if code is None:
                continue
            pause = 0.0 if time.monotonic() - started > HEALTHY_SECONDS else min(max(1.0, pause * 2), LONGEST_PAUSE)
            log.warning("child.ended", child=self._arguments[0], code=code, again_in=pause)
            os.close(self._pipe)
            self._process = None
            if self._stopping.wait(pause):
                return
            self._launch()
            started = time.monotonic()


def end_with_pipe(pipe: int) -> None:
    """Ends this process when the other end of the pipe is closed, as it is when the parent is gone."""

    def watch() -> None:
        while os.read(pipe, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ORPHAN_SECONDS)
        os._exit(1)

    end_with_parent(signal.SIGTERM)
    threading.Thread(target=watch, name="orphan", daemon=True).start()


def end_with_starter() -> None:
    """Ends this process when the one that started it is gone: for `make run`, which passes no pipe."""
    starter = os.getppid()

    def watch() -> None:
        while os.getppid() == starter:
            time.sleep(ROUND_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    end_with_parent(signal.SIGTERM)
    threading.Thread(target=watch, name="orphan", daemon=True).start()

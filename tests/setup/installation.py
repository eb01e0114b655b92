"""Haitun as a user starts it, on a home of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[2]
# As root the servers run under another account, so only /proc tells the whole truth.
HAS_PROC = Path("/proc/self").exists()
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def executable() -> str:
    return os.environ.get("HAITUN_BIN") or str(Path(sys.executable).parent / "haitun")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def until(test: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not test():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Installation:
    def __init__(self, home: Path, settings: dict[str, str] | None = None, as_user: Sequence[str] = ()) -> None:
        self.home, self.port, self.as_user = home, free_port(), list(as_user)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home.parent / f"{home.name}.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HAITUN_")}
        self.environment = {**kept, "HAITUN_HOME": str(home), **(settings or {})}
        self.processes: list[subprocess.Popen[bytes]] = []

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*self.as_user, executable(), *arguments]
        return subprocess.run(
            command,
            env=self.environment,
            cwd=self.home.parent,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [*self.as_user, executable(), *arguments]
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                command, env=self.environment, cwd=self.home.parent, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(started)
        return started

    def serve(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Returns when it is ready."""
        started = self.start("serve", "--port", str(self.port), *arguments)
        self.wait_until_ready()
        return started

    def wait_until_ready(self, path: str = "/readyz") -> None:
        def is_settled() -> bool:
            return self.status(path) == 200 or any(process.poll() is not None for process in self.processes)

        assert until(is_settled, 60) and self.status(path) == 200, self.log.read_text(errors="replace")

    def status(self, path: str) -> int:
        """0 when nobody answers."""
        try:
            with _DIRECT.open(self.url + path, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def running(self) -> dict[int, str]:
        """Processes that carry this home in their environment or command line."""
        found, home = {}, str(self.home).encode()
        for entry in Path("/proc").glob("[0-9]*"):
            if int(entry.name) == os.getpid():
                continue
            try:
                line = (entry / "cmdline").read_bytes()
                if line and home in line + (entry / "environ").read_bytes():
                    found[int(entry.name)] = line.replace(b"\0", b" ").decode(errors="replace")[:160]
            except OSError:
                continue
        return found

    def pid_of(self, words: str) -> int:
        return next(pid for pid, line in self.running().items() if words in line)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> list[int]:
        """One signal to each command alone; returns their exit codes."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(number)
        codes = [process.wait(30) for process in self.processes]
        self.processes.clear()
        return codes

    def kill(self) -> None:
        """kill -9 of the commands with all that is in their process groups."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)
        self.processes.clear()

    def clear(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(30)
        until(lambda: not self.running(), 10)
        for pid in self.running():
            os.kill(pid, signal.SIGKILL)

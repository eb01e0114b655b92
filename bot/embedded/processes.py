"""Processes and locks, as far as the keeper and the holders of leases need them; standard library only."""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlsplit

_PR_SET_PDEATHSIG = 1
POSTGRES_SOCKET = ".s.PGSQL.5432"


class StoreError(Exception):
    """One line: why an embedded store does not run and what to do."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Waits for the exclusive lock and holds it."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_locked(path: Path) -> bool:
    """Whether somebody holds the exclusive lock now."""
    try:
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def wait_until(test: Callable[[], bool], seconds: float, step: float = 0.02) -> bool:
    end = time.monotonic() + seconds
    while not test():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


def is_listening(url: str) -> bool:
    """Whether somebody takes connections at an address of ours: a port of loopback, or a socket in a folder `host`."""
    split = urlsplit(url)
    folder = parse_qs(split.query).get("host")
    family = socket.AF_UNIX if folder else socket.AF_INET
    try:
        with socket.socket(family) as tried:
            tried.settimeout(1)
            tried.connect(f"{folder[0]}/{POSTGRES_SOCKET}" if folder else ("127.0.0.1", split.port or 0))
    except OSError:
        return False
    return True


def end_with_parent(number: signal.Signals) -> None:
    """Linux sends this process `number` when its parent is gone; elsewhere the next start finds the orphan."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def belongs_to(pid: int, path: Path) -> bool:
    """Whether the process lives and its command line names `path`."""
    return str(path) in _command_line(pid)


def end_orphan(pid: int, path: Path, signals: tuple[signal.Signals, ...], seconds: float) -> None:
    """Stops a process that an earlier keeper left behind, by each signal in turn; another's process is left alone."""
    for number in signals:
        if not belongs_to(pid, path):
            return
        os.kill(pid, number)
        if wait_until(lambda: not belongs_to(pid, path), seconds):
            return


def end_child(child: subprocess.Popen[bytes], signals: tuple[signal.Signals, ...], seconds: float) -> None:
    for number in signals:
        if child.poll() is None:
            child.send_signal(number)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return


def _command_line(pid: int) -> str:
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout

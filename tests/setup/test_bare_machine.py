"""`make run` from nothing: only python3, pip and make, as an ordinary user, nothing cached."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .installation import HAS_PROC, PROJECT, Installation, until

# An account with nothing of its own, as a newcomer's is; an ordinary user stays who he is.
AS_USER = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
TOOLS = ("/usr/local/bin", "/usr/bin", "/bin")

pytestmark = pytest.mark.skipif(not HAS_PROC, reason="needs /proc to see every process")


def bare_python() -> str:
    """A python3 with pip that this account may run."""
    own = Path(sys.base_prefix) / "bin" / "python3"
    for python in (str(own), *(f"{folder}/python3" for folder in TOOLS)):
        try:
            tried = subprocess.run([*AS_USER, python, "-m", "pip", "--version"], capture_output=True, check=False)
        except OSError:
            continue
        if tried.returncode == 0:
            return python
    raise AssertionError("no python3 with pip that an ordinary user may run")


@pytest.fixture
def room() -> Iterator[Path]:
    """A checkout without anything installed, and nobody's home beside it."""
    made = Path(tempfile.mkdtemp(prefix="haitun-bare-"))
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (PROJECT / name).is_file():
            target = made / "checkout" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, target)
    if AS_USER:
        subprocess.run(["chown", "-R", "nobody:nogroup", str(made)], check=True)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_make_run_from_nothing_and_again(room: Path) -> None:
    home = Installation(room / "checkout" / "var")
    python = bare_python()
    home.environment |= {"HOME": str(room / "user"), "PATH": os.pathsep.join((str(Path(python).parent), *TOOLS))}
    for name in ("UV_CACHE_DIR", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "MAKEFLAGS"):
        home.environment.pop(name, None)
    seconds = []
    try:
        for _ in range(3):
            begin = time.monotonic()
            seconds.append(start_and_stop(home, room / "checkout") - begin)
    finally:
        home.clear()
    # How many seconds is the benchmark's to say (P8): other tests share the machine.
    assert min(seconds[1:]) < seconds[0] / 2, seconds


def start_and_stop(home: Installation, checkout: Path) -> float:
    """When the page was there."""
    home.log = checkout.parent / "log"
    with home.log.open("ab") as log:
        make = subprocess.Popen(
            [*AS_USER, "make", "run", f"ARGS=--port {home.port}"],
            cwd=checkout,
            env=home.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    home.processes.append(make)
    assert until(lambda: home.status("/sandbox/") == 200 or make.poll() is not None, 240)
    shown = time.monotonic()
    assert home.status("/sandbox/") == 200, home.log.read_text(encoding="utf-8")
    if AS_USER:
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in home.running()} == {pwd.getpwnam("nobody").pw_uid}
    # Ctrl-C in a terminal reaches make and what it started.
    os.killpg(make.pid, signal.SIGINT)
    make.wait(30)
    home.processes.clear()
    assert until(lambda: not home.running(), 5), home.running()
    return shown

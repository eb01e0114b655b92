"""`haitun serve` and `haitun demo` leave nothing running, whatever way they end."""

import os
import signal
import subprocess
import sys

import pytest
import requests

from .conftest import Install
from .installation import HAS_PROC, executable, until

pytestmark = pytest.mark.skipif(not HAS_PROC, reason="needs /proc to see every process")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_signal_stops_everything(install: Install, number: signal.Signals) -> None:
    home = install()
    home.serve()
    assert any("bot.cli worker" in line for line in home.running().values())
    assert home.stop(number) == [0]
    assert home.running() == {}


def test_a_signal_while_it_starts(install: Install) -> None:
    home = install()
    home.start("serve", "--port", str(home.port))
    assert until(lambda: (home.home / "stores" / "stores.json").exists(), 30)
    home.stop()
    assert until(lambda: home.running() == {}, 10)


def test_kill_9_leaves_nothing_for_long_and_the_next_start_recovers(install: Install) -> None:
    home = install()
    for _ in range(2):
        home.serve()
        home.kill()
        assert until(lambda: home.running() == {}, 10), home.running()


def test_kill_9_of_every_process_at_once(install: Install) -> None:
    home = install()
    home.serve()
    for pid in home.running():
        os.kill(pid, signal.SIGKILL)
    home.processes.clear()
    home.serve()
    home.stop()
    assert home.running() == {}


def test_a_killed_worker_and_a_killed_keeper_come_back(install: Install) -> None:
    home = install()
    home.serve()
    worker, keeper = home.pid_of("bot.cli worker"), home.pid_of("bot.embedded.keeper")
    for pid in (worker, keeper):
        os.kill(pid, signal.SIGKILL)

    def has_new(words: str, old: int) -> bool:
        return any(words in line and pid != old for pid, line in home.running().items())

    assert until(lambda: has_new("bot.cli worker", worker) and has_new("bot.embedded.keeper", keeper), 20)
    assert until(lambda: home.status("/readyz") == 200, 20)
    home.stop()
    assert home.running() == {}


def test_a_command_beside_serve_uses_its_stores(install: Install) -> None:
    home = install()
    home.serve("--no-worker")
    before = home.pid_of("-D")
    assert home.run("migrate").returncode == 0
    assert home.pid_of("-D") == before
    assert not any("bot.cli worker" in line for line in home.running().values())


def test_two_homes_serve_side_by_side(install: Install) -> None:
    one, two = install("one"), install("two")
    one.serve()
    two.serve()
    one.stop()
    assert one.running() == {}
    assert two.status("/readyz") == 200


def test_the_demo_shows_the_sandbox_and_ends_with_the_one_who_started_it(install: Install) -> None:
    home = install()
    # Plays `make`, which passes no pipe and may be killed.
    starter = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    command = [sys.executable, "-c", starter, executable(), "demo", "--with-parent", "--port", str(home.port)]
    with home.log.open("wb") as log:
        make = subprocess.Popen(command, env=home.environment, cwd=home.home.parent, stdout=log, stderr=log)
    try:
        home.processes.append(make)
        home.wait_until_ready("/sandbox/")
        assert requests.get(home.url, timeout=10).url == f"{home.url}/sandbox/"
        said = home.log.read_text(encoding="utf-8")
        assert f"{home.url}/sandbox/" in said
        assert all(name in said for name in ("李雷", "王经理", "钱会计"))
        beside = home.run("doctor")
        assert "WeCom and DingTalk on" in beside.stdout
        assert beside.returncode == 0, beside.stdout
    finally:
        make.kill()
        make.wait()
        home.processes.clear()
    assert until(lambda: home.running() == {}, 20), home.running()


def test_the_demo_starts_again_on_what_it_left(install: Install) -> None:
    home = install()
    for _ in range(2):
        home.start("demo", "--port", str(home.port))
        home.wait_until_ready("/sandbox/")
        assert home.stop(signal.SIGINT) == [0]
    assert home.log.read_text(encoding="utf-8").count("海豚已停止") == 2

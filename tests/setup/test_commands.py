"""What a command says when something is wrong: one line on stderr, and the exit status."""

import socket

import pytest

from .conftest import Install

UNREACHABLE = {
    "HAITUN_DATABASE_URL": "postgresql+psycopg://haitun:hidden@127.0.0.1:1/haitun",
    "HAITUN_REDIS_URL": "redis://:hidden@127.0.0.1:1/0",
}


@pytest.mark.parametrize("command", ["serve", "worker", "demo", "migrate"])
def test_a_half_configured_platform_stops_the_start(install: Install, command: str) -> None:
    home = install(settings={"HAITUN_DINGTALK_APP_KEY": "dingkey"})
    done = home.run(command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "haitun: HAITUN_DINGTALK_CALLBACK_TOKEN is missing: DingTalk is configured in part\n"
    assert not home.running()


def test_a_port_in_use_is_said_before_anything_starts(install: Install) -> None:
    home = install()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = home.run("serve", "--port", str(port))
    assert done.returncode == 2
    assert done.stderr.startswith(f"haitun: Cannot listen on 127.0.0.1:{port}: Address already in use")
    assert len(done.stderr.splitlines()) == 1
    assert not (home.home / "stores").exists()


def test_a_database_that_cannot_be_reached(install: Install) -> None:
    done = install(settings=UNREACHABLE).run("migrate")
    assert done.returncode == 2
    assert done.stderr.startswith("haitun: The database cannot be reached:")
    assert "hidden" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_command_before_the_first_migration_says_what_to_do(install: Install) -> None:
    done = install().run("token", "李雷")
    assert (done.returncode, done.stderr) == (2, "haitun: The schema is not at head: run `haitun migrate`\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tick", "--now", "tomorrow"), "--now is malformed"),
        (("load", "nowhere.yaml"), "nowhere.yaml cannot be read"),
    ],
)
def test_wrong_arguments(install: Install, arguments: tuple[str, ...], said: str) -> None:
    done = install().run(*arguments)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_migrate_twice(install: Install) -> None:
    home = install()
    assert [home.run("migrate").returncode for _ in range(2)] == [0, 0]


def test_parse_writes_nothing(install: Install) -> None:
    home = install()
    done = home.run("parse", "领取 海豚科技")
    assert done.returncode == 0, done.stderr
    assert not home.home.exists()


def test_the_demo_never_talks_to_a_real_tenant(install: Install) -> None:
    names = ("CORP_ID", "SECRET", "CALLBACK_TOKEN")
    real = {f"HAITUN_WECOM_{name}": "given" for name in names}
    real |= {"HAITUN_WECOM_AGENT_ID": "1", "HAITUN_WECOM_CALLBACK_AES_KEY": "a" * 43}
    done = install(settings=real).run("demo", "--port", "0")
    assert done.returncode == 2
    assert "HAITUN_WECOM_API_BASE is https://qyapi.weixin.qq.com" in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_the_sandbox_stays_on_loopback(install: Install, host: str) -> None:
    done = install(settings={"HAITUN_SANDBOX": "1"}).run("serve", "--port", "0", "--host", host)
    assert done.returncode == 2
    assert "HAITUN_SANDBOX_PUBLIC" in done.stderr

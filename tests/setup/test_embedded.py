"""The embedded stores live while somebody uses them, whatever happens to whom."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from bot.embedded import Lease, StoreError
from bot.embedded.office import Office

from .installation import until

BOTH = frozenset({"postgresql", "valkey"})
USER = """
import sys, time
from pathlib import Path
from bot.embedded import Lease
lease = Lease(Path(sys.argv[1]), frozenset({"postgresql", "valkey"}))
print(1, flush=True)
time.sleep(99)
"""


def ask(lease: Lease) -> tuple[str, bool]:
    """What PostgreSQL's locale makes of a letter beyond ASCII, and whether Valkey answers."""
    url = lease.urls()["postgresql"].replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("select upper('é')").fetchone()
    client = redis.Redis.from_url(lease.urls()["valkey"])
    with client:
        return (row[0] if row else ""), bool(client.ping())


@contextmanager
def held(home: Path) -> Iterator[Lease]:
    lease = Lease(home, BOTH)
    try:
        yield lease
    finally:
        lease.release(linger=False)


def pid(home: Path, name: str) -> int:
    path = home / ("postgres/data/postmaster.pid" if name == "postgresql" else "valkey/pid")
    return int(path.read_text(encoding="ascii").splitlines()[0])


def is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def keeper_pid(home: Path) -> int:
    shown = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return next(int(line.split()[0]) for line in shown.splitlines() if f"bot.embedded.keeper {home}" in line)


def test_stores_start_answer_in_chinese_and_are_gone_on_release(tmp_path: Path) -> None:
    with held(tmp_path / "home") as lease:
        assert ask(lease) == ("É", True)
        servers = [pid(tmp_path / "home", name) for name in BOTH]
        assert all(map(is_alive, servers))
    assert not any(map(is_alive, servers))
    assert not Office(tmp_path / "home").has_keeper()


def test_data_is_there_at_the_next_start(tmp_path: Path) -> None:
    for wanted in ([], [("kept",)]):
        with (
            held(tmp_path / "home") as lease,
            psycopg.connect(lease.urls()["postgresql"].replace("+psycopg", "")) as connection,
        ):
            connection.execute("create table if not exists note (text text)")
            assert connection.execute("select text from note").fetchall() == wanted
            connection.execute("insert into note values ('kept')")


def test_users_share_one_pair_until_the_last_has_gone(tmp_path: Path) -> None:
    first, second = Lease(tmp_path, BOTH), Lease(tmp_path, BOTH)
    assert first.urls() == second.urls()
    first.release(linger=False)
    assert ask(second) == ("É", True)
    second.release(linger=False)
    assert not Office(tmp_path).has_keeper()


def test_two_homes_run_side_by_side(tmp_path: Path) -> None:
    with held(tmp_path / "one") as one, held(tmp_path / "two") as two:
        assert not set(one.urls().values()) & set(two.urls().values())
        assert ask(one) == ask(two) == ("É", True)


def test_only_what_is_wanted_is_started(tmp_path: Path) -> None:
    lease = Lease(tmp_path, frozenset({"valkey"}))
    try:
        assert lease.urls().keys() == {"valkey"}
        both = Lease(tmp_path, BOTH)
        assert both.urls().keys() == BOTH
        both.release(linger=True)
    finally:
        lease.release(linger=False)


def test_a_home_too_long_for_a_socket_and_full_of_signs(tmp_path: Path) -> None:
    with held(tmp_path / ("x" * 90) / "海 豚%40&'") as lease:
        assert ask(lease) == ("É", True)


def test_a_killed_keeper_is_replaced_at_the_same_addresses(tmp_path: Path) -> None:
    with held(tmp_path) as lease:
        before = lease.urls()
        os.kill(keeper_pid(tmp_path), signal.SIGKILL)
        assert until(lambda: not Office(tmp_path).has_keeper(), 5)
        lease.mend()
        assert until(lambda: lease.urls() == before, 20)
        assert ask(lease) == ("É", True)


@pytest.mark.parametrize("name", sorted(BOTH))
def test_a_killed_store_comes_back_at_the_same_address(tmp_path: Path, name: str) -> None:
    with held(tmp_path) as lease:
        before, killed = lease.urls(), pid(tmp_path, name)
        os.kill(killed, signal.SIGKILL)
        path = tmp_path / ("postgres/data/postmaster.pid" if name == "postgresql" else "valkey/pid")
        assert until(lambda: path.exists() and pid(tmp_path, name) != killed, 20)

        def answers() -> bool:
            try:
                return ask(lease) == ("É", True)
            except (psycopg.OperationalError, redis.ConnectionError):
                return False

        assert until(answers, 20)
        assert lease.urls() == before


def test_everything_killed_at_once_is_recovered_from(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", USER, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"1\n"
        servers = [pid(tmp_path, name) for name in BOTH]
        for number in (keeper_pid(tmp_path), *servers, process.pid):
            os.kill(number, signal.SIGKILL)
    with held(tmp_path) as lease:
        assert ask(lease) == ("É", True)


def test_stores_end_soon_after_their_only_user_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", USER, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"1\n"
        servers = [pid(tmp_path, name) for name in BOTH]
        process.kill()
    assert until(lambda: not any(map(is_alive, servers)), 10)


def test_a_stale_pid_file_that_names_a_stranger_harms_neither(tmp_path: Path) -> None:
    with held(tmp_path):
        pass
    stale = tmp_path / "postgres" / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{tmp_path}/postgres/data\n1\n5432\n\n\n1 1\nready\n", encoding="ascii")
    (tmp_path / "valkey" / "pid").write_text(str(os.getpid()), encoding="ascii")
    with held(tmp_path) as lease:
        assert ask(lease) == ("É", True)


def test_a_store_that_cannot_start_says_why_in_one_line(tmp_path: Path) -> None:
    with held(tmp_path):
        pass
    (tmp_path / "postgres" / "data" / "PG_VERSION").write_text("9.6\n", encoding="ascii")
    with pytest.raises(StoreError, match=r"PostgreSQL does not start: .*version") as caught:
        Lease(tmp_path, BOTH)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="about root's folders")
def test_as_root_no_folder_above_the_home_is_opened(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with held(closed / "home") as lease:
        assert ask(lease) == ("É", True)
    assert closed.stat().st_mode & 0o777 == 0o700

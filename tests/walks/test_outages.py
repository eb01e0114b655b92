"""Stores and platforms that go away while messages are on their way: nothing is lost, nothing comes twice."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import world as small
from conftest import Addresses
from phone import Phone
from redis import Redis
from running import House, eventually, house_of
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from world import World

from bot.embedded import stores as open_stores
from handlers import notices
from models.clock import utc_now
from models.company.people import ChannelAccount
from models.db import Database
from models.inbox import Inbox
from models.migrations import upgrade
from models.money.order import Order
from models.outbox import Outbox
from models.rows import fetch_all

MESSAGES = 6  # to each account
WORDS = r"第\d+号通知给\w+"


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[House]:
    """A house on stores of its own, which may be killed."""
    with open_stores(Addresses(tmp_path / "home", "", ""), linger=False) as held:
        upgrade(held.database_url)
        with closing(Database(held.database_url, threads=8)) as database:
            small.load(database)
            with house_of(World(database, held.database_url), held.redis_url, tmp_path) as house:
                yield house


def post_to_everybody(house: House) -> Counter[str]:
    """Plain messages to all accounts, in the outbox; what everybody is to read, once."""
    expected: Counter[str] = Counter()
    with house.world.context(None) as ctx:
        for account in fetch_all(ctx.db, ChannelAccount):
            for number in range(MESSAGES):
                words = f"第{number}号通知给{account.platform}{account.account}"
                rows = [notices.message_row(ctx, account, "text", {"text": words}, key=words)]
                notices.enqueue(ctx, rows)
                expected[words] += 1
    return expected


def read(house: House, expected: Counter[str]) -> Counter[str]:
    """How often each was shown."""
    shown = [m.text for m in house.platform.messages if m.sender == "app"]
    return Counter({words: sum(words in each for each in shown) for words in expected})


def deliver_until_quiet(house: House, patched: pytest.MonkeyPatch) -> None:
    """Workers come back until nothing waits any more; leases of dead ones are over at once."""
    for clock in ("workers.outbox.utc_now", "bot.delivery.utc_now"):
        patched.setattr(clock, lambda: utc_now() + timedelta(minutes=1))

    def is_quiet() -> bool:
        house.world.later(seconds=10)
        try:
            house.post()
            open_ones = house.world.rows(Outbox, Outbox.state.in_(("waiting", "retrying", "sending")))
        except DBAPIError:
            return False
        return not open_ones

    eventually(is_quiet, 60, "the outbox does not become empty")


def assert_told_once(house: House, expected: Counter[str]) -> None:
    """Each message once; twice only where the platform has no key for it and the ledger says so."""
    seen = read(house, expected)
    marked = {row.facts["text"] for row in house.world.rows(Outbox, Outbox.maybe_twice)}
    twice = {words for words, count in seen.items() if count > 1}
    assert not expected - seen
    assert twice <= marked
    assert all("dingtalk" in words for words in twice)
    assert {row.state for row in house.world.rows(Outbox)} == {"sent"}


def working(house: House) -> threading.Thread:
    """A worker's round in the background, slow enough to be disturbed."""
    house.platform.faults.hang("/cgi-bin/message/send", 0.1, times=1000)

    def run() -> None:
        try:
            house.post()
        except DBAPIError:
            return

    thread = threading.Thread(target=run)
    thread.start()
    eventually(lambda: len(house.platform.since(0, "/cgi-bin/message/send")) >= 5)
    return thread


def test_postgresql_is_killed_while_messages_are_sent(fragile: House, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = post_to_everybody(fragile)
    home = fragile.parts.settings.home / "home"
    worker = working(fragile)
    kill_process(home / "postgres" / "data" / "postmaster.pid")
    worker.join(60)
    fragile.platform.faults.clear()
    deliver_until_quiet(fragile, monkeypatch)
    assert_told_once(fragile, expected)


def test_valkey_is_flushed_and_killed_while_messages_are_sent(fragile: House, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = post_to_everybody(fragile)
    home = fragile.parts.settings.home / "home"
    worker = working(fragile)
    with Redis.from_url(fragile.given["redis_url"]) as redis:
        redis.flushall()
    kill_process(home / "valkey" / "pid")
    worker.join(60)
    fragile.platform.faults.clear()
    deliver_until_quiet(fragile, monkeypatch)
    assert_told_once(fragile, expected)
    assert not fragile.platform.dropped


def kill_process(file: Path) -> None:
    """The keeper starts another."""
    os.kill(int(file.read_text().split()[0]), signal.SIGKILL)


def test_connections_cut_in_the_middle_of_a_walk_lose_nothing(house: House) -> None:
    """The database ends all connections under a walk: the platform gets no 200, delivers again, and it is done once."""
    lei = Phone(house, "wecom", "李雷")
    lei.says("我是谁")
    with house.world.database.transaction() as db:
        own = "datname = current_database() and pid <> pg_backend_pid()"
        db.execute(text(f"select pg_terminate_backend(pid) from pg_stat_activity where {own}"))
    assert "已下单" in lei.says("下单 西溪 显微镜x3")
    assert len(house.world.rows(Order)) == 1


@pytest.mark.parametrize("status", [503, 200])
def test_platforms_down_for_hours(house: House, status: int) -> None:
    """Refused, or taken without an answer that arrives: when they are back everything has been told once."""
    faults = house.platform.faults
    expected = post_to_everybody(house)
    down = [("/cgi-bin/message/send", "/v1.0/robot/oToMessages/batchSend")]
    for path in down[0]:
        if status == 503:
            faults.answer(path, status=503, times=10_000)
        else:
            faults.lose_answer(path, times=20)
    for _ in range(8):
        house.tick(house.world.later(minutes=30))
    if status == 503:
        assert not +read(house, expected)
    faults.clear()
    for _ in range(3):
        house.tick(house.world.later(hours=1))
    assert_told_once(house, expected)


def test_a_callback_delivered_eight_times_at_once_is_one(house: House) -> None:
    house.door.is_recording = True
    Phone(house, "wecom", "李雷").device.says("下单 西溪 显微镜x3")
    Phone(house, "dingtalk", "赵六").device.says("登记线索")
    house.door.is_recording = False
    asked, ordered = house.door.kept.pop(), house.door.kept.pop()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(house.replay, [ordered, asked] * 8))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.text for answer in answers[0::2]} == {""}
    assert len({answer.text for answer in answers[1::2]}) == 1
    assert "登记线索" in answers[1].text
    assert len(house.world.rows(Order)) == 1
    assert len(house.world.rows(Inbox)) == 2
    cards = [m for m in Phone(house, "wecom", "李雷").device.inbox if "已下单" in m.text]
    assert len(cards) == 1

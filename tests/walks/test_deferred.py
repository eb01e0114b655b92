"""What the door answered with 「正在处理」 has its effect, once, however long the database is in trouble."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from phone import Phone
from running import House
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from bot.deferred import CRASH_PAUSES, MOST_ATTEMPTS, PAUSES, run_one_deferred
from bot.rerun import open_lines, rerun_one
from handlers import desk
from handlers.context import Context
from handlers.reply import Reply
from models.customers.customer import Customer
from models.customers.ownership import Ownership
from models.inbox import Inbox
from models.outbox import Outbox

FAILED = "系统开小差了，编号 "
IMPATIENT = select(func.set_config("lock_timeout", "20ms", True))
run = desk.run


@contextmanager
def slow() -> Iterator[None]:
    """No walk at the door ends in time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.reception.DEADLINE_SECONDS", 0)
        yield


def put_off(house: House, name: str, *sentences: str, group: str | None = None) -> Phone:
    """Said while the door is slow; nothing is run yet."""
    phone = Phone(house, "dingtalk" if name == "赵六" else "wecom", name)
    with slow():
        for sentence in sentences:
            house.world.later(milliseconds=1)
            assert "正在处理" in phone.device.says(sentence, group=group).text
    return phone


@contextmanager
def locked(house: House, name: str) -> Iterator[None]:
    """Somebody else's transaction holds this customer."""
    with house.world.database.transaction() as db:
        found = select(Customer.id).where(Customer.name.contains(name)).with_for_update()
        assert db.execute(found).all()
        yield


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run waits for a lock as short as it can."""
    monkeypatch.setattr("bot.deferred._LIMITS", IMPATIENT)


def events(house: House) -> list[tuple[str, int, int]]:
    """State, runs and crashes of all, in the order in which they came."""
    return [(row.state, row.attempts, row.crashes) for row in house.world.rows(Inbox)]


def owner_of(house: House, name: str) -> str:
    owners = {house.world.person(one).id: one for one in ("李雷", "韩梅梅", "赵六")}
    return owners.get(house.world.row(Customer, Customer.name.contains(name)).owner_id or 0, "")


def test_a_lock_that_is_held_for_long(house: House, impatient: None) -> None:
    lei = put_off(house, "李雷", "领取 海纳")
    with locked(house, "海纳"):
        for pause in PAUSES[:6]:
            house.tick(house.world.now)
            tried = events(house)
            house.tick(house.world.now)
            assert events(house) == tried, "nothing at the same instant"
            house.world.later(seconds=pause.total_seconds())
        assert events(house) == [("deferred", 6, 0)]
        assert not owner_of(house, "海纳")
        lei.sees_nothing("海纳生物")
    house.tick(house.world.now)
    house.tick(house.world.later(hours=1))
    assert events(house) == [("done", 7, 0)]
    assert (
        len(
            house.world.rows(
                Ownership, Ownership.record_id == house.world.row(Customer, Customer.name.contains("海纳")).id
            )
        )
        == 1
    )
    assert len([said for said in lei.texts if "海纳生物" in said]) == 1
    assert owner_of(house, "海纳") == "李雷"


def test_a_locked_record_holds_up_nobody_else(house: House, impatient: None) -> None:
    put_off(house, "李雷", "领取 海纳", "领取 云谷")
    put_off(house, "韩梅梅", "领取 东港")
    with locked(house, "海纳"):
        house.post()
        assert owner_of(house, "东港") == "韩梅梅"
        assert not owner_of(house, "云谷"), "李雷 said it after something that has its turn first"
        for pause in PAUSES:
            house.world.later(seconds=pause.total_seconds())
            house.post()
        assert owner_of(house, "云谷") == "李雷", "he does not wait for hours"
    house.world.later(minutes=5)
    house.post()
    assert owner_of(house, "海纳") == "李雷"


def test_events_of_one_account_keep_their_order(house: House) -> None:
    """Three workers at once: 退回 only ends well after 领取."""
    lei = put_off(house, "李雷", "领取 海纳", "退回 海纳 号码打不通", "领取 云谷", "领取 东港")
    workers = [threading.Thread(target=house.post) for _ in range(3)]
    with locked(house, "海纳"):  # the first has to wait a moment
        for worker in workers:
            worker.start()
        time.sleep(0.3)
    for worker in workers:
        worker.join()
    house.post()
    assert [state for state, _, _ in events(house)] == ["done"] * 4
    answers = [next(n for n, said in enumerate(lei.texts) if name in said) for name in ("海纳", "云谷", "东港")]
    assert answers == sorted(answers)
    assert [owner_of(house, name) for name in ("海纳", "云谷", "东港")] == ["", "李雷", "李雷"]


def test_a_bug_ends_with_a_number_and_blocks_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def crashing(ctx: Context, command: Any, values: Any) -> Reply:
        return run(ctx, command, values) if "东港" in str(values) else Reply("text", {"text": str(1 // 0)})

    lei = put_off(house, "李雷", "领取 海纳", "领取 东港")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(desk, "run", crashing)
        house.post()
        assert owner_of(house, "东港") == "李雷"
        for pause in CRASH_PAUSES:
            lei.sees_nothing(FAILED)
            house.tick(house.world.later(seconds=pause.total_seconds()))
        house.tick(house.world.later(hours=1))
    (lost,) = house.world.rows(Inbox, Inbox.state == "failed")
    assert (lost.attempts, lost.crashes) == (3, 2)
    told = lei.sees(f"{FAILED}{lost.reference}")
    assert "「领取 海纳」没有写入" in told.text
    assert any(
        str(lost.reference) in line and "领取 海纳" in line
        for line in open_lines(house.world.database, house.world.zone)
    )
    rerun_one(house.world.database, str(lost.reference))
    house.post()
    assert owner_of(house, "海纳") == "李雷"
    assert len([said for said in lei.texts if FAILED in said]) == 1


def test_a_payload_that_nobody_can_read(house: House) -> None:
    """Kept by another version, perhaps: it ends like every crash, and what comes behind it is run."""
    lei = put_off(house, "李雷", "领取 海纳")
    with house.world.database.transaction() as db:
        db.execute(text("update inbox set payload = '{\"odd\": 1}'"))
    put_off(house, "韩梅梅", "领取 东港")
    house.post()
    assert owner_of(house, "东港") == "韩梅梅"
    for pause in CRASH_PAUSES:
        house.tick(house.world.later(seconds=pause.total_seconds()))
    assert "刚才的操作没有写入" in lei.sees(FAILED).text


def test_the_connection_is_lost_in_a_run(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(ctx: Context, command: Any, values: Any) -> Reply:
        reply = run(ctx, command, values)
        with house.world.database.transaction() as other:
            _end(other, ctx.db)
        return reply

    lei = put_off(house, "李雷", "下单 西溪 显微镜x3")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(desk, "run", cut)
        house.post()
    assert events(house) == [("deferred", 1, 0)]
    house.world.later(seconds=1)
    house.post()
    assert events(house) == [("done", 2, 0)]
    assert len([said for said in lei.texts if "已下单" in said]) == 1


def _end(other: Connection, mine: Connection) -> None:
    """Ends the server process behind a connection."""
    pid = mine.execute(text("select pg_backend_pid()")).scalar_one()
    other.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def test_a_database_that_is_away_costs_no_attempt(house: House) -> None:
    put_off(house, "李雷", "领取 海纳")
    with house.world.database.transaction() as db:
        name = db.execute(text("select current_database()")).scalar_one()
        db.execute(text(f'alter database "{name}" set default_transaction_read_only = on'))
    house.parts.database.engine.dispose()
    for _ in range(5):
        with pytest.raises(DBAPIError):
            run_one_deferred(house.parts, house.world.now)
    with house.world.database.transaction() as db:
        db.execute(text(f'alter database "{name}" set default_transaction_read_only = off'))
    house.parts.database.engine.dispose()
    assert events(house) == [("deferred", 0, 0)]
    house.post()
    assert owner_of(house, "海纳") == "李雷"


def test_at_last_it_is_given_up(house: House, impatient: None) -> None:
    lei = put_off(house, "李雷", "领取 海纳")
    with house.world.database.transaction() as db:
        db.execute(text("update inbox set attempts = :most - 1"), {"most": MOST_ATTEMPTS})
    with locked(house, "海纳"):
        for _ in range(3):
            house.post()
            house.world.later(minutes=5)
    assert [row.state for row in house.world.rows(Inbox)] == ["failed"]
    assert len([said for said in lei.texts if FAILED in said]) == 1


def test_a_question_asked_in_a_group_is_answered_there(house: House) -> None:
    """And a record in private, as ever."""
    put_off(house, "赵六", "我是谁", "查看客户 不存在科技", group="财务群")
    mark = house.platform.mark()
    house.post()
    there = [m.text for m in house.platform.messages if m.group and m.number > mark]
    assert any("不存在科技" in said for said in there)


def test_a_stranger_gets_his_polite_line(house: House) -> None:
    with house.world.database.transaction() as db:
        db.execute(text("update channel_account set account = 'other' where account = 'lilei'"))
    stranger = put_off(house, "李雷", "领取 海纳")
    house.post()
    assert not owner_of(house, "海纳")
    assert [row.state for row in house.world.rows(Outbox)] == ["sent"]
    assert "不认识你" in stranger.texts[-1]


def test_said_before_midnight_it_means_that_day(house: House) -> None:
    house.world.now = house.world.now.replace(hour=23, minute=59)
    lei = put_off(house, "李雷", "提醒我明天上午9点给张总打电话")
    house.world.later(minutes=3)
    house.post()
    assert lei.sees("2026-11-24 09:00|11月24日")


def test_what_was_said_earlier_answers_no_later_question(house: House) -> None:
    lei = put_off(house, "李雷", "号码打不通")
    house.world.later(seconds=1)
    assert "没听懂" in lei.says("退回 西溪"), "the bot asks for a reason, and then the earlier message is run"
    assert [state for state, _, _ in events(house)] == ["done", "done"]
    assert owner_of(house, "西溪") == "李雷"
    lei.says("客户没有预算")
    assert not owner_of(house, "西溪")


def test_the_pause_is_shorter_than_people_notice_at_first() -> None:
    assert PAUSES[0] <= timedelta(seconds=1)
    assert sum(PAUSES, timedelta()) < timedelta(minutes=10)

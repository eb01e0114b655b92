"""The post office: in order, once, again after a pause, given up after three days; and in the morning."""

from datetime import date, datetime, timedelta

from clockwork import at, rest
from running import House
from sqlalchemy import text

from handlers import desk
from handlers.context import Notice
from models.outbox import Outbox
from models.query_log import QueryLog
from workers import housekeeping

SEND = "/cgi-bin/message/send"
MONDAY = date(2026, 11, 23)
BUSY = {"errcode": -1, "errmsg": "system busy"}


def tell(house: House, *texts: str, person: str = "李雷", key: str = "", urgent: bool = False) -> list[int]:
    """Notices as a command writes them; the numbers of their rows."""
    before = {row.id for row in house.world.rows(Outbox)}
    for said in texts:
        with house.world.context(None, door="clock") as ctx:
            to = (house.world.person(person).id,)
            notice = Notice("test", "text", {"text": said}, said, to, robots=False, is_urgent=urgent, key=key)
            ctx.tell(notice)
            desk.finish(ctx)
    return [row.id for row in house.world.rows(Outbox) if row.id not in before]


def post(house: House, moment: datetime) -> None:
    """Delivery alone, at that instant of business time."""
    rest(house)
    house.world.now = moment
    house.post()


def shown(house: House, name: str = "李雷") -> list[str]:
    return [message.text for message in house.platform.phone("wecom", name).inbox]


def row(house: House, ident: int) -> Outbox:
    return house.world.row(Outbox, Outbox.id == ident)


def test_order_is_kept_when_the_first_fails(house: House) -> None:
    (first, *_) = tell(house, "一", "二", "三")
    tell(house, "别人的", person="韩梅梅")
    now = house.world.now
    house.platform.faults.answer(SEND, body=BUSY, times=2)
    post(house, now)
    post(house, now + timedelta(minutes=30))
    post(house, now + timedelta(minutes=60))
    assert shown(house) == ["一", "二", "三"]
    assert shown(house, "韩梅梅") == ["别人的"]
    assert row(house, first).attempts >= 1


def test_one_event_is_told_once_whoever_writes_it_down(house: House) -> None:
    assert len(tell(house, "一", key="event-1")) == 1
    assert tell(house, "一", key="event-1") == []
    post(house, house.world.now)
    assert tell(house, "一", key="event-1") == []
    post(house, house.world.now + timedelta(days=1))
    assert shown(house) == ["一"]


def test_pauses_grow_and_after_three_days_it_is_dead_and_can_be_sent_again(house: House) -> None:
    (ident,) = tell(house, "要紧")
    house.platform.faults.answer(SEND, body=BUSY, times=1000)
    pauses, now, end = [], house.world.now, house.world.now + timedelta(days=4)
    while row(house, ident).state != "dead" and now < end:
        post(house, now)
        found = row(house, ident)
        if found.state == "retrying":
            pauses.append((found.due_at - now).total_seconds())
            now = found.due_at
    assert pauses[:8] == sorted(pauses[:8])
    assert pauses[0] < 60
    assert set(pauses[8:]) == {3600.0}
    found = row(house, ident)
    assert found.state == "dead"
    assert timedelta(days=3) < now - found.created_at < timedelta(days=3, hours=2)
    house.platform.faults.clear()
    post(house, now + timedelta(days=30))
    assert not shown(house)
    (item,) = (house.world.run("周总", "notice.explain", ref=str(ident)).result or {})["items"]
    assert item["state"] == "dead"
    assert "可以重发" in item["why"]
    house.world.run("周总", "notice.resend", ref=str(ident))
    post(house, house.world.now)
    assert shown(house) == ["要紧"]


def test_what_a_card_cannot_carry_goes_as_text(house: House) -> None:
    house.world.run("李雷", "order.create", ref="西溪基因", lines=[{"product": "显微镜", "quantity": 2}])
    house.platform.faults.answer(SEND, body={"errcode": 40058, "errmsg": "invalid Request Parameter"})
    post(house, house.world.now)
    (found,) = house.world.rows(Outbox, Outbox.topic == "approval.requested", Outbox.kind == "message")
    assert (found.state, found.form) == ("sent", "text")
    (message,) = house.platform.phone("wecom", "陈组长").inbox
    assert "SO20261123-0001" in message.text
    assert "同意" in message.text, "every button can be typed"


def test_what_can_never_arrive_is_buried_and_holds_up_nobody(house: House) -> None:
    first, second = tell(house, "一", "二")
    house.platform.faults.answer(SEND, body={"errcode": 81013, "errmsg": "user & party & tag all invalid"}, times=2)
    post(house, house.world.now)
    assert row(house, first).state == "dead"
    post(house, house.world.now + timedelta(hours=1))
    assert {row(house, first).state, row(house, second).state} <= {"dead", "sent"}


def test_an_answer_that_was_lost_is_written_down_as_maybe_twice(house: House) -> None:
    (ident,) = tell(house, "可能两次")
    house.platform.faults.lose_answer(SEND)
    now = house.world.now
    post(house, now)
    house.platform.clock.advance(3 * 3600)  # longer than WeCom knows a message again
    with house.world.database.transaction() as db:
        db.execute(text("update outbox set lease_until = lease_until - interval '3 hours'"))
    post(house, now + timedelta(hours=3))
    assert shown(house) == ["可能两次", "可能两次"]
    assert row(house, ident).maybe_twice
    (item,) = (house.world.run("李雷", "notice.explain", ref=str(ident)).result or {})["items"]
    assert item["maybe_twice"] is True
    assert "两次" in item["why"]


def test_a_worker_that_died_leaves_its_row_to_the_next(house: House) -> None:
    (ident,) = tell(house, "没发完")
    with house.world.database.transaction() as db:
        db.execute(text("update outbox set state = 'sending', attempts = 1, lease_until = now() + interval '1 hour'"))
    post(house, house.world.now)
    assert not shown(house), "somebody is at work on it"
    with house.world.database.transaction() as db:
        db.execute(text("update outbox set lease_until = now() - interval '1 second'"))
    post(house, house.world.now)
    assert shown(house) == ["没发完"]
    assert row(house, ident).state == "sent"


def test_in_the_quiet_hours_only_what_is_urgent(house: House) -> None:
    house.world.load('quiet_hours: "21:00-08:30"\n')
    house.world.now = at(MONDAY, "22:15")
    tell(house, "明早再说")
    tell(house, "马上", urgent=True)
    post(house, house.world.now)
    assert shown(house) == ["马上"]
    post(house, at(MONDAY + timedelta(days=1), "08:29"))
    assert shown(house) == ["马上"]
    post(house, at(MONDAY + timedelta(days=1), "08:30"))
    assert shown(house) == ["马上", "明早再说"]


def test_a_todo_of_the_night_is_heard_in_the_morning(house: House) -> None:
    house.world.load('quiet_hours: "21:00-08:30"\n')
    house.world.run("李雷", "todo.create", title="看夜班", due_at="2026-11-23T23:00:00+08:00", door="wecom")
    for moment, heard in ((at(MONDAY, "23:05"), 0), (at(MONDAY + timedelta(days=1), "08:31"), 1)):
        rest(house)
        house.tick(moment)
        assert len([said for said in shown(house) if "看夜班" in said]) == heard


def test_housekeeping_keeps_what_can_still_be_asked_for(house: House) -> None:
    sent = tell(house, "旧的")
    post(house, house.world.now)
    waiting = tell(house, "没发的")
    with house.world.database.transaction() as db:
        db.execute(text("insert into inbox (platform, event_id, account, kind, state, received_at, attempts)"
                        " select 'wecom', 'e' || n, 'lilei', 'said', s, '2026-11-23', 0"
                        " from unnest(array['done', 'deferred', 'failed']) with ordinality as t(s, n)"))  # fmt: skip
    house.world.run("李雷", "check_duplicate", q="海纳")
    housekeeping.run(house.parts, house.world.now + timedelta(days=29))
    assert (len(house.world.rows(Outbox)), len(house.world.rows(QueryLog))) == (2, 1)
    housekeeping.run(house.parts, house.world.now + timedelta(days=31))
    assert [found.id for found in house.world.rows(Outbox)] == waiting
    assert sent != waiting
    assert not house.world.rows(QueryLog)
    with house.world.database.transaction() as db:
        assert db.execute(text("select state from inbox")).scalars().all() == ["deferred"]

"""Warned, then taken back: what the owner, his superior and the groups hear, and when."""

from datetime import date, timedelta

import pytest
from clockwork import at, events, rest, states, tick
from running import House
from sqlalchemy import delete, text

from bot.sandbox.config import Kind
from bot.sandbox.records import Message
from models.company.people import ChannelAccount, Person
from models.customers.customer import Customer
from models.history import History
from models.outbox import Outbox
from models.sales.lead import Lead
from models.tables import metadata

SEND = "/cgi-bin/message/send"
# 李雷 has owned it since Monday the 23rd: fifteen days later is Tuesday the 8th of December.
MINE, WARNED, LAST, GONE = "杭州西溪基因有限公司", date(2026, 12, 5), date(2026, 12, 7), date(2026, 12, 9)
THREE = "customers:\n" + "".join(
    f"  - {{name: {name}, owner: 李雷, sea: 华东公海, owned_at: '2026-11-23T10:00:00+08:00'}}\n"
    for name in ("温州瓯江电器有限公司", "绍兴黄酒股份有限公司")
)
ALONE = (
    "seas:\n  - {name: 华东公海, members: [华东组], admins: [王经理], reclaim_after_days: %s, warn_before_days: [1]}"
)


def owner(house: House, name: str = MINE) -> str | None:
    row = house.world.row(Customer, Customer.name == name)
    people = {person.id: person.name for person in house.world.rows(Person)}
    return people[row.owner_id] if row.owner_id is not None else None


def inbox(house: House, name: str, word: str, kind: Kind = "wecom") -> list[Message]:
    return [m for m in house.platform.phone(kind, name).inbox if word in m.text]


def down(house: House, times: int = 10_000) -> None:
    house.platform.faults.answer(SEND, status=502, times=times)


def test_the_warnings_of_a_day_are_one_card_and_the_last_reaches_the_superior(house: House) -> None:
    house.world.load(THREE)
    tick(house, WARNED, "08:59")
    assert not inbox(house, "李雷", "西溪")
    tick(house, WARNED, "09:00")
    (card,) = inbox(house, "李雷", "西溪")
    assert all(name in card.text for name in ("杭州西溪", "温州瓯江", "绍兴黄酒"))
    assert [b.text[:3] for b in card.buttons] == ["写跟进"] * 3
    assert not inbox(house, "陈组长", "西溪")
    tick(house, LAST)
    assert len(inbox(house, "李雷", "西溪")) == 2
    (told,) = inbox(house, "陈组长", "西溪")
    assert "李雷" in told.text
    assert not told.buttons
    tick(house, GONE, "01:59")
    assert owner(house) == "李雷"
    tick(house, GONE, "02:00")
    assert owner(house) is None
    assert events(house.world)["customer.reclaimed", "C000006", None] == 1
    assert len(house.posts("east", "西溪")) == 1


def test_the_superior_hears_only_of_those_that_are_at_their_last_warning(house: House) -> None:
    later = "{name: 温州瓯江电器有限公司, owner: 李雷, sea: 华东公海, owned_at: '2026-11-25T10:00:00+08:00'}"
    house.world.load(f"customers:\n  - {later}\n")
    tick(house, LAST)
    card = inbox(house, "李雷", "西溪")[-1]
    assert "温州瓯江" in card.text and "最后提醒" not in card.text
    (told,) = inbox(house, "陈组长", "西溪")
    assert "温州瓯江" not in told.text and "最后提醒" in told.text


def test_the_same_instant_again_does_nothing(house: House) -> None:
    for day, clock in ((WARNED, "09:30"), (LAST, "09:30"), (GONE, "02:00")):
        tick(house, day, clock)
        rows, mark = contents(house), house.platform.mark()
        for moment in (house.world.now, house.world.now, house.world.now - timedelta(days=3)):
            rest(house)
            house.tick(moment)
        assert contents(house) == rows
        assert not house.platform.since(mark)


def contents(house: House) -> dict[str, list[str]]:
    with house.world.database.transaction() as db:
        return {t.name: sorted(map(repr, db.execute(t.select()))) for t in metadata.sorted_tables if t.name != "token"}


def test_after_a_month_without_a_clock_it_warns_first(house: House) -> None:
    friday = date(2027, 1, 8)
    tick(house, friday)
    assert owner(house) == "李雷"
    assert len(inbox(house, "李雷", "西溪")) == 1
    assert len(inbox(house, "陈组长", "西溪")) == 1, "it is the last warning, too"
    tick(house, friday + timedelta(days=2))
    assert owner(house) == "李雷", "the weekend is no business day"
    tick(house, friday + timedelta(days=3), "00:05")
    assert owner(house) is None
    assert len(inbox(house, "李雷", "西溪")) == 2, "warned once, then told"


def test_nothing_is_taken_while_the_warning_still_waits(house: House) -> None:
    down(house)
    for day in (WARNED, LAST, LAST + timedelta(days=1)):
        tick(house, day)
    house.platform.faults.clear()
    with house.world.database.transaction() as db:
        db.execute(text("update outbox set due_at = due_at + interval '1 year' where state = 'retrying'"))
    tick(house, GONE, "02:30")
    assert owner(house) == "李雷"
    with house.world.database.transaction() as db:
        db.execute(text("update outbox set due_at = due_at - interval '1 year' where state = 'retrying'"))
    tick(house, GONE, "09:30")
    assert inbox(house, "李雷", "西溪")
    tick(house, GONE, "23:00")
    assert owner(house) == "李雷"
    tick(house, GONE + timedelta(days=1), "09:30")
    assert owner(house) is None


def test_a_warning_that_died_is_given_again_and_then_a_business_day(house: House) -> None:
    house.world.load(ALONE % 15)
    tick(house, LAST)
    down(house)
    with house.world.database.transaction() as db:
        db.execute(text("update outbox set state = 'dead', sent_at = null where topic = 'customer.reclaim_warning'"))
    tick(house, GONE)
    assert owner(house) == "李雷"
    house.platform.faults.clear()
    tick(house, GONE + timedelta(days=1), "00:01")
    assert owner(house) == "李雷", "the second one has just arrived"
    assert inbox(house, "李雷", "西溪")
    tick(house, GONE + timedelta(days=2), "00:01")
    assert owner(house) is None


def test_one_of_two_warnings_that_arrived_is_enough(house: House) -> None:
    tick(house, WARNED)
    with house.world.database.transaction() as db:
        db.execute(text("update outbox set state = 'dead', sent_at = null where topic = 'customer.reclaim_warning'"))
    tick(house, LAST)
    tick(house, GONE, "02:00")
    assert owner(house) is None


@pytest.mark.parametrize("days", range(11, 18))
def test_a_warning_in_time_lets_the_reclaim_keep_its_time_over_a_weekend(house: House, days: int) -> None:
    house.world.load(ALONE % days)
    last = date(2026, 11, 23) + timedelta(days=days)
    tick(house, last - timedelta(days=1), "09:00")
    assert inbox(house, "李雷", "西溪")
    tick(house, last + timedelta(days=1), "01:59")
    assert owner(house) == "李雷"
    tick(house, last + timedelta(days=1), "02:00")
    assert owner(house) is None


def test_a_lead_goes_back_in_time_over_a_weekend_too(house: House) -> None:
    house.world.now = at(date(2026, 11, 28), "10:00")  # a Saturday; day seven is the next one
    house.world.run("李雷", "lead.claim", ref="方敏")
    tick(house, date(2026, 12, 4), "09:00")
    tick(house, date(2026, 12, 6), "02:00")
    assert house.world.row(Lead, Lead.name == "方敏").owner_id is None


def test_business_days_know_holidays_and_days_that_are_worked_instead(house: House) -> None:
    # Ten days from Monday the 23rd; Saturday the 28th is worked: Friday the 4th is the tenth, Wednesday the warning.
    tick(house, date(2026, 12, 2), "08:59")
    assert not inbox(house, "赵六", "燕山", "dingtalk")
    tick(house, date(2026, 12, 2), "09:00")
    assert inbox(house, "赵六", "燕山", "dingtalk")
    tick(house, date(2026, 12, 5), "01:59")
    assert owner(house, "北京燕山化工有限公司") == "赵六"
    tick(house, date(2026, 12, 5), "02:00")
    assert owner(house, "北京燕山化工有限公司") is None
    entry = house.world.row(History, History.event == "customer.reclaimed", History.ref == "C000008")
    assert (entry.facts["rule"], entry.facts["days"]) == ("no_follow_up", 10)


def test_a_follow_up_moves_the_deadline_and_the_warning_is_void(house: House) -> None:
    tick(house, WARNED)
    house.world.now = at(WARNED, "15:00")
    house.world.run("李雷", "follow_up.add", ref="西溪基因", content="电话沟通了采购预算，客户要求下周给出方案")
    mark = house.platform.mark()
    for day in range(6):
        tick(house, LAST + timedelta(days=day))
    assert owner(house) == "李雷"
    assert not [m for m in inbox(house, "李雷", "西溪") if m.number > mark and m.sender == "app" and "即将" in m.text]
    tick(house, WARNED + timedelta(days=12), "08:59")
    assert not [m for m in inbox(house, "李雷", "即将") if m.number > mark]
    tick(house, WARNED + timedelta(days=12), "09:00")
    assert [m for m in inbox(house, "李雷", "西溪") if m.number > mark]


def test_who_has_no_account_is_not_waited_for(house: House) -> None:
    with house.world.database.transaction() as db:
        ident = house.world.person("李雷").id
        db.execute(delete(ChannelAccount.__table__).where(ChannelAccount.person_id == ident))
    tick(house, LAST)
    tick(house, GONE)
    assert owner(house) is None
    assert not house.world.rows(Outbox, Outbox.person_id == ident)
    assert states(house.world) <= {"sent", "merged"}

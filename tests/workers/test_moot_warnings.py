"""A warning that waited while the platform was down says nothing of what was looked after since."""

from datetime import date

from clockwork import rest, tick
from running import House

from bot.sandbox.fields import Fields
from bot.sandbox.records import Message
from models.outbox import Outbox
from models.sales.lead import Lead

SEND = "/cgi-bin/message/send"
BUSY: Fields = {"errcode": -1, "errmsg": "system busy"}
WARNED = date(2026, 12, 5)  # of 李雷's customer, whose fifteen days end on the 8th
TWO = "customers: [{name: 温州瓯江电器有限公司, owner: 李雷, owned_at: '2026-11-23T10:00:00+08:00'}]"
GROUP = (
    "robots: [{name: 提醒群, kind: wecom, url: 'http://127.0.0.1:1/cgi-bin/webhook/send?key=east',"
    " topics: [customer.reclaim_warning]}]"
)
TALKED = "电话里谈了明年的采购计划"


def warnings(house: House, noun: str = "") -> list[Message]:
    """Of customers or, with their word, of leads."""
    said = [m for m in house.platform.phone("wecom", "李雷").inbox if "即将回收" in m.text]
    return [m for m in said if ("线索" in m.text) == bool(noun)]


def written(house: House) -> Outbox:
    """The one that was written to 李雷."""
    person = house.world.person("李雷").id
    return house.world.row(Outbox, Outbox.topic == "customer.reclaim_warning", Outbox.person_id == person)


def held_up(house: House, *followed: str) -> None:
    """The warnings of the day cannot be sent; meanwhile these are followed up, and the platform comes back."""
    house.platform.faults.answer(SEND, body=BUSY, times=10_000)
    tick(house, WARNED)
    assert not warnings(house)
    for ref in followed:
        house.world.run("李雷", "follow_up.add", ref=ref, content=TALKED)
    house.platform.faults.clear()
    house.world.later(hours=2)
    rest(house)
    house.post()


def test_only_what_is_still_due_is_told(house: House) -> None:
    house.world.load(TWO)
    held_up(house, "温州瓯江")
    (card,) = warnings(house)
    assert "杭州西溪" in card.text and "温州瓯江" not in card.text
    row = written(house)
    assert [one["name"] for one in row.facts["customers"]] == ["杭州西溪基因有限公司"]


def test_nothing_is_said_when_nothing_is_due_any_more(house: House) -> None:
    held_up(house, "西溪")
    assert not warnings(house)
    row = written(house)
    assert (row.state, row.error) == ("cancelled", "期限已变，不用再提醒")


def test_a_group_is_not_told_either(house: House) -> None:
    house.world.load(GROUP)
    with house.world.database.transaction() as db:
        db.exec_driver_sql("update outbox set due_at = due_at + interval '1 day' where kind = 'robot'")
    house.platform.faults.answer("/cgi-bin/webhook/send", status=502, times=10_000)
    held_up(house, "西溪")
    assert not house.posts("east", "即将回收")


def test_leads_likewise(house: House) -> None:
    house.world.run("李雷", "lead.claim", ref="方敏")
    house.world.run("李雷", "lead.register", name="周航", phone="13712340003")
    (due,) = {row.reclaim_at for row in house.world.rows(Lead, Lead.name == "方敏")}
    assert due is not None
    house.platform.faults.answer(SEND, body=BUSY, times=10_000)
    tick(house, date(2026, 11, 29))
    house.world.run("李雷", "follow_up.add", ref="周航", content=TALKED)
    house.platform.faults.clear()
    house.world.later(hours=2)
    rest(house)
    house.post()
    (card,) = warnings(house, "线索")
    assert "方敏" in card.text and "周航" not in card.text


def test_what_may_have_arrived_goes_again_as_it_was_or_not_at_all(house: House) -> None:
    house.world.load(TWO)
    house.platform.faults.answer(SEND, status=502, times=10_000)
    tick(house, WARNED)
    house.world.run("李雷", "follow_up.add", ref="温州瓯江", content=TALKED)
    house.platform.faults.clear()
    house.world.later(hours=2)
    rest(house)
    house.post()
    (card,) = warnings(house)
    assert "温州瓯江" in card.text

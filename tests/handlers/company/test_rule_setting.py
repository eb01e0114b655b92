"""Rules in versions: from tomorrow at the earliest, nobody is surprised, and who changed what is known (D16)."""

from datetime import date, datetime, timedelta
from typing import Any

from clockwork import at, rest
from running import House
from world import ZONE, World

from models.company.rule import Rule
from models.customers.customer import Customer
from models.sales.lead import Lead

MINE = "杭州西溪基因有限公司"


def due(world: World) -> datetime | None:
    return world.row(Customer, Customer.name == MINE).reclaim_at


def december(number: int) -> datetime:
    return datetime(2026, 12, number, 2, tzinfo=ZONE)


def tick(house: House, moment: datetime) -> None:
    rest(house)
    house.tick(moment)


def test_a_version_begins_tomorrow_and_says_what_changes(world: World) -> None:
    reply = world.run("周总", "rule.tune", subject="华东公海", setting="回收天数", value=20)
    assert reply.result is not None
    assert reply.result["diff"] == ["未跟进回收天数：15 → 20"]
    assert reply.result["effective_at"] == "2026-11-24T00:00:00+08:00"
    shown: Any = world.run("周总", "rule.show", subject="华东公海").result
    assert (shown["version"], shown["body"]["reclaim_after_days"]) == (1, 15)
    assert shown["versions"][-1]["by"]["name"] == "周总"
    (item,) = [i for i in (world.run("周总", "rule.list").result or {})["items"] if i["title"] == "华东公海"]
    assert (item["version"], item["coming"]) == (1, 2)
    past = world.refused("周总", "rule.set", subject="华东公海", body="{}", effective_at="2026-11-22T00:00:00+08:00")
    assert past.code == "invalid_argument"


def test_what_a_body_does_not_name_stays(world: World) -> None:
    world.run("周总", "rule.set", subject="华东公海", body={"no_deal_after_days": None, "lock_limit": 2})
    old, new = world.rows(Rule, Rule.subject == "sea/1")
    assert new.body == old.body | {"no_deal_after_days": None, "lock_limit": 2}
    wrong = world.refused("周总", "rule.set", subject="华东公海", body={"reclaim_rules": [{"trigger": "no_deal"}]})
    assert wrong.code == "invalid_argument" and "days" in wrong.title


def test_the_clock_brings_deadlines_to_a_new_version_when_it_begins(house: House) -> None:
    world = house.world
    world.run("周总", "rule.tune", subject="华东公海", setting="回收天数", value=20)
    world.run("周总", "rule.tune", subject="华东线索池", setting="回收天数", value=9)
    tick(house, world.now)
    assert due(world) == december(9), "not yet"
    tick(house, at(date(2026, 11, 24), "00:00"))
    assert due(world) == december(14)
    assert world.row(Lead, Lead.name == "高峰").reclaim_at == december(3)
    version = world.row(Customer, Customer.name == MINE).version
    tick(house, at(date(2026, 11, 24), "00:05"))
    assert world.row(Customer, Customer.name == MINE).version == version, "once"


def test_a_shorter_rule_leaves_three_business_days_and_explain_tells_both(house: House) -> None:
    world = house.world
    world.now = at(date(2026, 12, 2), "10:00")
    world.run("周总", "rule.tune", subject="华东公海", setting="回收天数", value=3)
    tick(house, at(date(2026, 12, 3), "00:00"))
    assert due(world) == december(9), "the third business day after Thursday is Tuesday the 8th"
    found: Any = (world.run("李雷", "customer.explain", ref=MINE).result or {})["explain"]
    assert found["version"] == 2 and found["deadline"] == december(9).isoformat()
    assert found["by_rule_at"] == "2026-11-27T02:00:00+08:00"
    world.run("李雷", "customer.claim", ref="海纳")
    claimed = world.row(Customer, Customer.name.contains("海纳"))
    assert claimed.reclaim_at == december(7), "what comes after it counts by it alone"


def test_switched_off_and_on_again_the_clock_has_run_on(house: House) -> None:
    world = house.world
    world.run("周总", "rule.set", subject="华东公海", body={"reclaim_after_days": None, "no_deal_after_days": None})
    tick(house, at(date(2026, 11, 24), "00:00"))
    assert due(world) is None
    world.run("周总", "rule.set", subject="华东公海", body={"reclaim_after_days": 15})
    tick(house, at(date(2026, 11, 25), "00:00"))
    assert due(world) == december(9)


def test_a_version_that_a_newer_one_overtakes_never_was(world: World) -> None:
    later = (world.now + timedelta(days=9)).isoformat()
    world.run("周总", "rule.tune", subject="华东公海", setting="回收天数", value=2, effective_at=later)
    world.run("周总", "rule.tune", subject="华东公海", setting="回收天数", value=30)
    world.later(days=10)
    found: Any = world.run("周总", "rule.show", subject="华东公海").result
    assert (found["version"], found["body"]["reclaim_after_days"]) == (3, 30)

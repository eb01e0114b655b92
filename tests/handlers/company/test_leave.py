"""Who is away does not lose his customers meanwhile, and explain says so (domain.md D15, E.1.5)."""

from datetime import date, datetime
from typing import Any

import pytest
from world import ZONE, World

from handlers import desk
from handlers.context import Door
from handlers.registry import BY_NAME
from handlers.reply import Reply
from models.company.leave import Leave
from models.company.people import Person
from models.customers.customer import Customer
from models.errors import HaitunError
from models.outbox import Outbox
from models.sales.lead import Lead

MINE = "杭州西溪基因有限公司"


def due(world: World, name: str = MINE) -> datetime | None:
    return world.row(Customer, Customer.name == name).reclaim_at


def away(world: World, person: str, args: dict[str, Any], door: Door = "api") -> Reply:
    with world.context(person, door=door) as ctx:
        return desk.run(ctx, BY_NAME["leave.add"], args)


def refused(world: World, person: str, args: dict[str, Any]) -> HaitunError:
    with pytest.raises(HaitunError) as refusal:
        away(world, person, args)
    return refusal.value


def december(number: int) -> datetime:
    return datetime(2026, 12, number, 2, tzinfo=ZONE)


def explained(world: World, person: str = "李雷", ref: str = MINE) -> Any:
    return (world.run(person, "customer.explain", ref=ref).result or {})["explain"]


def test_days_of_leave_are_not_counted_and_explain_names_them(world: World) -> None:
    assert due(world) == december(9)
    away(world, "李雷", {"from": "2026-11-26", "until": "2026-11-27"})
    assert due(world) == december(11)
    found = explained(world)
    assert found["skipped"] == [{"day": "2026-11-26", "why": "请假"}, {"day": "2026-11-27", "why": "请假"}]
    assert found["deadline"] == december(11).isoformat()
    assert world.row(Lead, Lead.name == "高峰").reclaim_at == december(3)
    assert due(world, "南京紫金材料有限公司") == datetime(2026, 11, 26, 2, tzinfo=ZONE), "another's stays"


def test_what_is_taken_on_before_a_leave_counts_with_it(world: World) -> None:
    away(world, "李雷", {"from": "2026-12-01", "until": "2026-12-02"})
    world.run("李雷", "customer.claim", ref="海纳")
    assert due(world, "上海海纳生物科技有限公司") == december(11)
    world.run("陈组长", "customer.transfer", ref="紫金", to="李雷")
    assert due(world, "南京紫金材料有限公司") == december(11)


def test_taken_back_everything_is_as_before(world: World) -> None:
    away(world, "李雷", {"from": "2026-11-26", "until": "2026-11-27"})
    world.run("李雷", "leave.cancel")
    assert due(world) == december(9)
    assert world.row(Person, Person.name == "李雷").away_until is None
    away(world, "李雷", {"from": "2026-11-26"})
    world.run("李雷", "undo")
    assert due(world) == december(9) and not world.rows(Leave, Leave.status == "approved")


def test_a_superior_says_it_for_him_and_each_hears_of_the_other(world: World) -> None:
    reply = away(world, "陈组长", {"from": "2026-11-26", "person": "李雷"})
    assert (reply.result or {})["person"]["name"] == "李雷"
    (told,) = world.rows(Outbox, Outbox.topic == "leave.added")
    assert told.person_id == world.person("李雷").id
    away(world, "韩梅梅", {"from": "2026-11-24"})
    assert world.rows(Outbox, Outbox.topic == "leave.added")[-1].person_id == world.person("陈组长").id
    assert refused(world, "李雷", {"from": "2026-11-26", "person": "赵六"}).code == "forbidden"


def test_two_leaves_do_not_overlap(world: World) -> None:
    away(world, "李雷", {"from": "2026-11-26", "until": "2026-11-30"})
    refusal = refused(world, "李雷", {"from": "2026-11-30", "until": "2026-12-02"})
    assert refusal.code == "conflict" and "已经请过假" in refusal.title


def test_in_a_chat_the_end_is_in_the_week_of_the_beginning(world: World) -> None:
    away(world, "李雷", {"from": "2026-11-30", "until": "2026-11-25"}, door="wecom")
    row = world.row(Leave)
    assert (row.from_on, row.until_on) == (date(2026, 11, 30), date(2026, 12, 2))


def test_a_locked_customer_is_left_alone_until_the_lock_ends(world: World) -> None:
    world.run("李雷", "customer.protect", ref=MINE, days=30)
    assert due(world) == datetime(2026, 12, 24, 2, tzinfo=ZONE)
    assert "已申请保护" in explained(world)["extensions"][0]
    world.run("李雷", "customer.unprotect", ref=MINE)
    assert due(world) == december(9)
    world.run("李雷", "customer.protect", ref=MINE, days=30)
    world.run("陈组长", "customer.transfer", ref=MINE, to="韩梅梅")
    assert due(world) == december(9), "a lock is its owner's"


def test_a_person_locks_only_a_few(world: World) -> None:
    world.load("seas: [{name: 华东公海, lock_limit: 1, lock_days: 20}]")
    world.run("李雷", "customer.claim", ref="海纳")
    world.run("李雷", "customer.protect", ref="海纳")
    refusal = world.refused("李雷", "customer.protect", ref=MINE, days=5)
    assert refusal.code == "limit_reached" and "最多保护 1 个，现在 1 个" in refusal.detail
    world.later(days=22)
    world.run("李雷", "customer.protect", ref=MINE, days=5)


def test_a_lead_is_explained_by_what_takes_it(world: World) -> None:
    found = (world.run("李雷", "lead.explain", ref="高峰").result or {})["explain"]
    lead = world.row(Lead, Lead.name == "高峰")
    assert lead.reclaim_at is not None and datetime.fromisoformat(found["deadline"]) == lead.reclaim_at
    assert found["rule"] == "超期未跟进" and found["version"] == 1
    assert (world.run("王经理", "lead.explain", ref="方敏").result or {})["explain"][
        "exempt"
    ] == "在线索池里，没有负责人"

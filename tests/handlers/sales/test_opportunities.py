"""Opportunities: whose they are, how they move, what their end sets going."""

from typing import Any

import pytest
from world import World

from models.customers.activity import FollowUp, Todo
from models.customers.customer import Customer
from models.errors import Ambiguous, Conflict, Forbidden, Invalid, NotFound
from models.outbox import Outbox
from models.sales.opportunity import Opportunity, OpportunityMove
from models.sales.process import SalesProcess, Stage


def make(world: World, person: str = "李雷", ref: str = "西溪基因", **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"name": "二期设备", "amount": 128000} | more
    return dict(world.run(person, "opportunity.create", ref=ref, **given).result or {})


def shown(world: World, person: str = "李雷", code: str = "O000001") -> dict[str, Any]:
    return dict(world.run(person, "opportunity.show", ref=code).result or {})


def test_it_begins_in_the_first_stage_and_belongs_to_the_customers_owner(world: World) -> None:
    made = make(world, "陈组长", expected_close="2026-12-31")
    assert (made["code"], made["stage"], made["probability"], made["status"]) == ("O000001", "初步接洽", 10, "open")
    assert (made["owner"]["name"], made["creator"]["name"]) == ("李雷", "陈组长")
    assert (made["amount"], made["expected_close"]) == ("128000.00", "2026-12-31")
    (move,) = world.rows(OpportunityMove)
    assert (move.from_stage, move.to_stage, move.days) == (None, "初步接洽", None)


def test_an_open_one_follows_its_customer_and_a_closed_one_stays_with_whose_it_was(world: World) -> None:
    make(world)
    make(world, name="备件年单")
    world.run("李雷", "opportunity.win", ref="O000002")
    world.run("陈组长", "customer.transfer", ref="西溪基因", to="韩梅梅")
    mine = world.items("韩梅梅", "opportunities", "mine")
    assert [item["code"] for item in mine] == ["O000001"]
    assert [item["code"] for item in world.items("李雷", "opportunities", "mine")] == ["O000002"]
    assert [item["code"] for item in world.items("李雷", "opportunities")] == ["O000002"], "what he won he still sees"
    assert world.items("陈组长", "opportunities", owner="韩梅梅") == mine


def test_one_that_is_handed_over_stays_when_the_customer_moves(world: World) -> None:
    make(world)
    world.run("李雷", "opportunity.transfer", ref="O000001", to="韩梅梅")
    world.run("陈组长", "customer.transfer", ref="西溪基因", to="陈组长")
    assert shown(world, "韩梅梅")["owner"]["name"] == "韩梅梅"
    world.run("陈组长", "opportunity.transfer", ref="O000001", to="陈组长")
    assert world.row(Opportunity).owner_id is None, "with the customer again"


def test_stages_follow_one_another_or_are_chosen_freely(world: World) -> None:
    make(world)
    world.later(days=3)
    world.run("李雷", "opportunity.advance", ref="O000001")
    world.run("李雷", "opportunity.advance", ref="O000001", stage="商务", feedback="客户认可报价")
    back = world.run("李雷", "opportunity.advance", ref="O000001", stage="方案报价客户又要改").result or {}
    assert (back["stage"], back["probability"]) == ("方案报价", 50)
    moves = shown(world)["moves"]
    assert [(move["from"], move["to"], move["days"], move["feedback"]) for move in moves] == [
        (None, "初步接洽", None, None),
        ("初步接洽", "需求确认", 3, None),
        ("需求确认", "商务谈判", 0, "客户认可报价"),
        ("商务谈判", "方案报价", 0, "客户又要改"),
    ]
    assert isinstance(world.refused("李雷", "opportunity.advance", ref="O000001", stage="方案报价"), Conflict)
    unknown = world.refused("李雷", "opportunity.advance", ref="O000001", stage="喝茶")
    assert isinstance(unknown, Invalid) and "商务谈判" in unknown.detail
    world.run("李雷", "opportunity.advance", ref="O000001", stage="合同签订")
    last = world.refused("李雷", "opportunity.advance", ref="O000001")
    assert "赢单 O000001" in last.next_step


def test_the_amount_of_a_won_one_stands_until_it_is_reopened(world: World) -> None:
    make(world)
    won = world.run("李雷", "opportunity.win", ref="O000001", amount=130000).result or {}
    assert (won["status"], won["amount"], won["probability"]) == ("won", "130000.00", 100)
    assert won["won_at"] is not None
    assert isinstance(world.refused("李雷", "opportunity.update", ref="O000001", amount=1), Conflict)
    assert isinstance(world.refused("李雷", "opportunity.win", ref="O000001"), Conflict)
    world.run("李雷", "opportunity.reopen", ref="O000001")
    world.run("李雷", "opportunity.update", ref="O000001", amount=1)
    world.run("李雷", "opportunity.lose", ref="O000001", reason="价格太高", competitor="海天仪器")
    lost = shown(world)
    assert (lost["reason"], lost["competitor"], lost["won_at"]) == ("价格太高", "海天仪器", None)
    world.later(days=31)
    late = world.refused("李雷", "opportunity.reopen", ref="O000001")
    assert isinstance(late, Conflict) and "31 天前" in late.detail


def test_a_later_expected_day_is_a_slip_and_an_earlier_one_is_not(world: World) -> None:
    make(world, expected_close="2026-12-31")
    for day, slips in (("2027-01-31", 1), ("2027-01-15", 1), ("2027-03-01", 2)):
        changed = world.run("李雷", "opportunity.update", ref="O000001", expected_close=day).result or {}
        assert changed["slips"] == slips


def test_it_is_found_by_its_customer_where_only_one_is_open(world: World) -> None:
    make(world)
    assert (world.run("李雷", "opportunity.show", ref="西溪基因").result or {})["code"] == "O000001"
    make(world, name="备件年单")
    assert isinstance(world.refused("李雷", "opportunity.win", ref="西溪基因"), Ambiguous)
    world.run("李雷", "opportunity.win", ref="备件年单")
    assert (world.run("李雷", "opportunity.show", ref="西溪基因").result or {})["code"] == "O000001"


def test_a_read_only_member_sees_it_and_a_writing_one_moves_it(world: World) -> None:
    make(world)
    assert isinstance(world.refused("赵六", "opportunity.show", ref="O000001"), NotFound)
    world.run("李雷", "team.add", ref="西溪基因", person="赵六", access="read")
    assert shown(world, "赵六")["name"] == "二期设备"
    denied = world.refused("赵六", "opportunity.win", ref="O000001")
    assert isinstance(denied, Forbidden) and "李雷" in denied.next_step
    world.run("李雷", "team.add", ref="西溪基因", person="赵六", access="read_write")
    assert (world.run("赵六", "opportunity.win", ref="O000001").result or {})["owner"]["name"] == "李雷"


def test_a_follow_up_on_it_counts_for_its_customer(world: World) -> None:
    make(world)
    before = world.row(Customer, Customer.name.contains("西溪")).reclaim_at
    world.later(days=2)
    said = "跟对方确认了技术参数，下周正式报价"
    reply = world.run("李雷", "follow_up.add", ref="O000001", content=said, next_at="2026-11-27T09:00:00+08:00")
    customer = world.row(Customer, Customer.name.contains("西溪"))
    assert before is not None and customer.reclaim_at is not None and customer.reclaim_at > before
    assert customer.last_follow_up_at == world.now == world.row(Opportunity).last_follow_up_at
    assert (world.row(FollowUp).noun, world.row(Todo).noun) == ("opportunity", "opportunity")
    assert reply.facts["about"] == {"noun": "opportunity", "code": "O000001", "name": "二期设备"}
    assert (world.run("李雷", "follow_up.list", ref="西溪基因").result or {})["total"] == 1
    assert (world.run("李雷", "follow_up.list", ref="O000001").result or {})["total"] == 1
    again = world.run("李雷", "follow_up.add", ref="西溪基因", content=said).result or {}
    assert again["is_effective"] is False, "the same words for the customer itself count as little"


WON_WHEN = "won_when: [order_approved, opportunity_won]"


def test_a_won_customer_by_the_rule_once_and_no_longer(world: World) -> None:
    make(world)
    make(world, name="备件年单")
    world.run("李雷", "opportunity.win", ref="O000001")
    assert world.row(Customer, Customer.name.contains("西溪")).won_at is None, "not by default"
    world.run("李雷", "undo")
    world.load(WON_WHEN)
    world.run("李雷", "opportunity.win", ref="O000001")
    first = world.row(Customer, Customer.name.contains("西溪"))
    assert first.won_at == world.now and first.reclaim_at is None
    world.later(days=1)
    world.run("李雷", "opportunity.win", ref="O000002")
    world.run("李雷", "opportunity.reopen", ref="O000001")
    kept = world.row(Customer, Customer.name.contains("西溪"))
    assert kept.won_at == first.won_at, "one reason is left"
    world.run("李雷", "opportunity.reopen", ref="O000002")
    gone = world.row(Customer, Customer.name.contains("西溪"))
    assert gone.won_at is None and gone.reclaim_at is not None and gone.reclaim_at > world.now


def test_groups_and_the_owner_hear_of_a_won_one(world: World) -> None:
    world.load(
        "robots:\n  - {name: 喜报群, kind: wecom, url: 'http://127.0.0.1:1/cgi-bin/webhook/send?key=won',"
        " topics: [opportunity.won]}"
    )
    make(world)
    world.run("陈组长", "opportunity.win", ref="O000001")
    told = {(row.kind, row.person_id) for row in world.rows(Outbox, Outbox.topic == "opportunity.won")}
    assert told == {("robot", None), ("message", world.person("李雷").id)}


@pytest.mark.parametrize(
    ("name", "probability", "following"),
    [("初步接洽", 10, "需求确认"), ("合同签订", 90, None), ("旧阶段", 40, "方案报价"), ("旧阶段", 5, "初步接洽"),
     ("旧阶段", 95, None)],
)  # fmt: skip
def test_what_comes_after_a_stage_that_the_process_may_no_longer_have(
    name: str, probability: int, following: str | None
) -> None:
    found = SalesProcess().after(name, probability)
    assert (found.name if found is not None else None) == following


def test_two_stages_cannot_share_a_name() -> None:
    for names in (("甲", "甲"), ("赢单",)):
        with pytest.raises(ValueError):
            SalesProcess(stages=tuple(Stage(name=name, probability=10) for name in names))


def test_what_is_said_at_a_stage_becomes_a_follow_up(world: World) -> None:
    make(world)
    world.later(days=1)
    reply = world.run("李雷", "opportunity.advance", ref="O000001", feedback="客户认可方案，要我们下周报价")
    note = world.row(FollowUp)
    assert (note.noun, note.is_effective, reply.facts["notes"]) == ("opportunity", True, ["已记为跟进 F000001"])
    assert world.row(Customer, Customer.name.contains("西溪")).last_follow_up_at == world.now
    world.run("李雷", "undo")
    assert not world.rows(FollowUp) and world.row(Opportunity).stage == "初步接洽"


def test_a_customer_is_returned_without_open_ones_or_together_with_them(world: World) -> None:
    make(world)
    world.run("李雷", "opportunity.transfer", ref="O000001", to="韩梅梅")
    world.run("李雷", "todo.create", ref="O000001", title="送样机", due_at="2026-11-24T15:00:00+08:00")
    refused = world.refused("李雷", "customer.return", ref="西溪基因", reason="没预算")
    assert isinstance(refused, Conflict) and "O000001" in refused.detail
    assert "连同商机退回 杭州西溪基因有限公司 没预算" in refused.next_step
    world.run("李雷", "customer.return", ref="西溪基因", reason="没预算", take_along=True)
    assert world.row(Todo).status == "cancelled"
    assert world.items("李雷", "opportunities") == world.items("韩梅梅", "opportunities") == []
    world.run("韩梅梅", "customer.claim", ref="西溪基因")
    assert [item["owner"]["name"] for item in world.items("韩梅梅", "opportunities", "mine")] == ["韩梅梅"]


def test_a_customers_total_leaves_out_what_never_was_one(world: World) -> None:
    make(world)
    make(world, name="备件年单", amount=2000)
    make(world, name="不知多少", amount=None)
    world.run("李雷", "opportunity.lose", ref="O000001", reason="价格太高")
    view = world.run("李雷", "customer.show", ref="西溪基因").result or {}
    assert view["opportunity_total"] == "130000.00"
    world.run("李雷", "opportunity.invalidate", ref="O000002", reason="重复")
    view = world.run("李雷", "customer.show", ref="西溪基因").result or {}
    assert view["opportunity_total"] == "128000.00"


def test_the_company_has_stages_of_its_own(world: World) -> None:
    make(world)
    world.load("sales_process:\n  - {name: 立项, probability: 20, max_days: 14}\n  - {name: 招标, probability: 60}")
    assert make(world, name="备件年单")["stage"] == "立项"
    moved = world.run("李雷", "opportunity.advance", ref="O000001").result or {}
    assert (moved["stage"], moved["probability"]) == ("立项", 20)

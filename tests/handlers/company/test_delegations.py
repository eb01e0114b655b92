"""Approvals that go to a colleague for a while, and those that wait too long."""

from datetime import datetime

from order_desk import approval, events, line, order, seen, status, tasks, told, turns
from world import World

from handlers import desk
from handlers.company import delegations, overdue
from models.base import Json
from models.company.approval import Delegation

ANYONE = line("离心机", 5)


def pressed(world: World) -> int:
    """The clock's round at the world's instant; how many approvals it looked at."""
    with world.context(None, door="clock") as ctx:
        due = overdue.due(ctx)
    for ident in due:
        with world.context(None, door="clock", command="approval.press") as ctx:
            overdue.press(ctx, ident)
            desk.finish(ctx)
    with world.context(None, door="clock", command="approval.press") as ctx:
        delegations.begin_today(ctx)
        desk.finish(ctx)
    return len(due)


def test_what_waits_and_what_comes_goes_to_the_delegate(world: World) -> None:
    waiting = order(world)
    world.run("陈组长", "approval.delegate", to="吴客服", until="2026-11-27")
    coming = order(world)
    for code in (waiting, coming):
        assert turns(world, code) == ["吴客服"]
    world.run("吴客服", "approval.approve", ref=coming)
    item = world.items("周总", "approvals", ref=coming)[0]
    assert item["tasks"][-1]["on_behalf_of"]["name"] == "陈组长"
    assert len(told(world, "吴客服", "approval.delegated")) == 1


def test_it_ends_on_its_day_and_when_it_is_taken_back(world: World) -> None:
    world.run("陈组长", "approval.delegate", to="吴客服", until="2026-11-23")
    world.later(days=1)
    assert turns(world, order(world)) == ["陈组长"]
    world.run("陈组长", "approval.delegate", to="吴客服")
    assert turns(world, order(world)) == ["吴客服"]
    world.run("陈组长", "approval.undelegate")
    assert turns(world, order(world)) == ["陈组长"]


def test_by_subject_and_amount(world: World) -> None:
    world.run("陈组长", "approval.delegate", to="吴客服", subjects="payment")
    assert turns(world, order(world)) == ["陈组长"]
    world.run("陈组长", "approval.undelegate")
    world.run("陈组长", "approval.delegate", to="吴客服", max_amount=3000)
    assert turns(world, order(world, "李雷", line("显微镜", 1))) == ["吴客服"]
    assert turns(world, order(world, "李雷", line("显微镜", 3))) == ["陈组长"]


def test_at_most_two_and_never_the_submitter(world: World) -> None:
    world.run("陈组长", "approval.delegate", to="吴客服")
    world.run("吴客服", "approval.delegate", to="王经理")
    world.run("王经理", "approval.delegate", to="钱会计")
    assert turns(world, order(world)) == ["王经理"], "two delegations far"
    assert world.refused("钱会计", "approval.delegate", to="王经理").code == "conflict"
    world.run("陈组长", "approval.undelegate")
    world.run("陈组长", "approval.delegate", to="李雷")
    assert turns(world, order(world)) == ["陈组长"], "nobody decides his own"


def test_from_a_later_day_on(world: World) -> None:
    code = order(world)
    days: Json = {"from": "2026-11-25"}
    world.run("陈组长", "approval.delegate", to="吴客服", **days)
    assert turns(world, code) == ["陈组长"]
    world.later(days=2)
    pressed(world)
    assert turns(world, code) == ["吴客服"]


def test_whoever_leaves_neither_gives_nor_takes(world: World) -> None:
    world.run("陈组长", "approval.delegate", to="韩梅梅")
    world.load("people: [{name: 韩梅梅, department: 华东组, role: staff, active: false}]")
    assert world.row(Delegation).ended_at == world.now
    assert turns(world, order(world)) == ["陈组长"]


def test_reminded_twice_then_joined_by_the_superior_in_working_hours(world: World) -> None:
    code = order(world)  # Monday 10:00
    world.later(hours=3.5)
    assert pressed(world) == 0
    world.later(hours=0.5)
    assert (pressed(world), pressed(world)) == (1, 0)
    assert len(told(world, "陈组长", "approval.reminded")) == 1
    world.now = datetime(2026, 11, 23, 23, tzinfo=world.zone)
    assert pressed(world) == 1, "eight hours are over at 18:00"
    world.now = datetime(2026, 11, 25, 15, 59, tzinfo=world.zone)
    assert pressed(world) == 0
    world.now = datetime(2026, 11, 25, 16, 0, tzinfo=world.zone)
    assert pressed(world) == 1
    assert sorted(turns(world, code)) == ["王经理", "陈组长"]
    assert "陈组长超时" in told(world, "王经理", "approval.requested")[0].facts["why"]
    assert pressed(world) == 0
    world.run("王经理", "approval.approve", ref=code)
    assert (status(world, code), tasks(world, code)) == ("approved", [("陈组长", "cancelled"), ("王经理", "approved")])
    assert "order.escalated" in events(world, code)


def test_a_clock_that_slept_for_weeks_does_it_once(world: World) -> None:
    code = order(world)
    world.later(days=30)
    assert pressed(world) == 1
    assert sorted(turns(world, code)) == ["王经理", "陈组长"]
    assert not told(world, "陈组长", "approval.reminded"), "his superior is there: no use reminding"
    assert pressed(world) == 0
    assert status(world, code) == "pending", "never agreed to by the clock"


def test_an_open_question_stops_the_clock(world: World) -> None:
    code = order(world)
    world.run("陈组长", "approval.ask", ref=code, question="有合同吗")
    world.later(days=30)
    assert pressed(world) == 0
    world.run("李雷", "approval.answer", ref=code, answer="有")
    world.later(hours=3)
    assert pressed(world) == 0


def test_rejected_by_the_clock_only_where_the_flow_says_so(world: World) -> None:
    world.load(
        "approval_flows: [{subject: order, steps: [{approver: manager, reject_hours: 16, escalate_hours: null}]}]"
    )
    code = order(world)
    world.later(days=7)
    pressed(world)
    assert (status(world, code), seen(world, code)["reason"]) == ("rejected", "超时未处理，按流程自动驳回")
    assert approval(world, code).status == "rejected"

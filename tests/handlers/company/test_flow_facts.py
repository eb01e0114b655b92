"""What flows may ask for, and whom they ask: facts, sources of approvers, policies."""

import pytest
from order_desk import line, order, seen, status, told, turns
from world import World

from models.errors import CompanyFileError


def flow(world: World, text: str) -> None:
    world.load(f"approval_flows: [{{subject: order, {text}}}]")


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ("line_discount < 0.9", True),
        ("total_discount < 0.9", False),
        ("outstanding > 0", False),
        ("department == 华东组 and role == staff", True),
        ("department == 华北组", False),
        ("region == 上海", False),
        ("first_order and not customer_level == A", True),
        ("overdue > 0", False),
    ],
)
def test_facts(world: World, when: str, fits: bool) -> None:
    flow(world, f'when: "{when}", steps: [{{people: [钱会计]}}]')
    lines = [line("显微镜", 1, discount=0.8), line("离心机", 5)]
    code = order(world, "李雷", *lines, approver=None)
    assert ("钱会计" in turns(world, code)) == fits


def test_orders_in_pieces_are_summed_where_the_company_says_so(world: World) -> None:
    flow(world, 'when: "amount >= 10000", steps: [{people: [钱会计]}]')
    pieces = [order(world, "李雷", line("显微镜", 5)) for _ in range(2)]
    assert [status(world, code) for code in pieces] == ["approved", "approved"]
    world.load("approval_limits: {split_days: 7}")
    assert turns(world, order(world, "李雷", line("显微镜", 1))) == ["钱会计"]
    world.later(days=8)
    assert status(world, order(world, "李雷", line("显微镜", 1))) == "approved"


@pytest.mark.parametrize(
    ("step", "asked"),
    [
        ("{role: admin}", ["周总"]),
        ("{duty: finance, by_department: true}", ["钱会计", "孙出纳"]),
        ("{approver: department_head, level: 2}", ["王经理"]),
        ("{approver: manager, level: 2}", ["王经理"]),
        ("{approver: managers, level: 2, mode: all}", ["陈组长", "王经理"]),
        ("{people: [王经理, 钱会计, 吴客服], mode: ratio, percent: 60}", ["王经理", "钱会计", "吴客服"]),
        ("{kind: cc, people: [何师傅]}, {people: [钱会计]}", ["钱会计"]),
        ("{people: [钱会计], when: amount > 99999}, {people: [孙出纳]}", ["孙出纳"]),
        ("{approver: submitter_choice, choose_from: [钱会计], default: admin}", ["周总"]),
    ],
)
def test_sources(world: World, step: str, asked: list[str]) -> None:
    flow(world, f"steps: [{step}]")
    assert sorted(turns(world, order(world))) == sorted(asked)


def test_only_out_of_the_list(world: World) -> None:
    flow(world, "steps: [{approver: submitter_choice, choose_from: [钱会计]}]")
    assert turns(world, order(world, approver="钱会计")) == ["钱会计"]
    lines = [line("显微镜", 1)]
    assert "钱会计" in world.refused("李雷", "order.create", ref="西溪", lines=lines, approver="王经理").detail


def test_a_ratio(world: World) -> None:
    flow(world, "steps: [{people: [王经理, 钱会计, 吴客服], mode: ratio, percent: 60}]")
    code = order(world)
    world.run("王经理", "approval.approve", ref=code)
    assert status(world, code) == "in_review"
    world.run("钱会计", "approval.reject", ref=code, reason="不行")
    assert status(world, code) == "in_review"
    world.run("吴客服", "approval.approve", ref=code)
    assert status(world, code) == "approved"


def test_copies_go_out_when_their_step_comes(world: World) -> None:
    flow(world, "steps: [{people: [钱会计]}, {kind: cc, people: [何师傅]}, {people: [周总]}]")
    code = order(world)
    assert not told(world, "何师傅", "approval.copied")
    world.run("钱会计", "approval.approve", ref=code)
    assert len(told(world, "何师傅", "approval.copied")) == 1
    assert turns(world, code) == ["周总"]


def test_a_flow_may_say_no_by_itself(world: World) -> None:
    text = 'steps: [{kind: reject, name: 低于七折不做, when: "discount < 0.7"}, {people: [钱会计]}]'
    flow(world, text)
    lines = [line("显微镜", 1, discount=0.6)]
    assert world.refused("李雷", "order.create", ref="西溪", lines=lines).detail == "低于七折不做"
    assert turns(world, order(world)) == ["钱会计"]


@pytest.mark.parametrize(
    ("policy", "asked"), [("own: skip", ["钱会计"]), ("own: allow", ["李雷"]), ("own: superior", ["陈组长"])]
)
def test_ones_own_seat(world: World, policy: str, asked: list[str]) -> None:
    flow(world, f"{policy}, steps: [{{people: [李雷]}}, {{people: [钱会计]}}]")
    assert turns(world, order(world)) == asked


@pytest.mark.parametrize(
    ("policy", "asked"),
    [("empty: superior", ["陈组长"]), ("empty: fallback, fallback: 吴客服", ["吴客服"]), ("empty: admin", ["周总"])],
)
def test_an_empty_step(world: World, policy: str, asked: list[str]) -> None:
    flow(world, f"{policy}, steps: [{{duty: order_admin, when: amount > 0}}]")
    with world.database.transaction() as db:
        db.exec_driver_sql("update person set duties = '[]' where name = '吴客服'")
    assert turns(world, order(world)) == asked


def test_an_empty_step_passes_only_where_it_was_chosen(world: World) -> None:
    flow(world, "empty: pass, steps: [{duty: order_admin}]")
    with world.database.transaction() as db:
        db.exec_driver_sql("update person set duties = '[]' where name = '吴客服'")
    assert status(world, order(world)) == "approved"


@pytest.mark.parametrize(("policy", "rounds"), [("first", 2), ("consecutive", 3), ("each", 3)])
def test_the_same_person_twice(world: World, policy: str, rounds: int) -> None:
    flow(world, f"repeats: {policy}, steps: [{{people: [钱会计]}}, {{people: [周总]}}, {{people: [钱会计]}}]")
    code, asked = order(world), 0
    while turns(world, code):
        world.run(turns(world, code)[0], "approval.approve", ref=code)
        asked += 1
    assert (asked, seen(world, code)["status"]) == (rounds, "approved")


def test_scope_and_priority(world: World) -> None:
    world.load(
        "approval_flows: [{subject: order, priority: 2, steps: [{people: [周总]}]},"
        " {subject: order, priority: 1, departments: [华北组], steps: [{people: [钱会计]}]}]"
    )
    assert turns(world, order(world)) == ["周总"]
    assert turns(world, order(world, "赵六", ref="燕山化工")) == ["钱会计"]


@pytest.mark.parametrize(
    "text", ["departments: [没有部门], steps: [{role: admin}]", "fallback: 没有人, steps: [{role: admin}]",
             "steps: [{role: admin, duty: finance}]", 'steps: [{role: admin, when: "horse > 1"}]'],
)  # fmt: skip
def test_a_wrong_flow_names_its_line(world: World, text: str) -> None:
    with pytest.raises(CompanyFileError, match="第 1 行"):
        flow(world, text)

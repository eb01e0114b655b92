"""Flows on any command: kept, approved, then run as whoever asked for it."""

import threading

import pytest
from order_desk import events, told
from world import World

from handlers.company import guarded
from handlers.registry import BY_NAME
from models.base import Json
from models.company.approval import Approval
from models.company.request import Request
from models.customers.customer import Customer
from models.errors import CompanyFileError, HaitunError
from models.history import History

RETURNS = "approval_flows: [{subject: customer, on: return, steps: [{approver: manager}]}]"
CREATES = """
approval_flows:
  - {subject: customer, on: create, when: "level == A or role == staff", steps: [{people: [王经理]}]}
"""
GIVES: Json = {"ref": "西溪基因", "reason": "没预算"}


def asked(world: World) -> Request:
    return world.rows(Request)[-1]


def owner(world: World, name: str = "杭州西溪基因有限公司") -> int | None:
    return world.row(Customer, Customer.name == name).owner_id


def test_a_return_waits_for_the_manager_and_is_run_as_the_rep(world: World) -> None:
    world.load(RETURNS)
    reply = world.run("李雷", "customer.return", **GIVES)
    code = asked(world).code
    assert reply.facts["title"] == f"已提交审批 {code}"
    assert [button.text for button in reply.buttons] == ["催办", "撤回"]
    assert owner(world) == world.person("李雷").id
    (message,) = told(world, "陈组长", "approval.requested")
    assert (message.facts["document"]["title"], message.facts["document"]["code"]) == (
        "退回公海 杭州西溪基因有限公司",
        code,
    )
    world.run("陈组长", "approval.approve", ref=code)
    assert owner(world) is None
    entry = world.rows(History, History.event == "customer.returned")[-1]
    assert entry.actor_id == world.person("李雷").id, "he did it, the other one let him"
    assert asked(world).status == "approved"
    assert events(world, code) == ["request.created", "request.approved"]


def test_what_is_refused_anyway_is_refused_at_once(world: World) -> None:
    world.load(RETURNS)
    assert world.refused("赵六", "customer.return", **GIVES).code == "not_found"
    assert not world.rows(Request)
    world.run("李雷", "customer.return", **GIVES)
    again = world.refused("李雷", "customer.return", **GIVES)
    assert (again.code, asked(world).code in f"{again.detail}{again.next_step}") == ("conflict", True)


@pytest.mark.parametrize("how", ["reject", "withdraw"])
def test_a_no_or_a_second_thought_does_nothing(world: World, how: str) -> None:
    world.load(RETURNS)
    world.run("李雷", "customer.return", **GIVES)
    if how == "reject":
        world.run("陈组长", "approval.reject", ref=asked(world).code, reason="再跟一跟")
    else:
        world.run("李雷", "approval.withdraw", ref=asked(world).code)
    assert owner(world) == world.person("李雷").id
    world.run("李雷", "customer.return", **GIVES)
    assert len(world.rows(Request)) == 2, "and may be asked for again"


def test_refused_in_the_end_both_are_told_and_nothing_is_half_done(world: World) -> None:
    world.load(RETURNS)
    world.run("李雷", "customer.return", **GIVES)
    code = asked(world).code
    world.run("王经理", "customer.transfer", ref="西溪基因", to="韩梅梅")
    reply = world.run("陈组长", "approval.approve", ref=code)
    assert owner(world) == world.person("韩梅梅").id
    assert (asked(world).status, world.rows(Approval)[-1].status) == ("void", "void")
    assert "和提交时不一样了" in str(asked(world).reason)
    assert "和提交时不一样了" in str(dict(reply.result or {})["reason"])
    (message,) = told(world, "李雷", "request.void")
    assert "不一样" in message.facts["reason"]


def test_a_customer_that_is_made_only_when_it_is_approved(world: World) -> None:
    world.load(CREATES)
    world.run("李雷", "customer.create", name="嘉兴南湖试剂有限公司", phone="13712340001")
    assert not world.rows(Customer, Customer.name == "嘉兴南湖试剂有限公司")
    world.run("王经理", "approval.approve", ref=asked(world).code)
    made = world.row(Customer, Customer.name == "嘉兴南湖试剂有限公司")
    assert made.owner_id == world.person("李雷").id


def test_one_that_no_condition_fits_is_done_at_once(world: World) -> None:
    world.load(CREATES)
    world.run("陈组长", "customer.create", name="嘉兴南湖试剂有限公司")
    assert world.row(Customer, Customer.name == "嘉兴南湖试剂有限公司")
    assert not world.rows(Request)


def test_nobody_else_pays_for_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.context("李雷") as ctx:
        assert guarded.commands(ctx.db) == frozenset()
        monkeypatch.setattr(guarded, "_GUARDED", None)  # asked again it would fail
        assert guarded.commands(ctx.db) == frozenset()
    world.run("李雷", "customer.claim", ref="海纳")


def test_two_who_agree_at_once_run_it_once(world: World) -> None:
    world.load("approval_flows: [{subject: customer, on: return, steps: [{people: [王经理, 陈组长]}]}]")
    world.run("李雷", "customer.return", **GIVES)
    code, outcomes, gate = asked(world).code, list[str](), threading.Barrier(2)

    def agree(name: str) -> None:
        gate.wait()
        try:
            world.run(name, "approval.approve", ref=code)
            outcomes.append("done")
        except HaitunError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=agree, args=(name,)) for name in ("王经理", "陈组长")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "done"]
    assert len(world.rows(History, History.event == "customer.returned")) == 1


@pytest.mark.parametrize(
    ("subject", "on", "word"), [("customer", "fly", "fly"), ("horse", "create", "horse"), ("customer", "list", "list")]
)
def test_a_flow_of_what_does_not_exist_names_its_line(world: World, subject: str, on: str, word: str) -> None:
    with pytest.raises(CompanyFileError, match=word):
        world.load(f"approval_flows: [{{subject: {subject}, on: {on}, steps: [{{approver: manager}}]}}]")


def test_the_extension_of_a_customer_is_said_so(world: World) -> None:
    world.load("approval_flows: [{subject: customer, on: extension, steps: [{approver: manager}]}]")
    world.run("李雷", "customer.request_extension", ref="西溪基因", days=5, reason="出国")
    assert asked(world).command == "customer.request_extension"
    assert BY_NAME[asked(world).command].title in asked(world).title

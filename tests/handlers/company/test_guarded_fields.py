"""What was approved stays what it was; a resubmission goes on where it may; what the card says."""

import pytest
from order_desk import approval, line, order, status, told, turns
from world import World

from cards.render import render
from handlers.company.fingerprint import fingerprint
from handlers.money import order_view, payment_view
from models.money.order import Order, Payment

CHEAP = line("显微镜", 2, discount=0.5)  # 陈组长, then 周总
FROM_NODE = """approval_flows:
  - {subject: order, resubmit: from_rejected_node, steps: [{people: [陈组长]}, {people: [王经理]}]}
"""


def test_approved_is_what_stands_there(world: World) -> None:
    kinds = [line("显微镜"), line("离心机", 5), line("离心机", 10), line("离心机", 40), CHEAP]
    for one in kinds:
        code = order(world, "李雷", one)
        while turns(world, code):
            world.run(turns(world, code)[0], "approval.approve", ref=code)
        world.run("李雷", "payment.create", ref=code, amount=100)
        paid = world.rows(Payment)[-1].code
        world.run("钱会计", "approval.approve", ref=paid)
    with world.context("周总") as ctx:
        orders, payments = world.rows(Order), world.rows(Payment)
        assert {row.status for row in orders} | {row.status for row in payments} == {"approved"}
        assert all(row.approved_hash == fingerprint(order_view.snapshot(ctx, row)) for row in orders)
        assert all(row.approved_hash == fingerprint(payment_view.snapshot(ctx, row)) for row in payments)


@pytest.mark.parametrize("change", ['"order" set amount_fen = amount_fen + 1', "order_line set quantity = 9"])
def test_no_money_is_taken_for_what_was_not_approved(world: World, change: str) -> None:
    code = order(world)
    world.run("陈组长", "approval.approve", ref=code)
    with world.database.transaction() as db:
        db.exec_driver_sql(f"update {change}")
    refusal = world.refused("李雷", "payment.create", ref=code, amount=100)
    assert (refusal.code, "不一样" in refusal.title) == ("conflict", True)


def test_sent_back_to_be_completed_it_goes_on_where_it_was(world: World) -> None:
    code = order(world, "李雷", CHEAP)
    world.run("陈组长", "approval.approve", ref=code)
    world.run("周总", "approval.return_to", ref=code, reason="补合同")
    world.later(minutes=5)
    world.run("李雷", "order.update", ref=code, note="合同已补")
    assert turns(world, code) == ["周总"]
    world.run("周总", "approval.approve", ref=code)
    assert status(world, code) == "approved"


def test_a_changed_guarded_field_starts_from_the_first_step(world: World) -> None:
    code = order(world, "李雷", CHEAP)
    world.run("陈组长", "approval.approve", ref=code)
    world.run("周总", "approval.return_to", ref=code, reason="太低")
    world.later(minutes=5)
    world.run("李雷", "order.update", ref=code, lines=[line("显微镜", 3, discount=0.5)])
    assert turns(world, code) == ["陈组长"]


def test_a_flow_may_go_on_from_the_node_that_rejected(world: World) -> None:
    world.load(FROM_NODE)
    code = order(world)
    world.run("陈组长", "approval.approve", ref=code)
    world.run("王经理", "approval.reject", ref=code, reason="说明一下")
    world.later(minutes=5)
    world.run("李雷", "order.update", ref=code, note="客户签三年")
    assert (turns(world, code), approval(world, code).step) == (["王经理"], 1)


def test_by_default_it_starts_again(world: World) -> None:
    code = order(world, "李雷", CHEAP)
    world.run("陈组长", "approval.approve", ref=code)
    world.run("周总", "approval.reject", ref=code, reason="说明一下")
    world.later(minutes=5)
    world.run("李雷", "order.update", ref=code, note="客户签三年")
    assert turns(world, code) == ["陈组长"]


def test_the_card_counts_exceptions_and_names_step_and_deadline(world: World) -> None:
    order(world, "李雷", CHEAP)
    code = order(world, "李雷", CHEAP)
    facts = told(world, "陈组长", "approval.requested")[-1].facts
    assert facts["document"]["code"] == code
    assert (facts["step"], facts["exceptions"]) == ("1/2", 2)
    assert facts["due"] == "2026-11-25T16:00:00+08:00", "24 working hours after Monday 10:00"
    text = str(render("company/approval", facts).as_json())
    for part in ("第 2 次", "1/2", "11月25日"):
        assert part in text

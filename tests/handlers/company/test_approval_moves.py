"""Signatures added, steps gone back, questions, second thoughts, several at once."""

from order_desk import approval, events, line, order, seen, status, tasks, told, turns
from world import World

from handlers.company.approval_cards import approval_card
from handlers.context import Context
from models.base import Json
from models.company.approval import ApprovalQuestion, ApprovalTask

CHEAP = line("显微镜", 2, discount=0.5)  # 陈组长, then 周总: below every manager's authority
ANYONE = line("离心机", 5)  # 王经理 or 陈组长


def test_a_signature_before_ones_own(world: World) -> None:
    code = order(world)
    world.run("陈组长", "approval.add_sign", ref=code, to="吴客服", before=True)
    assert turns(world, code) == ["吴客服"]
    assert world.refused("陈组长", "approval.approve", ref=code).code == "forbidden"
    assert told(world, "吴客服", "approval.requested")[0].facts["why"] == "陈组长请你先审核"
    world.run("吴客服", "approval.approve", ref=code)
    assert (status(world, code), turns(world, code)) == ("in_review", ["陈组长"])
    world.run("陈组长", "approval.approve", ref=code)
    assert status(world, code) == "approved"


def test_a_signature_after_ones_own(world: World) -> None:
    code = order(world)
    world.run("陈组长", "approval.add_sign", ref=code, to="吴客服")
    assert turns(world, code) == ["陈组长"]
    assert not told(world, "吴客服", "approval.requested")
    world.run("陈组长", "approval.approve", ref=code)
    assert (status(world, code), turns(world, code)) == ("in_review", ["吴客服"])
    world.run("吴客服", "approval.reject", ref=code, reason="缺合同")
    assert status(world, code) == "rejected"


def test_not_of_the_submitter_oneself_or_who_sits_there(world: World) -> None:
    code = order(world, "李雷", ANYONE)
    for person in ("李雷", "陈组长"):
        assert world.refused("陈组长", "approval.add_sign", ref=code, to=person).facts["field"] == "to"
    assert world.refused("陈组长", "approval.add_sign", ref=code, to="王经理").code == "conflict"


def test_what_was_added_stays_with_a_seat_that_is_handed_over(world: World) -> None:
    code = order(world)
    world.run("陈组长", "approval.add_sign", ref=code, to="吴客服")
    world.run("陈组长", "approval.hand_over", ref=code, to="王经理")
    world.run("王经理", "approval.approve", ref=code)
    assert turns(world, code) == ["吴客服"]
    world.run("吴客服", "approval.approve", ref=code)
    assert status(world, code) == "approved"


def test_back_to_the_first_step(world: World) -> None:
    code = order(world, "李雷", CHEAP)
    world.run("陈组长", "approval.approve", ref=code)
    assert turns(world, code) == ["周总"]
    refusal = world.refused("周总", "approval.return_to", ref=code, step=2)
    assert (refusal.code, refusal.facts["field"]) == ("invalid_argument", "step")
    world.run("周总", "approval.return_to", ref=code, step=1, reason="再核一次价")
    assert (status(world, code), turns(world, code)) == ("pending", ["陈组长"])
    assert len(told(world, "陈组长", "approval.requested")) == 2
    world.run("陈组长", "approval.approve", ref=code)
    world.run("周总", "approval.approve", ref=code)
    assert status(world, code) == "approved"
    expected = ["created", "step_approved", "returned", "step_approved", "approved"]
    assert events(world, code) == [f"order.{event}" for event in expected]


def test_back_to_the_submitter_to_be_completed(world: World) -> None:
    code = order(world, "李雷", CHEAP)
    world.run("陈组长", "approval.approve", ref=code)
    world.run("周总", "approval.return_to", ref=code, reason="补合同")
    assert (status(world, code), seen(world, code)["reason"]) == ("rejected", "请补充：补合同")
    assert len(told(world, "李雷", "order.rejected")) == 1


def test_a_question_decides_nothing_and_comes_back_answered(world: World) -> None:
    code = order(world)
    world.run("陈组长", "approval.ask", ref=code, question="交期能保证吗")
    assert (status(world, code), turns(world, code)) == ("pending", ["陈组长"])
    (asked,) = told(world, "李雷", "approval.asked")
    assert asked.facts["question"] == "交期能保证吗"
    (task,) = world.rows(ApprovalTask)
    assert task.paused_at == world.now
    due = task.next_at
    world.later(hours=3)
    world.run("李雷", "approval.answer", ref=code, answer="能，下周三到")
    (answered,) = told(world, "陈组长", "approval.answered")
    assert answered.facts["answer"] == "能，下周三到"
    (task,) = world.rows(ApprovalTask)
    assert due is not None and task.next_at is not None
    assert (task.paused_at, (task.next_at - due).total_seconds()) == (None, 3 * 3600)
    assert world.row(ApprovalQuestion).answered_at == world.now
    assert world.refused("李雷", "approval.answer", ref=code, answer="再说一遍").code == "conflict"


def test_ones_own_yes_is_taken_back_while_nobody_went_on(world: World) -> None:
    code = order(world, "李雷", CHEAP)
    world.run("陈组长", "approval.approve", ref=code)
    world.run("陈组长", "approval.retrieve", ref=code)
    assert (status(world, code), turns(world, code)) == ("pending", ["陈组长"])
    assert world.refused("周总", "approval.approve", ref=code).code == "forbidden"
    world.run("陈组长", "approval.reject", ref=code, reason="看错了")
    assert status(world, code) == "rejected"


def test_not_after_the_end_the_next_step_or_with_others(world: World) -> None:
    done = order(world)
    world.run("陈组长", "approval.approve", ref=done)
    assert world.refused("陈组长", "approval.retrieve", ref=done).code == "conflict"
    touched = order(world, "李雷", CHEAP)
    world.run("陈组长", "approval.approve", ref=touched)
    world.run("周总", "approval.hand_over", ref=touched, to="王经理")
    assert "下一步" in world.refused("陈组长", "approval.retrieve", ref=touched).detail
    everyone = order(world, "李雷", line("离心机", 10))
    world.run("钱会计", "approval.approve", ref=everyone)
    assert "会签" in world.refused("钱会计", "approval.retrieve", ref=everyone).detail


def test_several_of_one_flow_at_once(world: World) -> None:
    codes = [order(world), order(world)]
    reply = world.run("陈组长", "approval.approve", refs=codes)
    assert [status(world, code) for code in codes] == ["approved", "approved"]
    assert dict(reply.result or {})["total"] == 2


def test_all_or_none_of_several(world: World) -> None:
    small, other = order(world), order(world, "李雷", ANYONE)
    assert world.refused("陈组长", "approval.approve", refs=[small, other]).title.startswith("只有走同一个")
    world.load("approval_limits: {card_limit: 3000}")
    refusal = world.refused("陈组长", "approval.approve", refs=[small, order(world, "李雷", line("显微镜", 1))])
    assert small in refusal.detail
    assert (status(world, small), tasks(world, small)) == ("pending", [("陈组长", "waiting")])


def test_a_big_one_needs_a_second_tap(world: World) -> None:
    world.load("approval_limits: {card_limit: 3000}")
    code = order(world)

    def tap(confirmed: str = "") -> Json:
        with world.context("陈组长", door="wecom", confirmed=confirmed) as ctx:
            ctx.tapped_card = 1
            return dict(_approve(ctx, code))

    refusal = tap()
    assert (refusal["code"], status(world, code)) == ("needs_confirmation", "pending")
    assert "3,600.00" in refusal["question"]
    assert tap(refusal["confirm"])["code"] == "ok"
    assert status(world, code) == "approved"


def _approve(ctx: Context, code: str) -> Json:
    from handlers import desk
    from handlers.registry import BY_NAME
    from models.errors import NeedsConfirmation

    try:
        desk.run(ctx, BY_NAME["approval.approve"], {"ref": code})
    except NeedsConfirmation as asked:
        return {"code": asked.code, "question": asked.question, "confirm": asked.confirm}
    return {"code": "ok"}


def test_the_card_offers_all_of_it(world: World) -> None:
    code = order(world)
    with world.context("陈组长") as ctx:
        card = approval_card(ctx, approval(world, code).id)
    assert card is not None
    assert [button.text for button in card.buttons] == ["同意", "驳回", "转交", "加签", "问一句"]

"""Approvals: decided once, by whose turn it is, with everyone told who must be."""

import threading
from collections import Counter

import pytest
from order_desk import approval, events, heard, line, order, seen, status, tasks, told, turns
from world import World

from cards.render import render
from handlers import desk
from handlers.company import deciding, organisation
from handlers.company.approval_cards import approval_card
from handlers.reply import Reply
from models.base import Json
from models.company.approval import Approval
from models.errors import HaitunError
from models.history import History
from models.money.order import Order
from models.outbox import Outbox


def card(world: World, person: str, code: str) -> Reply:
    with world.context(person) as ctx:
        found = approval_card(ctx, approval(world, code).id)
        assert found is not None
        return found


def drawn(reply: Reply) -> str:
    """Everything that the rendered card says."""
    return str(render(reply.template, reply.facts).as_json())


# ---- asked


def test_the_approver_is_asked_with_what_he_must_know(world: World) -> None:
    code = order(world, "李雷", line("显微镜", 3), discount=0.95)
    (message,) = told(world, "陈组长", "approval.requested")
    assert message.is_urgent
    assert message.template == "company/approval"
    facts = message.facts
    assert facts["approval"]["submitter"]["name"] == "李雷"
    assert facts["document"]["code"] == code
    assert (facts["rate"], facts["authority"], facts["why"]) == ("0.95", "0.95", "你是李雷的上级")
    text = str(render("company/approval", facts).as_json())
    for part in ("李雷的订单待你审批", code, "¥3,420.00", "95折", "杭州西溪基因有限公司", "显微镜 3台", "客户欠款"):
        assert part in text
    reply = card(world, "陈组长", code)
    assert [button.text for button in reply.buttons] == ["同意", "驳回", "转交", "加签", "问一句"]
    assert reply.subject is not None
    assert (reply.subject.noun, reply.subject.ident, reply.subject.version) == ("approval", approval(world, code).id, 1)


def test_it_goes_to_the_platform_where_the_order_was_placed(world: World) -> None:
    with world.database.transaction() as db:
        db.exec_driver_sql("update person set last_platform = null")
    code = order(world, "李雷", line("显微镜"), door="dingtalk", approver="王经理")
    assert approval(world, code).platform == "dingtalk"
    (asked,) = told(world, "王经理", "approval.requested")
    assert asked.channel == "dingtalk"
    world.run("王经理", "approval.approve", ref=code, door="wecom")
    (answer,) = told(world, "李雷", "order.approved")
    assert answer.channel == "dingtalk"


def test_groups_hear_of_the_request_once(world: World) -> None:
    url, topics = "http://127.0.0.1:1/cgi-bin/webhook/send?key=ap", "[approval.requested, order.rejected]"
    world.load(f"robots: [{{name: 审批群, kind: wecom, url: '{url}', topics: {topics}}}]")
    code = order(world, "李雷", discount=0.9, approver="吴客服")
    world.run("吴客服", "approval.approve", ref=code)
    (group,) = heard(world, "approval.requested")
    assert (group.facts["code"], group.facts["subject"], group.facts["who"]["name"]) == (code, "order", "李雷")
    assert set(group.facts) == {"code", "name", "who", "at", "subject", "approvers", "amounts", "mentions"}
    world.run("陈组长", "approval.reject", ref=code, reason="毛利不够")
    assert "毛利" not in str(heard(world, "order.rejected")[0].facts), "a reason may say what a group must not hear"


def test_a_group_mentions_who_is_to_act_and_nobody_for_what_he_did_himself(world: World) -> None:
    url = "http://127.0.0.1:1/cgi-bin/webhook/send?key=ap"
    topics = "[approval.requested, order.approved, order.rejected, customer.returned]"
    world.load(f"robots: [{{name: 审批群, kind: wecom, url: '{url}', topics: {topics}, mention: true}}]")

    def mentioned(topic: str) -> list[list[str]]:
        return [row.facts["mentions"] for row in heard(world, topic) if row.account == "审批群"]

    code = order(world, "李雷", line("显微镜", 30), discount=0.97)
    assert mentioned("approval.requested") == [["wangjl", "chenzz"]], "either of the two, and not who submitted it"
    world.run("陈组长", "approval.approve", ref=code)
    assert mentioned("order.approved") == [["lilei"]]
    world.run("李雷", "customer.claim", ref="海纳")
    world.run("李雷", "customer.return", ref="海纳", reason="没预算")
    assert mentioned("customer.returned") == [[]], "he returned it himself"
    world.run("陈组长", "customer.return", ref="西溪", reason="换人跟进")
    assert mentioned("customer.returned") == [[], ["lilei"]]


# ---- decided


def test_yes(world: World) -> None:
    code = order(world)
    reply = world.run("陈组长", "approval.approve", ref=code.lower(), comment="可以")
    assert not reply.buttons
    assert reply.facts["closed"] == "已由陈组长同意"
    assert dict(reply.result or {})["status"] == "approved"
    assert status(world, code) == "approved"
    assert events(world, code) == ["order.created", "order.approved"]
    entry = world.rows(History, History.ref == code)[-1]
    assert (entry.command, entry.noun, entry.facts["comment"]) == ("approval.approve", "order", "可以")
    assert len(told(world, "李雷", "order.approved")) == 1
    assert not told(world, "陈组长", "order.approved"), "he knows"
    assert "已由陈组长同意" in drawn(card(world, "陈组长", code))


def test_by_its_own_code(world: World) -> None:
    code = order(world)
    world.run("陈组长", "approval.approve", ref=approval(world, code).code)
    assert status(world, code) == "approved"


def test_no_needs_a_reason_and_the_submitter_hears_it(world: World) -> None:
    code = order(world)
    refusal = world.refused("陈组长", "approval.reject", ref=code)
    assert (refusal.code, refusal.facts["field"]) == ("missing_argument", "reason")
    assert status(world, code) == "pending"
    world.run("陈组长", "approval.reject", ref=code, reason="毛利不够")
    assert status(world, code) == "rejected"
    (message,) = told(world, "李雷", "order.rejected")
    assert message.facts["reason"] == "毛利不够"
    assert "毛利不够" in str(render("company/decided", message.facts).as_json())
    assert seen(world, code)["approvers"] == []


def test_a_double_tap_changes_nothing(world: World) -> None:
    code = order(world)
    world.run("陈组长", "approval.approve", ref=code)
    before = len(world.rows(History)), len(world.rows(Outbox))
    again: list[tuple[str, Json]] = [("approval.approve", {}), ("approval.reject", {"reason": "晚了"})]
    for command, more in again:
        refusal = world.refused("陈组长", command, ref=code, **more)
        assert refusal.code == "conflict"
        assert "陈组长于 11月23日(周一) 10:00 同意" in refusal.detail
    assert (len(world.rows(History)), len(world.rows(Outbox))) == before
    assert status(world, code) == "approved"


def test_nobody_else_decides(world: World) -> None:
    code = order(world)
    assert world.refused("韩梅梅", "approval.approve", ref=code).code == "not_found"
    assert world.refused("韩梅梅", "approval.withdraw", ref=code).code == "not_found"
    own = world.refused("李雷", "approval.approve", ref=code)
    assert own.code == "forbidden"
    assert "陈组长" in own.detail
    above = world.refused("王经理", "approval.reject", ref=code, reason="不行")
    assert above.code == "forbidden"
    assert "陈组长" in above.next_step
    assert world.refused("周总", "approval.approve", ref="SO20991231-9999").code == "not_found"
    assert status(world, code) == "pending"


def test_twenty_taps_at_once_decide_once(world: World) -> None:
    code = order(world, "李雷", line("离心机", 5))
    assert turns(world, code) == ["王经理", "陈组长"]
    outcomes: Counter[str] = Counter()
    gate = threading.Barrier(8)

    def tap(number: int) -> None:
        gate.wait()
        try:
            if number % 2:
                world.run("王经理", "approval.approve", ref=code)
            else:
                world.run("陈组长", "approval.reject", ref=code, reason="再议")
            outcomes["done"] += 1
        except HaitunError as error:
            outcomes[error.code] += 1

    threads = [threading.Thread(target=tap, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {"done": 1, "conflict": 7}
    assert len(events(world, code)) == 2
    assert status(world, code) in ("approved", "rejected")


def test_what_changed_behind_his_back_is_not_approved(world: World) -> None:
    code = order(world)
    with world.database.transaction() as db:
        db.exec_driver_sql('update "order" set amount_fen = 1')
    assert world.refused("陈组长", "approval.approve", ref=code).code == "conflict"


def test_a_stale_version_is_refused(world: World) -> None:
    code = order(world)
    assert world.refused("陈组长", "approval.approve", ref=code, expected_version=7).code == "stale_version"
    world.run("陈组长", "approval.approve", ref=code, expected_version=1)


# ---- each kind of flow: approve, reject, withdraw, somebody who left

SEQUENCE = line("离心机", 40)  # 224000: 陈组长, then 王经理, then finance
EVERYONE = line("离心机", 10)  # 56000: 王经理 and 钱会计
ANYONE = line("离心机", 5)  # 28000: 王经理 or 陈组长
KINDS = [SEQUENCE, EVERYONE, ANYONE, line("显微镜")]


def test_one_after_another(world: World) -> None:
    code = order(world, "李雷", SEQUENCE)
    assert tasks(world, code) == [("陈组长", "waiting"), ("王经理", "next")]
    assert [one["name"] for one in card(world, "陈组长", code).facts["next"]] == ["王经理", "钱会计", "孙出纳"]
    assert world.refused("王经理", "approval.approve", ref=code).code == "forbidden"
    world.run("陈组长", "approval.approve", ref=code)
    assert (status(world, code), turns(world, code)) == ("in_review", ["王经理"])
    assert len(told(world, "王经理", "approval.requested")) == 1, "asked when his turn comes"
    assert not told(world, "钱会计", "approval.requested")
    world.run("王经理", "approval.approve", ref=code)
    assert turns(world, code) == ["钱会计", "孙出纳"]
    (progress,) = told(world, "李雷", "order.in_review")
    assert [one["name"] for one in progress.facts["next"]] == ["钱会计", "孙出纳"]
    world.run("孙出纳", "approval.approve", ref=code)
    assert status(world, code) == "approved"
    assert events(world, code) == ["order.created", "order.step_approved", "order.step_approved", "order.approved"]
    expected = [("陈组长", "approved"), ("王经理", "approved"), ("钱会计", "cancelled"), ("孙出纳", "approved")]
    assert tasks(world, code) == expected
    assert card(world, "钱会计", code).facts["closed"] == "已由孙出纳同意"
    assert card(world, "陈组长", code).facts["closed"] == "已由陈组长同意"


def test_everyone_must_agree(world: World) -> None:
    code = order(world, "李雷", EVERYONE)
    assert turns(world, code) == ["王经理", "钱会计"]
    assert seen(world, code)["approver"] is None
    world.run("钱会计", "approval.approve", ref=code)
    assert (status(world, code), turns(world, code)) == ("in_review", ["王经理"])
    assert seen(world, code)["approver"]["name"] == "王经理"
    world.run("王经理", "approval.approve", ref=code)
    assert status(world, code) == "approved"


def test_the_first_answer_of_any_is_enough(world: World) -> None:
    code = order(world, "李雷", ANYONE)
    assert turns(world, code) == ["王经理", "陈组长"]
    world.run("陈组长", "approval.approve", ref=code)
    assert status(world, code) == "approved"
    assert card(world, "王经理", code).facts["closed"] == "已由陈组长同意"
    assert world.refused("王经理", "approval.reject", ref=code, reason="不行").code == "conflict"


@pytest.mark.parametrize("kind", KINDS, ids=["sequential", "all", "any", "choice"])
def test_one_no_rejects_at_once(world: World, kind: Json) -> None:
    code = order(world, "李雷", kind)
    first = turns(world, code)[0]
    world.run(first, "approval.reject", ref=code, reason="再谈谈")
    assert status(world, code) == "rejected"
    assert turns(world, code) == []
    assert "waiting" not in dict(tasks(world, code)).values()
    assert approval(world, code).reason == "再谈谈"


@pytest.mark.parametrize("kind", KINDS, ids=["sequential", "all", "any", "choice"])
def test_withdrawn_from_every_kind(world: World, kind: Json) -> None:
    code = order(world, "李雷", kind)
    asked = turns(world, code)
    reply = world.run("李雷", "approval.withdraw", ref=code)
    assert status(world, code) == "withdrawn"
    assert dict(reply.result or {})["status"] == "withdrawn"
    for person in asked:
        assert card(world, person, code).facts["closed"] == "已撤回"
        assert "撤回" in world.refused(person, "approval.approve", ref=code).detail
    assert events(world, code) == ["order.created", "order.withdrawn"]


def leaves(world: World, name: str) -> None:
    """Made inactive by a company file, superiors rebuilt."""
    person = world.person(name)
    with world.context(None, door="import", command="load") as ctx:
        ctx.db.exec_driver_sql(f"update person set is_active = false where id = {person.id}")
        organisation.rebuild(ctx.db)
        deciding.replace_leaver(ctx, person.id)
        desk.finish(ctx)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (SEQUENCE, ["陈组长"], ["王经理"]),
        (EVERYONE, ["王经理", "钱会计"], ["钱会计", "周总"]),
        (ANYONE, ["王经理", "陈组长"], ["陈组长", "周总"]),
        (line("显微镜"), ["陈组长"], ["王经理"]),
    ],
    ids=["sequential", "all", "any", "choice"],
)
def test_somebody_who_leaves_is_replaced(world: World, kind: Json, before: list[str], after: list[str]) -> None:
    code = order(world, "李雷", kind)
    assert turns(world, code) == before
    leaves(world, before[0])
    assert sorted(turns(world, code)) == sorted(after)
    heir = next(name for name in after if name not in before)
    assert told(world, heir, "approval.requested")
    if kind is not SEQUENCE:  # there his superior's own turn has come
        assert "已离职" in card(world, heir, code).facts["why"]
    assert status(world, code) == "pending", "nobody has decided anything"


def test_whose_turn_comes_after_he_left_is_replaced_then(world: World) -> None:
    code = order(world, "李雷", SEQUENCE)
    with world.database.transaction() as db:
        db.exec_driver_sql("update person set is_active = false where name in ('王经理', '孙出纳')")
    world.run("陈组长", "approval.approve", ref=code)
    assert turns(world, code) == ["周总"]
    world.run("周总", "approval.approve", ref=code)
    assert turns(world, code) == ["钱会计", "周总"]


def test_somebody_who_left_before_is_replaced_at_submission(world: World) -> None:
    world.load("approval_flows: [{subject: order, steps: [{people: [郑离职, 钱会计], mode: all}]}]")
    code = order(world)
    assert turns(world, code) == ["陈组长", "钱会计"]
    assert card(world, "陈组长", code).facts["why"] == "郑离职已离职，由你接替"


def test_an_all_step_is_done_when_only_who_left_was_missing(world: World) -> None:
    world.load("approval_flows: [{subject: order, steps: [{people: [周总, 王经理], mode: all}]}]")
    code = order(world)
    world.run("周总", "approval.approve", ref=code)
    leaves(world, "王经理")
    assert status(world, code) == "approved", "his superior, the only one above, has agreed already"
    assert events(world, code) == ["order.created", "order.step_approved", "order.approved"]
    (message,) = told(world, "李雷", "order.approved")
    assert message.facts["by"]["name"] == "周总"


def test_the_turn_of_who_left_is_not_given_to_who_has_just_agreed(world: World) -> None:
    world.load("approval_flows: [{subject: order, steps: [{people: [陈组长, 钱会计], mode: sequential}]}]")
    code = order(world)
    head = world.person("陈组长").id
    with world.database.transaction() as db:
        db.exec_driver_sql(f"update person set is_active = false, superior_id = {head} where name = '钱会计'")
    world.run("陈组长", "approval.approve", ref=code)
    assert status(world, code) == "approved"


# ---- nobody approves his own


def test_a_manager_who_orders_is_approved_by_his_superior(world: World) -> None:
    world.load("customers: [{name: 嘉兴南湖试剂有限公司, owner: 陈组长}]")
    assert turns(world, order(world, "陈组长", ref="南湖试剂")) == ["王经理"]
    assert turns(world, order(world, "陈组长", ANYONE, ref="南湖试剂")) == ["王经理"]
    assert turns(world, order(world, "陈组长", SEQUENCE, ref="南湖试剂")) == ["王经理"]
    assert turns(world, order(world, "陈组长", ref="南湖试剂", approver="陈组长")) == ["王经理"]


# ---- withdraw, hand over, urge


def test_only_submitter_and_owner_withdraw_and_only_while_undecided(world: World) -> None:
    code = order(world)
    assert world.refused("陈组长", "approval.withdraw", ref=code).code == "forbidden"
    world.run("陈组长", "approval.approve", ref=code)
    refusal = world.refused("李雷", "approval.withdraw", ref=code)
    assert refusal.code == "conflict"
    assert "陈组长于" in refusal.detail


def test_withdrawn_between_two_steps(world: World) -> None:
    code = order(world, "李雷", SEQUENCE)
    world.run("陈组长", "approval.approve", ref=code)
    world.run("李雷", "approval.withdraw", ref=approval(world, code).code)
    assert status(world, code) == "withdrawn"
    assert tasks(world, code) == [("陈组长", "approved"), ("王经理", "cancelled")]


def test_handed_over_to_somebody_else(world: World) -> None:
    code = order(world)
    reply = world.run("陈组长", "approval.hand_over", ref=code, to="吴客服")
    assert reply.facts["closed"] == "已转交吴客服"
    assert turns(world, code) == ["吴客服"]
    (asked,) = told(world, "吴客服", "approval.requested")
    assert asked.facts["why"] == "陈组长转交给你"
    assert world.refused("陈组长", "approval.approve", ref=code).code == "conflict"
    world.run("吴客服", "approval.hand_over", ref=code, to="陈组长")
    assert turns(world, code) == ["陈组长"], "and back"
    world.run("陈组长", "approval.hand_over", ref=code, to="王经理")
    world.run("王经理", "approval.approve", ref=code)
    assert status(world, code) == "approved"
    assert events(world, code) == ["order.created", *["order.handed_over"] * 3, "order.approved"]


def test_not_to_the_submitter_oneself_or_somebody_asked_already(world: World) -> None:
    code = order(world, "李雷", ANYONE)
    for person in ("李雷", "陈组长"):
        assert world.refused("陈组长", "approval.hand_over", ref=code, to=person).facts["field"] == "to"
    assert world.refused("陈组长", "approval.hand_over", ref=code, to="王经理").code == "conflict"
    assert world.refused("李雷", "approval.hand_over", ref=code, to="吴客服").code == "forbidden"
    assert turns(world, code) == ["王经理", "陈组长"]


def test_urged_at_most_once_in_two_hours(world: World) -> None:
    code = order(world, "李雷", EVERYONE)
    world.run("钱会计", "approval.approve", ref=code)
    world.run("李雷", "approval.urge", ref=code)
    (urged,) = told(world, "王经理", "approval.urged")
    assert urged.facts["approval"]["urgent"] is True
    assert not told(world, "钱会计", "approval.urged"), "he has decided"
    world.later(minutes=90)
    refusal = world.refused("李雷", "approval.urge", ref=code)
    assert refusal.code == "limit_reached"
    assert "2 小时" in refusal.detail
    assert "12:00" in refusal.next_step
    world.later(minutes=30)
    world.run("李雷", "approval.urge", ref=code)
    assert len(told(world, "王经理", "approval.urged")) == 2
    assert world.refused("王经理", "approval.urge", ref=code).code == "forbidden"


# ---- lists


def test_lists(world: World) -> None:
    first, second = order(world), order(world)

    def listed(person: str, scene: str | None = None) -> list[str]:
        return [item["ref"] for item in world.run(person, "approval.list", scene=scene).facts["items"]]

    assert listed("陈组长") == [first, second]
    assert listed("李雷") == []
    assert listed("李雷", "mine") == [second, first]
    world.run("陈组长", "approval.approve", ref=first)
    assert listed("陈组长") == [second]
    assert listed("陈组长", "done") == [first]
    assert [row["ref"] for row in world.items("李雷", "approvals", approver="陈组长")] == [second]
    (found,) = world.items("周总", "approvals", ref=first)
    assert (found["status"], found["subject"], found["submitter"]["name"]) == ("approved", "order", "李雷")
    assert world.items("韩梅梅", "approvals") == []


def test_every_card_follows_its_approval(world: World) -> None:
    code = order(world, "李雷", ANYONE)
    world.run("陈组长", "approval.approve", ref=code)
    refreshed = world.rows(Outbox, Outbox.kind == "refresh")
    assert {row.person_id for row in refreshed} == {world.person("王经理").id, world.person("陈组长").id}


def test_an_undone_order_leaves_no_card(world: World) -> None:
    code = order(world)
    ident = approval(world, code).id
    world.run("李雷", "undo")
    with world.context("陈组长") as ctx:
        assert approval_card(ctx, ident) is None
    assert not world.rows(Approval)
    assert not world.rows(Order)

"""A company file that says somebody left hands over what waited for him."""

from world import World

from models.company.approval import ApprovalTask
from models.outbox import Outbox


def test_an_approval_that_waits_for_a_leaver_goes_to_his_superior(world: World) -> None:
    lines = [{"product": "显微镜", "quantity": 3, "price": 1200}]
    world.run("李雷", "order.create", ref="西溪基因", lines=lines)
    waiting = world.rows(ApprovalTask, ApprovalTask.status == "waiting")
    assert [task.approver_id for task in waiting] == [world.person("陈组长").id]
    world.load("people: [{name: 陈组长, active: false}]")
    waiting = world.rows(ApprovalTask, ApprovalTask.status == "waiting")
    assert [task.approver_id for task in waiting] == [world.person("王经理").id]


def test_what_was_not_yet_sent_to_a_leaver_stays_here(world: World) -> None:
    world.run("李雷", "order.create", ref="西溪基因", lines=[{"product": "显微镜", "quantity": 3}])
    leaver = world.person("陈组长").id
    (letter,) = world.rows(Outbox, Outbox.person_id == leaver, Outbox.kind == "message")
    assert letter.state == "waiting"
    world.load("people: [{name: 陈组长, active: false}]")
    (letter,) = world.rows(Outbox, Outbox.person_id == leaver, Outbox.kind == "message")
    assert (letter.state, letter.error) == ("cancelled", "收件人已离职")
    heir = world.person("王经理").id
    assert {row.state for row in world.rows(Outbox, Outbox.person_id == heir)} == {"waiting"}

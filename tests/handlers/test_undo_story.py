"""Undo as people meet it: what it brings back, what stands in its way, who hears of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from world import World

from models.customers.customer import Contact, Customer
from models.errors import HaitunError
from models.history import History
from models.outbox import Outbox
from models.sales.lead import Lead


def test_a_claim_is_taken_back_and_leaves_its_trace(world: World) -> None:
    world.run("李雷", "customer.claim", ref="海纳")
    reply = world.run("李雷", "undo")
    assert reply.template == "undone"
    assert reply.facts["what"] == "领取客户"
    customer = world.row(Customer, Customer.name == "上海海纳生物科技有限公司")
    assert customer.owner_id is None
    assert customer.sea_id is not None
    claimed, undone = world.rows(History)
    assert claimed.undone_at is not None
    assert (undone.command, undone.event, undone.ref) == ("undo", "customer.claimed.undone", customer.code)
    assert world.refused("李雷", "undo").code == "not_found"
    world.run("李雷", "customer.claim", ref="海纳")  # neither cool-down nor quota remembers it


def test_a_made_record_goes_unless_something_hangs_on_it(world: World) -> None:
    world.run("李雷", "customer.create", name="嘉兴南湖试剂有限公司")
    world.run("李雷", "undo")
    assert world.rows(Customer, Customer.name == "嘉兴南湖试剂有限公司") == []
    world.run("李雷", "customer.create", name="嘉兴南湖试剂有限公司", contact="金岳", phone="13712340001")
    assert world.rows(Contact)
    world.run("陈组长", "contact.create", ref="南湖试剂", name="沈一石", phone="13712340002")
    refusal = world.refused("李雷", "undo")
    assert refusal.code == "conflict"
    assert "联系人" in refusal.detail
    assert world.rows(Customer, Customer.name == "嘉兴南湖试剂有限公司")


def test_the_customer_of_an_undone_follow_up_is_not_called_deleted(world: World) -> None:
    world.run("李雷", "follow_up.add", ref="西溪", content="电话里谈了明年的采购计划")
    facts = world.run("李雷", "undo").facts
    assert facts["changes"] == ["F000001 已删除"]
    world.run("李雷", "team.add", ref="西溪", person="韩梅梅")
    assert world.run("李雷", "undo").facts["changes"] == ["已恢复原样"]
    world.run("李雷", "order.create", ref="西溪", lines=[{"product": "显微镜", "quantity": 1}])
    assert world.run("李雷", "undo").facts["subject"] == {"code": "SO20261123-0001", "name": ""}


def test_what_can_be_withdrawn_says_how(world: World) -> None:
    world.run("李雷", "order.create", ref="西溪", lines=[{"product": "显微镜", "quantity": 1}])
    world.run("李雷", "approval.withdraw", ref="SO20261123-0001")
    world.run("李雷", "order.update", ref="SO20261123-0001", discount=0.98)
    assert world.refused("李雷", "undo").next_step == "可以说「撤回 SO20261123-0001」"


def test_it_names_who_changed_it_since(world: World) -> None:
    world.run("李雷", "lead.register", name="周航", phone="13712340003")
    (lead,) = world.rows(Lead, Lead.name == "周航")
    world.run("陈组长", "lead.invalidate", ref=lead.code, reason="空号")
    refusal = world.refused("李雷", "undo")
    assert "陈组长" in refusal.detail
    assert "线索无效" in refusal.detail


def test_only_ones_own_last_ten_minutes(world: World) -> None:
    world.run("李雷", "customer.claim", ref="海纳")
    assert world.refused("韩梅梅", "undo").code == "not_found"
    world.later(minutes=11)
    refusal = world.refused("李雷", "undo")
    assert "10 分钟" in refusal.detail
    assert "11 分钟" in refusal.detail


def test_what_cannot_be_undone_says_why_and_does_not_reach_past_itself(world: World) -> None:
    world.run("李雷", "customer.claim", ref="海纳")
    world.run("李雷", "order.create", ref="海纳", lines=[{"product": "显微镜", "quantity": 1}])
    code = world.items("李雷", "orders")[0]["code"]
    world.run("李雷", "approval.urge", ref=code)
    refusal = world.refused("李雷", "undo")
    assert refusal.code == "conflict"
    assert "催办" in refusal.title + refusal.detail


def test_the_button_belongs_to_its_own_command(world: World) -> None:
    world.run("李雷", "customer.claim", ref="海纳")
    first = world.rows(History)[0].walk
    world.run("李雷", "customer.claim", ref="云谷")
    world.run("李雷", "undo", walk=first)
    owners = {row.name: row.owner_id for row in world.rows(Customer)}
    assert owners["上海海纳生物科技有限公司"] is None
    assert owners["苏州云谷医疗器械有限公司"] is not None
    assert "已经撤销" in world.refused("李雷", "undo", walk=first).title
    assert world.refused("韩梅梅", "undo", walk=first).code == "not_found"


def test_a_reply_ties_its_button_to_its_own_walk(world: World) -> None:
    reply = world.run("李雷", "customer.claim", ref="海纳")
    (button,) = [b for b in reply.buttons if b.command == "undo"]
    assert button.args == {"walk": world.rows(History)[-1].walk}
    assert all("walk" not in b.args for b in reply.buttons if b.command != "undo")


def test_who_was_told_is_told(world: World) -> None:
    world.run("陈组长", "customer.transfer", ref="西溪基因", to="韩梅梅")
    told = {row.person_id for row in world.rows(Outbox, Outbox.kind == "message")}
    assert told == {world.person("李雷").id, world.person("韩梅梅").id}
    with world.database.transaction() as db:
        db.exec_driver_sql("update outbox set state = 'sent', sent_at = now()")
    world.run("陈组长", "undo")
    again = world.rows(Outbox, Outbox.topic == "undone")
    assert {row.person_id for row in again} == told
    assert all("陈组长" in row.facts["changes"][0] for row in again)


def test_what_was_not_sent_yet_is_not_sent(world: World) -> None:
    world.run("陈组长", "customer.transfer", ref="西溪基因", to="韩梅梅")
    world.run("陈组长", "undo")
    assert {row.state for row in world.rows(Outbox, Outbox.topic != "card.refresh")} == {"cancelled"}


@pytest.mark.parametrize("name", ["李雷", "周总"])
def test_nothing_done_nothing_undone(world: World, name: str) -> None:
    assert world.refused(name, "undo").code == "not_found"


def test_two_taps_at_once_undo_once(world: World) -> None:
    world.run("李雷", "customer.claim", ref="海纳")
    world.run("李雷", "customer.claim", ref="云谷")

    def tap(_: int) -> str:
        try:
            return world.run("李雷", "undo", walk=walk).template
        except HaitunError as refusal:
            return refusal.title

    walk = world.rows(History)[-1].walk
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(tap, range(4)))
    assert answers.count("undone") == 1
    assert set(answers) == {"undone", "「领取客户」已经撤销过了"}
    assert world.row(Customer, Customer.name == "上海海纳生物科技有限公司").owner_id is not None

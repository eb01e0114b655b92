"""The brief after a claim: why it lay in the sea, what was done, who knows it; names only where the sea tells them."""

from world import World

SAID = "客户认可方案，下周要正式报价和交期"


def left_behind(world: World, who: str, ref: str) -> None:
    """A customer with a past, back in its sea."""
    world.run(who, "contact.create", ref=ref, name="黄蓉", phone="13712340005", title="采购总监")
    for number in range(4):
        world.run(who, "follow_up.add", ref=ref, content=f"第{number}次：{SAID}")
    world.run(who, "order.create", ref=ref, lines=[{"product": "显微镜", "quantity": 1}])
    world.run("陈组长" if who == "李雷" else "王经理", "approval.approve", ref="SO20261123-0001")
    world.run(who, "customer.return", ref=ref, reason="联系不上")


def test_it_tells_what_there_was(world: World) -> None:
    left_behind(world, "李雷", "西溪")
    facts = world.run("韩梅梅", "customer.claim", ref="西溪").facts
    assert facts["returned_reason"] == "李雷退回：联系不上"
    assert [one["content"][:3] for one in facts["follow_ups"]] == ["第3次", "第2次", "第1次"]
    assert facts["follow_ups"][0]["person"] == {"name": "李雷"}
    assert [one["amount"] for one in facts["orders"]] == ["1200.00"]
    assert facts["contacts"] == [{"name": "黄蓉", "title": "采购总监", "phone": "13712340005"}]
    assert facts["known_to"] == [{"name": "李雷"}]
    assert facts["used"] == {"today": 1, "daily_limit": 3, "holding": 2, "holding_limit": 6}


def test_a_sea_that_hides_owners_names_nobody(world: World) -> None:
    left_behind(world, "赵六", "燕山")
    world.load("seas:\n  - {name: 华北公海, members: [华北组, 李雷]}\n")
    reply = world.run("李雷", "customer.claim", ref="燕山")
    assert reply.facts["returned_reason"] == "退回：联系不上"
    assert "赵六" not in str(reply.facts)


def test_of_a_new_one_there_is_nothing(world: World) -> None:
    facts = world.run("李雷", "customer.claim", ref="海纳").facts
    assert not {"returned_reason", "follow_ups", "orders", "contacts", "known_to"} & facts.keys()

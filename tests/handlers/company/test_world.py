"""The small company stands, and its people see of it what is theirs."""

from world import World

from models.customers.customer import Customer


def test_the_company_is_there(world: World) -> None:
    assert len(world.rows(Customer)) == 8
    view = world.items("李雷", "customers", "mine")
    assert [item["name"] for item in view] == ["杭州西溪基因有限公司"]
    world.run("李雷", "customer.claim", ref="海纳")
    assert world.refused("韩梅梅", "customer.claim", ref="海纳").code == "conflict"
    assert {h["event"] for h in world.items("周总", "history")} == {"customer.claimed"}
    assert world.items("李雷", "robots") == []
    assert len(world.items("周总", "robots")) == 2
    assert world.items("周总", "people")
    assert world.items("李雷", "departments")
    assert world.items("王经理", "notices") == []
    assert world.items("周总", "notices")

"""History as it is read: who changed what, and no number of a record that lies in a sea or pool."""

from world import World

from models.customers.customer import Customer


def test_before_and_after_in_plain_words(world: World) -> None:
    world.run("李雷", "customer.claim", ref="海纳")
    (entry,) = world.items("李雷", "history", ref="C000001")
    assert entry["command"] == "customer.claim"
    assert entry["event"] == "customer.claimed"
    assert entry["actor"]["name"] == "李雷"
    assert entry["door"] == "api"
    assert entry["undone_at"] is None
    (change,) = [c for c in entry["changes"] if c["table"] == "customer"]
    assert change["before"]["owner"] is None
    assert change["before"]["sea"] == "华东公海"
    assert change["after"]["owner"]["name"] == "李雷"
    assert change["after"]["sea"] is None


def test_filters_and_the_single_entry(world: World) -> None:
    world.run("李雷", "customer.claim", ref="海纳")
    world.run("韩梅梅", "customer.claim", ref="云谷")
    world.run("李雷", "undo")
    assert len(world.items("周总", "history")) == 3
    assert len(world.items("周总", "history", actor="李雷")) == 2
    assert len(world.items("周总", "history", ref="c000001")) == 2
    (claimed,) = world.items("周总", "history", actor="李雷", ref="C000001")[:1]
    assert claimed["undone_at"] is not None
    assert world.api_view("周总", "history", claimed["code"]) == claimed
    assert world.items("赵六", "history") == []


def test_a_returned_customer_hides_its_phone_from_the_members(world: World) -> None:
    world.run("李雷", "customer.update", ref="西溪基因", phone="13712345678", address="文三路1号")
    world.run("李雷", "customer.return", ref="西溪基因", reason="没预算")
    for person in ("李雷", "韩梅梅", "陈组长"):
        shown = str(world.items(person, "history"))
        assert "13712345678" not in shown, person
        assert "文三路" not in shown, person
        assert "0571-55550004" not in shown, person
    assert "13712345678" in str(world.items("周总", "history"))
    assert "13712345678" in str(world.items("王经理", "history")), "the sea's admin"
    assert "137****5678" in str(world.items("李雷", "history"))


def test_a_removed_record_hides_all(world: World) -> None:
    world.run("李雷", "customer.create", name="嘉兴南湖试剂有限公司", phone="13712345679")
    world.run("李雷", "undo")
    assert world.rows(Customer, Customer.name == "嘉兴南湖试剂有限公司") == []
    assert "13712345679" not in str(world.items("李雷", "history"))
    assert "13712345679" in str(world.items("周总", "history"))


def test_the_clock_has_no_actor(world: World) -> None:
    with world.context(None, door="clock", command="customer.reclaim") as ctx:
        row = world.rows(Customer)[0]
        ctx.save(row, note="到期")
        ctx.record("customer.reclaimed", row)
        ctx.write_history()
    (entry,) = world.items("周总", "history", ref="C000001")
    assert entry["actor"] is None
    assert entry["door"] == "clock"

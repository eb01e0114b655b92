"""A customer who is there already, and one who looks like it: what the rep is told, and what to do."""

from world import World

from models.customers.customer import Customer


def refusal(world: World, who: str, name: str) -> tuple[str, str]:
    found = world.refused(who, "customer.create", name=name)
    assert found.code == "duplicate"
    return found.detail, found.next_step


def test_ones_own_is_not_to_be_claimed(world: World) -> None:
    detail, step = refusal(world, "李雷", "杭州西溪基因有限公司")
    assert "已经由你负责" in detail and "跟进" in step and "领取" not in step


def test_a_colleagues_is_asked_for(world: World) -> None:
    detail, step = refusal(world, "韩梅梅", "杭州西溪基因有限公司")
    assert "由李雷负责" in detail and step == "可以请李雷说：把韩梅梅加到杭州西溪基因有限公司的团队"


def test_one_in_a_sea_is_claimed_by_members_only(world: World) -> None:
    assert refusal(world, "李雷", "上海海纳生物科技有限公司")[1] == "回复「领取 上海海纳生物科技有限公司」领走它"
    detail, step = refusal(world, "赵六", "上海海纳生物科技有限公司")
    assert "领取" not in detail + step


def test_where_owners_are_not_shown_nobody_is_named(world: World) -> None:
    detail, step = refusal(world, "李雷", "北京燕山化工有限公司")
    assert "赵六" not in detail + step


def test_what_looks_alike_is_told(world: World) -> None:
    facts = world.run("李雷", "customer.create", name="西溪基因", contact="金岳", phone="13712340001").facts
    assert facts["notes"] == ["联系人：金岳 13712340001", "看起来相似：杭州西溪基因有限公司（李雷负责·还没有跟进）"]
    assert len(world.rows(Customer, Customer.name.contains("西溪"))) == 2

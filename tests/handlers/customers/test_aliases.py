"""Other names of a customer: it is found by them everywhere, and what is made under one is a duplicate."""

from world import World

from models.errors import Duplicate, NeedsConfirmation


def test_it_is_found_by_all_its_names(world: World) -> None:
    reply = world.run("李雷", "customer.alias", ref="西溪基因", alias="溪客测序")
    assert reply.facts["notes"] == ["简称：溪客测序"]
    assert (world.run("李雷", "customer.show", ref="溪客").result or {})["code"] == "C000006"
    assert (world.run("李雷", "search", q="溪客测序").result or {})["items"][0]["code"] == "C000006"
    assert [i["code"] for i in (world.run("李雷", "check_duplicate", q="溪客测序").result or {})["items"]] == [
        "C000006"
    ]
    assert world.refused("赵六", "customer.show", ref="溪客测序").code == "not_found"


def test_a_whole_other_name_goes_before_a_part_of_a_name(world: World) -> None:
    world.run("李雷", "customer.create", name="溪客测序服务站")
    world.run("李雷", "customer.alias", ref="西溪基因", alias="溪客测序")
    assert (world.run("李雷", "customer.show", ref="溪客测序").result or {})["code"] == "C000006"
    assert world.refused("李雷", "customer.show", ref="溪客").code == "ambiguous"


def test_a_former_name_is_the_same_company_a_short_one_may_be(world: World) -> None:
    world.run("李雷", "customer.alias", ref="西溪基因", alias="杭州溪客测序有限公司", kind="former")
    world.run("李雷", "customer.alias", ref="西溪基因", alias="小溪", kind="品牌")
    assert isinstance(world.refused("韩梅梅", "customer.create", name="杭州溪客测序有限公司"), Duplicate)
    assert isinstance(world.refused("韩梅梅", "customer.create", name="小溪"), NeedsConfirmation)
    assert isinstance(world.refused("李雷", "customer.alias", ref="西溪基因", alias="小溪"), Duplicate)

"""A name that fits several: what a claim can mean is taken, else it is asked how many there are."""

import pytest
from world import World

from models.errors import Ambiguous, Conflict

EAST = "customers: [{name: 上海西溪光电有限公司, sea: 华东公海}]"
LEADS = "leads: [{name: 高峰, phone: '13588881111', company: 嘉兴南湖仪器站, pool: 华东线索池}]"


def test_a_claim_means_the_one_that_is_not_ones_own(world: World) -> None:
    world.load(EAST)
    world.load(LEADS)
    taken = world.run("李雷", "customer.claim", ref="西溪").result
    assert taken and taken["name"] == "上海西溪光电有限公司"
    lead = world.run("李雷", "lead.claim", ref="高峰").result
    assert lead and lead["company"] == "嘉兴南湖仪器站"


def test_of_two_free_ones_it_is_asked_which(world: World) -> None:
    world.load(EAST)
    world.load("customers: [{name: 上海西溪软件有限公司, sea: 华东公海}]")
    asked = world.refused("李雷", "customer.claim", ref="西溪")
    assert isinstance(asked, Ambiguous) and asked.title == "「西溪」有 2 个，请选一个"


def test_of_ones_own_alone_it_is_asked_too(world: World) -> None:
    world.load("customers: [{name: 上海西溪光电有限公司, owner: 李雷}]")
    asked = world.refused("李雷", "customer.claim", ref="西溪")
    assert isinstance(asked, Ambiguous) and asked.title == "「西溪」有 2 个，请选一个"
    assert isinstance(world.refused("李雷", "customer.claim", ref="杭州西溪基因有限公司"), Conflict)


@pytest.mark.parametrize(("more", "said"), [(4, "有 5 个"), (5, "有不止 5 个")])
def test_more_than_are_offered_are_not_counted_as_five(world: World, more: int, said: str) -> None:
    names = [f"{{name: 西溪第{number}实验室, owner: 李雷}}" for number in range(more)]
    world.load(f"customers: [{', '.join(names)}]")
    asked = world.refused("李雷", "customer.show", ref="西溪")
    assert isinstance(asked, Ambiguous) and said in asked.title and len(asked.candidates) == 5

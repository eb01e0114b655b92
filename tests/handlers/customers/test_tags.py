"""Tags: one spelling, once each, given and taken away."""

from typing import Any

import pytest
from world import World

from handlers.customers.tags import added, removed
from models.errors import Conflict, Invalid, Limit

MINE: dict[str, Any] = {"ref": "西溪基因"}


@pytest.mark.parametrize(
    ("present", "said", "then"),
    [([], ["VIP", "华东"], ["VIP", "华东"]), (["VIP"], ["vip", "＃重点"], ["VIP", "重点"]),
     (["a"], ["b", "B", " c  d "], ["a", "b", "c d"]), ([], ["華東"], ["华东"])],
)  # fmt: skip
def test_each_once_in_the_spelling_that_came_first(present: list[str], said: list[str], then: list[str]) -> None:
    assert added(present, said) == then


def test_taken_away_in_any_case() -> None:
    assert removed(["VIP", "华东"], ["vip", "没有"]) == ["华东"]


def test_customers_are_listed_by_a_tag(world: World) -> None:
    tagged = world.run("李雷", "customer.tag", **MINE, tags=["VIP", "华东"]).result or {}
    assert tagged["tags"] == ["VIP", "华东"]
    for said in ("VIP", "vip", "ＶＩＰ"):
        assert (world.run("李雷", "customer.list", tag=said).result or {})["total"] == 1
        assert [item["name"] for item in world.items("李雷", "customers", tag=said)] == ["杭州西溪基因有限公司"]
    left = world.run("李雷", "customer.tag", **MINE, tags=["vip"], remove=True).result or {}
    assert left["tags"] == ["华东"]
    assert (world.run("李雷", "customer.list", tag="VIP").result or {})["total"] == 0


def test_what_changes_nothing_or_is_no_tag_is_refused(world: World) -> None:
    world.run("李雷", "customer.tag", **MINE, tags=["VIP"])
    there = world.refused("李雷", "customer.tag", **MINE, tags=["vip"])
    assert isinstance(there, Conflict) and "VIP" in there.detail
    assert isinstance(world.refused("李雷", "customer.tag", **MINE, tags=["华"], remove=True), Conflict)
    assert isinstance(world.refused("李雷", "customer.tag", **MINE, tags=["长" * 21]), Invalid)
    assert isinstance(world.refused("李雷", "customer.tag", **MINE, tags=[str(n) for n in range(30)]), Limit)

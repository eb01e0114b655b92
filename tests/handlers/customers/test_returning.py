"""A return to a sea or pool: no button that could only be refused, and why what lies there cannot be returned."""

import pytest
from world import World

SEA = ("customer", "海纳生物", "华东公海")
POOL = ("lead", "方敏", "华东线索池")


def shown(world: World, who: str, noun: str, ref: str) -> list[str]:
    return [button.text for button in world.run(who, f"{noun}.show", ref=ref).buttons]


@pytest.mark.parametrize(("noun", "ref", "pool"), [SEA, POOL])
def test_who_returned_it_is_not_offered_to_claim_it(world: World, noun: str, ref: str, pool: str) -> None:
    assert shown(world, "李雷", noun, ref) == ["领取"]
    world.run("李雷", f"{noun}.claim", ref=ref)
    card = world.run("李雷", f"{noun}.return", ref=ref, reason="没预算")
    assert [button.text for button in card.buttons] == ["撤销"]
    assert (shown(world, "李雷", noun, ref), shown(world, "韩梅梅", noun, ref)) == ([], ["领取"])
    world.later(days=31)
    assert shown(world, "李雷", noun, ref) == ["领取"], "the cool-down is over"
    assert shown(world, "周总", noun, ref) == [], "no member"


def test_the_card_says_when_it_can_be_claimed_again(world: World) -> None:
    world.run("李雷", "customer.claim", ref="海纳生物")
    card = world.run("李雷", "customer.return", ref="海纳生物", reason="没预算")
    assert card.facts["again_at"] == "2026-12-23T10:00:00+08:00"


@pytest.mark.parametrize(("noun", "ref", "pool"), [SEA, POOL])
def test_what_lies_in_a_pool_is_not_returned_but_claimed(world: World, noun: str, ref: str, pool: str) -> None:
    code = (world.run("李雷", f"{noun}.show", ref=ref).result or {})["code"]
    free = world.refused("李雷", f"{noun}.return", ref=ref, reason="没预算")
    assert f"已经在{pool}里" in free.title and f"领取 {code}" in free.next_step
    world.run("李雷", f"{noun}.claim", ref=ref)
    world.run("李雷", f"{noun}.return", ref=ref, reason="没预算")
    cooling = world.refused("李雷", f"{noun}.return", ref=ref, reason="没预算")
    assert f"已经在{pool}里" in cooling.title and "2026年12月23日 10:00 之后可以再领" in cooling.next_step


def test_a_pool_whose_admins_assign_offers_no_claim(world: World) -> None:
    assert shown(world, "赵六", "lead", "邓超") == []

"""Many leads to several people at once: the preview first, shares that differ by one at most."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from world import World

from handlers.sales.distributing import DistributeLeads, shares
from models.errors import NeedsConfirmation
from models.sales.lead import Lead


@given(st.integers(1, 60), st.lists(st.integers(0, 20), min_size=1, max_size=8))
def test_shares_are_even_and_whole(count: int, loads: list[int]) -> None:
    dealt = shares(range(count), dict(enumerate(loads)))
    sizes = [len(dealt[person]) for person in sorted(dealt, key=lambda person: loads[person])]
    assert max(sizes) - min(sizes) <= 1 and sizes == sorted(sizes, reverse=True), "more for whoever has fewer"
    assert sorted(lead for own in dealt.values() for lead in own) == list(range(count))


def test_the_oldest_of_a_pool_after_a_look_at_the_plan(world: World) -> None:
    for number in range(5):
        world.run("王经理", "lead.register", name=f"池中{number}", pool="华东线索池")
        world.later(minutes=1)
    asked: dict[str, Any] = {"pool": "华东线索池", "count": 4, "people": "李雷、韩梅梅"}
    plan = world.refused("王经理", "lead.distribute", **asked)
    assert isinstance(plan, NeedsConfirmation)
    assert [draft["title"] for draft in plan.card["drafts"]] == ["韩梅梅 2 条", "李雷 2 条"]
    assert not world.rows(Lead, Lead.name.startswith("池中"), Lead.owner_id.is_not(None)), "nothing is done before"
    world.run("王经理", "lead.assign", ref="方敏", to="李雷")
    again = world.refused("王经理", "lead.distribute", **asked)
    assert isinstance(again, NeedsConfirmation) and again.confirm != plan.confirm, "another situation is shown again"
    reply = world.run("王经理", "lead.distribute", confirmed=again.confirm, **asked)
    assert reply.result and reply.result["total"] == 4
    owned = world.rows(Lead, Lead.name.startswith("池中"), Lead.owner_id.is_not(None))
    assert [row.name for row in owned] == ["池中0", "池中1", "池中2", "池中3"]
    world.run("王经理", "undo")
    assert not world.rows(Lead, Lead.name.startswith("池中"), Lead.owner_id.is_not(None))


def test_names_are_told_apart() -> None:
    read = DistributeLeads.model_validate
    assert read({"people": "李雷、赵六和李和平"}).people == ["李雷", "赵六", "李和平"]
    assert read({"people": ["李和平"]}).people == ["李和平"]


def test_only_by_whoever_may_assign_them(world: World) -> None:
    denied = world.refused("韩梅梅", "lead.distribute", pool="华东线索池", count=2, people=["李雷"])
    assert "不是它的管理员" in denied.detail
    assert world.refused("王经理", "lead.distribute", people=["李雷"]).code == "missing_argument"

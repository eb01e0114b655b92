"""Returns with a counted reason and their guards; moves from sea to sea and from pool to pool."""

import pytest
from world import World

from models.customers.customer import Customer, TeamMember
from models.customers.return_reason import reason_of, shown
from models.errors import Conflict, Forbidden
from models.history import History
from models.outbox import Outbox
from models.sales.lead import Lead


@pytest.mark.parametrize(
    ("said", "reason", "note"),
    [
        ("联系不上", "联系不上", ""),
        ("打了三次都是空号", "联系不上", "打了三次都是空号"),
        ("没预算", "预算不足", "没预算"),
        ("竞品已签", "已选竞品", "竞品已签"),
        ("其他，老板换人了", "其他", "老板换人了"),
        ("客户说不需要", "无需求", "客户说不需要"),
        ("在外地", "区域不符", "在外地"),
        ("太远", "其他", "太远"),
    ],
)
def test_free_words_are_counted_and_kept(said: str, reason: str, note: str) -> None:
    assert reason_of(said) == (reason, note)
    assert shown(said) == (f"{reason}（{note}）" if note else reason)


def test_history_counts_the_reason_and_keeps_the_words(world: World) -> None:
    reply = world.run("李雷", "customer.return", ref="西溪", reason="老板说没钱")
    assert reply.facts["reason"] == "预算不足（老板说没钱）"
    entry = world.row(History, History.event == "customer.returned")
    assert entry.facts == {"reason": "预算不足", "note": "老板说没钱"}


def test_too_many_returns_without_work_reach_the_superior_once_a_week(world: World) -> None:
    world.load("claims: {returns_alert: 1}\n")
    for name in ("海纳", "云谷", "东港"):
        world.run("李雷", "customer.claim", ref=name)
    world.run("李雷", "follow_up.add", ref="海纳", content="客户认可方案，下周要正式报价和交期")
    world.run("李雷", "customer.return", ref="海纳", reason="没预算")
    world.run("李雷", "customer.return", ref="云谷", reason="没预算")
    assert not world.rows(Outbox, Outbox.topic == "customer.returns_idle")
    world.run("李雷", "customer.return", ref="东港", reason="没预算")
    world.run("李雷", "customer.return", ref="西溪", reason="没预算")
    told = world.row(Outbox, Outbox.topic == "customer.returns_idle")
    assert told.person_id == world.person("陈组长").id
    assert "退回 2 个客户" in told.facts["texts"][0]


def test_a_move_keeps_the_time_of_entering(world: World) -> None:
    before = world.row(Customer, Customer.name.contains("海纳"))
    world.later(hours=3)
    reply = world.run("王经理", "customer.move_sea", ref="海纳", sea="华北公海")
    after = world.row(Customer, Customer.id == before.id)
    assert reply.result and reply.result["sea"] == reply.result["home_sea"] == "华北公海"
    assert after.entered_sea_at == before.entered_sea_at
    world.run("王经理", "customer.move_sea", ref="海纳", sea="华东公海", reset=True)
    assert world.row(Customer, Customer.id == before.id).entered_sea_at == world.now


def test_a_move_needs_a_right_to_both_seas(world: World) -> None:
    member = world.refused("李雷", "customer.move_sea", ref="海纳", sea="华北公海")
    assert isinstance(member, Forbidden)
    world.load("seas:\n  - {name: 华北公海, admins: []}\n")
    stranger = world.refused("王经理", "customer.move_sea", ref="海纳", sea="华北公海")
    assert "你不是华北公海的成员" in stranger.title
    owned = world.refused("周总", "customer.move_sea", ref="西溪", sea="华北公海")
    assert isinstance(owned, Conflict)
    assert "退回客户 C000006 到华北公海" in owned.next_step


def test_several_move_together_or_not_at_all(world: World) -> None:
    world.refused("王经理", "customer.move_sea", refs=["海纳", "渤海"], sea="华北公海")
    assert world.row(Customer, Customer.name.contains("海纳")).sea_id == 1
    reply = world.run("王经理", "customer.move_sea", refs=["海纳", "云谷"], sea="华北公海")
    assert reply.facts["title"] == "2 个客户已转到华北公海"
    world.run("王经理", "undo")
    assert world.row(Customer, Customer.name.contains("云谷")).sea_id == 1


def test_leads_move_as_well(world: World) -> None:
    world.run("王经理", "lead.move_pool", ref="方敏", pool="华北线索池")
    assert world.row(Lead, Lead.name == "方敏").home_pool_id == 2
    assert isinstance(world.refused("周总", "lead.move_pool", ref="高峰", pool="华北线索池"), Conflict)


@pytest.mark.parametrize(
    ("clearance", "left"),
    [
        (None, {"韩梅梅": "read", "赵六": "read"}),
        ("keep_team", {"韩梅梅": "read_write", "赵六": "read"}),
        ("remove_team", {}),
    ],
)
def test_the_sea_says_what_becomes_of_the_team(world: World, clearance: str | None, left: dict[str, str]) -> None:
    if clearance is not None:
        world.load(f"seas:\n  - {{name: 华东公海, clearance: {clearance}}}\n")
    world.run("李雷", "team.add", ref="西溪", person="韩梅梅", access="read_write")
    world.run("李雷", "team.add", ref="西溪", person="赵六", access="read")
    world.run("李雷", "customer.return", ref="西溪", reason="没预算")
    found = {row.person_id: row.access for row in world.rows(TeamMember)}
    assert found == {world.person(name).id: access for name, access in left.items()}
    world.run("李雷", "undo")
    assert sorted(row.access for row in world.rows(TeamMember)) == ["read", "read_write"]

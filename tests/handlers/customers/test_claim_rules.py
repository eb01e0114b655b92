"""The rules of a sea at work: read from the ledger, and only where they are switched on."""

from typing import Any

import pytest
from world import World

from handlers.customers import claim_facts
from handlers.customers.leaving import held_with, to_sea
from models.customers.customer import Customer
from models.errors import CompanyFileError, Conflict, Forbidden, Limit
from models.history import History
from models.sales.lead import Lead
from models.statement import Statement


def rules(world: World, **keys: Any) -> None:
    """More of the eastern sea."""
    said = ", ".join(f"{name}: {value}" for name, value in keys.items())
    world.load(f"seas:\n  - {{name: 华东公海, {said}}}\n")


def reclaim(world: World, name: str) -> None:
    """As the clock would: the ledger says why, and the row lies in its sea."""
    row = world.row(Customer, Customer.name.contains(name))
    with world.context(None, door="clock", command="customer.reclaim") as ctx:
        to_sea(ctx, row, row.home_sea_id or 0, out="reclaim", note="", held=held_with(ctx, [row.id])[row.id])


def test_the_old_team_comes_first_after_a_reclaim_alone(world: World) -> None:
    rules(world, priority_mode="previous_team_first", priority_hours=9, members="[华东组, 华北组]")
    world.run("李雷", "customer.return", ref="西溪", reason="没预算")
    world.run("赵六", "customer.claim", ref="西溪")
    reclaim(world, "紫金")
    refused = world.refused("赵六", "customer.claim", ref="紫金")
    assert isinstance(refused, Limit)
    assert "只有原负责人所在的华东组可以领取" in refused.detail
    assert "11月24日 10:00" in refused.next_step
    world.later(hours=24)
    world.run("赵六", "customer.claim", ref="紫金")


def test_the_previous_owner_may_have_his_last_chance(world: World) -> None:
    rules(world, priority_mode="previous_owner_first")
    reclaim(world, "紫金")
    assert "原负责人韩梅梅" in world.refused("李雷", "customer.claim", ref="紫金").detail
    world.run("韩梅梅", "customer.claim", ref="紫金")


def test_a_friend_cannot_hold_it_for_one(world: World) -> None:
    world.run("李雷", "customer.claim", ref="海纳")
    world.run("李雷", "customer.transfer", ref="海纳", to="韩梅梅")
    world.run("李雷", "customer.transfer", ref="西溪", to="韩梅梅")
    world.run("韩梅梅", "customer.return", ref="紫金", reason="没预算")
    rules(world, proxy_ban="true", cooldown_hours=12)
    refused = world.refused("李雷", "customer.claim", ref="紫金")
    assert "12 小时内你和韩梅梅互相转移过 2 次" in refused.detail
    assert "22:00" in refused.next_step
    world.later(hours=12)
    world.run("李雷", "customer.claim", ref="紫金")


def test_hours_after_entering_and_minutes_between(world: World) -> None:
    rules(world, fresh_hold_hours=2, claim_gap_minutes=30)
    assert "刚进华东公海" in world.refused("李雷", "customer.claim", ref="海纳").title
    world.later(hours=2)
    world.run("李雷", "customer.claim", ref="海纳")
    assert "要隔 30 分钟" in world.refused("李雷", "customer.claim", ref="云谷").detail
    world.run("韩梅梅", "customer.claim", ref="云谷")


def test_a_level_has_a_limit_of_its_own(world: World) -> None:
    rules(world, level_limits="{A: 1}")
    for name in ("海纳", "云谷"):
        world.run("周总", "customer.update", ref=name, level="A")
    world.run("李雷", "customer.claim", ref="海纳")
    assert "A 级最多同时负责 1 个，现在有 1 个" in world.refused("李雷", "customer.claim", ref="云谷").detail
    world.run("李雷", "customer.claim", ref="东港")


@pytest.mark.parametrize(
    ("excludes", "is_refused"), [("[won]", True), ("[assigned]", False), ("[followed]", False), ("[protected]", True)]
)
def test_what_counts_is_the_seas_choice(world: World, excludes: str, is_refused: bool) -> None:
    rules(world, holding_limit=2, holding_excludes=excludes)
    world.run("王经理", "customer.assign", ref="海纳", to="李雷")
    world.run("李雷", "follow_up.add", ref="海纳", content="客户认可方案，下周要正式报价和交期")
    if is_refused:
        assert "现在有 2 个" in world.refused("李雷", "customer.claim", ref="云谷").detail
    else:
        world.run("李雷", "customer.claim", ref="云谷")


def test_limits_over_all_seas_and_pools(world: World) -> None:
    world.load(
        "claims: {daily_limit: 5, limits: [{person: 李雷, daily_limit: 1}, {department: 华东组, holding_limit: 2}]}"
    )
    world.run("李雷", "customer.claim", ref="海纳")
    assert "各处合计每天最多领 1 个" in world.refused("李雷", "customer.claim", ref="云谷").detail
    world.run("李雷", "lead.claim", ref="方敏")
    world.later(days=1)
    assert "各处合计最多同时负责 2 个，现在有 2 个" in world.refused("李雷", "customer.claim", ref="云谷").detail


def test_a_hidden_sea_is_its_admins_alone(world: World) -> None:
    rules(world, visibility="hidden_assign_only")
    assert world.refused("李雷", "customer.claim", ref="海纳").status == 404
    assert world.items("李雷", "customers", "sea") == []
    denied = world.refused("王经理", "customer.claim", ref="海纳")
    assert isinstance(denied, Forbidden)
    assert "由管理员分配" in denied.detail
    world.run("王经理", "customer.assign", ref="海纳", to="李雷")


def test_a_frozen_one_is_not_claimed_but_may_be_assigned(world: World) -> None:
    world.run("周总", "customer.freeze", ref="海纳", reason="勿扰")
    refused = world.refused("李雷", "customer.claim", ref="海纳")
    assert isinstance(refused, Conflict)
    assert "客户要求不要联系" in refused.detail
    world.run("周总", "customer.unfreeze", ref="海纳")
    world.run("李雷", "customer.claim", ref="海纳")


def test_an_assignment_in_the_cooldown_is_kept_in_history(world: World) -> None:
    world.run("李雷", "customer.return", ref="西溪", reason="没预算")
    world.run("王经理", "customer.assign", ref="西溪", to="李雷")
    (entry,) = world.rows(History, History.event == "customer.assigned")
    assert entry.facts["cooldown_until"].startswith("2026-12-23T10:00")


def test_a_plain_claim_asks_for_nothing_that_no_rule_needs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Statement] = []
    first = Statement.first

    def noted(self: Statement, db: Any, values: Any) -> Any:
        asked.append(self)
        return first(self, db, values)

    monkeypatch.setattr(Statement, "first", noted)
    world.run("李雷", "customer.claim", ref="海纳")
    assert not {claim_facts._LAST_OUT, claim_facts._PROXY} & set(asked)
    rules(world, priority_mode="creator_first", proxy_ban="true")
    world.run("李雷", "customer.claim", ref="云谷")
    assert {claim_facts._LAST_OUT, claim_facts._PROXY} <= set(asked)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("seas:\n  - {name: 华东公海, priority_mode: 谁先}", "priority_mode"),
        ("seas:\n  - {name: 华东公海, level_limits: {E: 3}}", "E"),
        ("lead_pools:\n  - {name: 华东线索池, visibility: 看不见}", "visibility"),
        ("lead_pools:\n  - {name: 华东线索池, level_limits: {A: 3}}", "level_limits"),
        ("claims:\n  limits: [{person: 没有的人, daily_limit: 3}]", "没有的人"),
        ("claims:\n  limits: [{daily_limit: 3}]", "person、role、department"),
    ],
)
def test_a_wrong_key_names_its_line(world: World, line: str, named: str) -> None:
    with pytest.raises(CompanyFileError, match=named) as wrong:
        world.load(line)
    assert wrong.value.line == 2


def test_leads_obey_the_same_rules(world: World) -> None:
    world.load("lead_pools:\n  - {name: 华东线索池, fresh_hold_hours: 2, holding_limit: 2}\n")
    assert "刚进华东线索池" in world.refused("李雷", "lead.claim", ref="方敏").title
    world.later(hours=2)
    world.run("李雷", "lead.claim", ref="方敏")
    world.run("王经理", "lead.register", name="邱枫", phone="13588880009", pool="华东线索池")
    world.later(hours=2)
    assert "现在有 2 个" in world.refused("李雷", "lead.claim", ref="邱枫").detail
    assert world.row(Lead, Lead.name == "方敏").owner_id == world.person("李雷").id

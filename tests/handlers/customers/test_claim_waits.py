"""Who may claim first, who must wait, and how many: each check at its limit, in the order of domain.md E.1.3."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from world import ZONE

from handlers.customers.claim import Claim, Proxy, Standing, Window
from handlers.customers.claim_waits import Reclaimed, window
from handlers.customers.claiming import lasting_refusal, refusal
from models.company.calendar import Calendar, WorkingTime
from models.company.claim_rules import ClaimRules, Claims, OwnLimits, Priority
from models.errors import Conflict, Limit

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)  # Monday, 10:00 in Shanghai
RULES = ClaimRules(cooldown_days=30, priority_hours=9, fresh_hold_hours=2, claim_gap_minutes=10, holding_limit=5)
FREE = Claim(
    what="海豚科技", pool="华东公海", is_enabled=True, is_member=True, is_pooled=True, is_mine=False, owner="",
    standing=Standing(), rules=RULES, now=NOW, zone=ZONE, again="领取 C000001",
)  # fmt: skip
THEIRS = Window(NOW + timedelta(hours=1), "原负责人所在的华东组", is_for_actor=False)
COLLEAGUE = Proxy("韩梅梅", NOW - timedelta(days=1), 2)
HELD: dict[str, dict[str, Any]] = {
    "frozen": {"frozen": "法务保留"},
    "window": {"window": THEIRS},
    "left": {"standing": Standing(left_at=NOW - timedelta(days=1))},
    "proxy": {"proxy": COLLEAGUE},
    "fresh": {"entered_at": NOW - timedelta(hours=1)},
    "daily": {"standing": Standing(claimed_today=20)},
    "daily_all": {"standing": Standing(claimed_all=30), "daily_all": 30},
    "holding": {"standing": Standing(holding=5)},
    "level": {"standing": Standing(holding_level=2), "level_limit": 2, "level": "A"},
    "holding_all": {"standing": Standing(holding_all=50), "holding_all": 50},
    "gap": {"standing": Standing(claimed_at=NOW - timedelta(minutes=9))},
}


@pytest.mark.parametrize(
    ("held", "detail", "next_step"),
    [
        ("frozen", "法务保留，解冻之前不能领取", "请联系管理员解冻，之后说：领取 C000001"),
        ("window", "自动回收后 9 个工作小时内只有原负责人所在的华东组可以领取", "11月23日 11:00 之后"),
        ("left", "离开你之后 30 天内不能再领取", "2026年12月22日 10:00 之后"),
        ("proxy", "30 天内你和韩梅梅互相转移过 2 次，离开韩梅梅之后你也要等", "2026年12月22日 10:00 之后"),
        ("fresh", "进入华东公海后 2 小时内不能领取", "11月23日 11:00 之后"),
        ("daily", "每人每天最多领 20 个，今天已领 20 个", "11月24日 00:00 之后"),
        ("daily_all", "各处合计每天最多领 30 个，今天已领 30 个", "11月24日 00:00 之后"),
        ("holding", "最多同时负责 5 个，现在有 5 个", "退回或成交一个之后"),
        ("level", "A 级最多同时负责 2 个，现在有 2 个", "退回或成交一个之后"),
        ("holding_all", "各处合计最多同时负责 50 个，现在有 50 个", "退回或成交一个之后"),
        ("gap", "两次领取要隔 10 分钟，上一次是 09:51", "11月23日 10:01 之后"),
    ],
)
def test_each_says_the_rule_the_number_and_when_it_ends(held: str, detail: str, next_step: str) -> None:
    found = refusal(replace(FREE, **HELD[held]))
    assert found is not None
    assert found.detail == detail
    assert found.next_step.startswith(next_step)
    assert found.next_step.endswith("领取 C000001")


def test_the_first_in_order_is_the_answer() -> None:
    given: dict[str, Any] = {}
    numbers: dict[str, Any] = {}
    details: list[str] = []
    for held in reversed(HELD.values()):
        numbers |= {n: v for n, v in vars(held.get("standing", Standing())).items() if v != getattr(Standing(), n)}
        given |= {**held, "standing": Standing(**numbers)}
        found = refusal(replace(FREE, **given))
        assert found is not None
        details.append(found.detail)
    assert len(set(details)) == len(HELD)


@pytest.mark.parametrize(
    "given",
    [
        {"window": replace(THEIRS, until=NOW)},
        {"window": replace(THEIRS, is_for_actor=True)},
        {"proxy": replace(COLLEAGUE, left_at=NOW - timedelta(days=30))},
        {"entered_at": NOW - timedelta(hours=2)},
        {"standing": Standing(claimed_all=29), "daily_all": 30},
        {"standing": Standing(holding_all=49), "holding_all": 50},
        {"standing": Standing(holding_level=1), "level_limit": 2},
        {"standing": Standing(claimed_at=NOW - timedelta(minutes=10))},
    ],
)
def test_up_to_its_limit_nothing_forbids(given: dict[str, Any]) -> None:
    assert refusal(replace(FREE, **given)) is None


def test_the_last_chance_lifts_the_cooldown_only_within_its_window() -> None:
    own = Window(NOW + timedelta(hours=1), "原负责人李雷", is_for_actor=True, lifts_cooldown=True)
    claim = replace(FREE, window=own, standing=Standing(left_at=NOW - timedelta(hours=1)))
    assert refusal(claim) is None
    assert isinstance(refusal(replace(claim, window=replace(own, until=NOW))), Limit)
    assert isinstance(refusal(replace(claim, window=replace(own, is_for_actor=False))), Limit)


def test_what_is_undecided_is_not_claimed() -> None:
    assert isinstance(refusal(replace(FREE, standing=Standing(in_approval=True))), Conflict)


def test_what_only_today_forbids_does_not_last() -> None:
    assert lasting_refusal(replace(FREE, **HELD["daily"])) is None
    assert lasting_refusal(replace(FREE, **HELD["fresh"])) is not None


GONE = Reclaimed(NOW, 7, "李雷", 3, "华东组", 9, "周航")
WORKING = WorkingTime(Calendar(), ZONE)


@pytest.mark.parametrize(
    ("mode", "first", "favoured"),
    [
        ("previous_team_first", "原负责人所在的华东组", (8, 3)),
        ("creator_first", "创建人周航", (9, 4)),
        ("previous_owner_first", "原负责人李雷", (7, 3)),
    ],
)
def test_who_is_first(mode: Priority, first: str, favoured: tuple[int, int]) -> None:
    rules = ClaimRules(priority_mode=mode, priority_hours=9)
    found = window(rules, GONE, *favoured, WORKING)
    assert found is not None
    assert (found.first, found.is_for_actor) == (first, True)
    assert found.until.astimezone(ZONE).isoformat() == "2026-11-24T10:00:00+08:00", "9 working hours are a day"
    other = window(rules, GONE, 99, 99, WORKING)
    assert other is not None
    assert not other.is_for_actor


def test_without_anybody_to_be_first_there_is_no_window() -> None:
    assert window(ClaimRules(), GONE, 8, 3, WORKING) is None
    own = replace(GONE, creator_id=7)
    assert window(ClaimRules(priority_mode="creator_first"), own, 8, 3, WORKING) is None


def test_the_narrowest_limit_that_is_stated_holds() -> None:
    claims = Claims(
        daily_limit=10, holding_limit=100,
        limits=(
            OwnLimits(role="staff", holding_limit=60), OwnLimits(department=3, daily_limit=8, holding_limit=70),
            OwnLimits(department=1, daily_limit=9), OwnLimits(person=7, daily_limit=None),
            OwnLimits(person=8, daily_limit=2, noun="lead"),
        ),
    )  # fmt: skip
    assert claims.of("customer", 5, "staff", [3, 1]) == (8, 60)
    assert claims.of("customer", 5, "dept_manager", [1]) == (9, 100)
    assert claims.of("customer", 7, "staff", [3, 1]) == (None, 60), "null is no limit"
    assert claims.of("customer", 8, "admin", []) == (10, 100)
    assert claims.of("lead", 8, "admin", []) == (2, 100)

"""May this person claim it: each rule forbids at its limit and not before, and the first of them is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from world import ZONE

from handlers.customers.claim import Claim, Standing
from handlers.customers.claiming import refusal
from models.company.pool_rules import PoolRules
from models.errors import Conflict, Forbidden, Limit

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
RULES = PoolRules(holding_limit=5, daily_claim_limit=3, cooldown_days=30)
FREE = Claim(
    what="海豚科技", pool="华东公海", is_enabled=True, is_member=True, is_pooled=True, is_mine=False, owner="",
    standing=Standing(), rules=RULES, now=NOW, zone=ZONE,
)  # fmt: skip


@pytest.mark.parametrize(
    "standing",
    [
        Standing(left_at=NOW - timedelta(days=30)),
        Standing(claimed_today=2),
        Standing(holding=4),
    ],
)
def test_up_to_every_limit_it_may_be_claimed(standing: Standing) -> None:
    assert refusal(replace(FREE, standing=standing)) is None


@pytest.mark.parametrize(
    ("standing", "detail"),
    [
        (Standing(left_at=NOW - timedelta(days=30) + timedelta(seconds=1)), "离开你之后 30 天内不能再领取"),
        (Standing(claimed_today=3), "每人每天最多领 3 个，今天已领 3 个"),
        (Standing(holding=5), "最多同时负责 5 个，现在有 5 个"),
    ],
)
def test_at_a_limit_it_says_the_limit_and_the_number_now(standing: Standing, detail: str) -> None:
    found = refusal(replace(FREE, standing=standing))
    assert isinstance(found, Limit)
    assert found.detail == detail


def test_a_limit_that_is_not_set_forbids_nothing() -> None:
    rules = PoolRules(holding_limit=None, daily_claim_limit=None, cooldown_days=0)
    standing = Standing(left_at=NOW, claimed_today=999, holding=999)
    assert refusal(replace(FREE, standing=standing, rules=rules)) is None


def test_it_says_when_the_cooling_ends() -> None:
    found = refusal(replace(FREE, standing=Standing(left_at=NOW - timedelta(days=1))))
    assert found is not None
    assert found.next_step == "2026年12月22日 10:00 之后可以再领"


@pytest.mark.parametrize(
    ("given", "kind", "title"),
    [
        ({"is_enabled": False, "is_member": False}, Forbidden, "华东公海已停用"),
        ({"is_member": False, "standing": Standing(claimed_today=3)}, Forbidden, "你不是华东公海的成员"),
        ({"is_pooled": False, "is_mine": True, "owner": "李雷"}, Conflict, "海豚科技 已经由你负责"),
        ({"is_pooled": False, "is_member": False, "owner": "李雷"}, Conflict, "海豚科技 已由李雷领取"),
        ({"is_pooled": False, "standing": Standing(holding=5)}, Conflict, "海豚科技 已被同事领取"),
    ],
)
def test_what_cannot_be_helped_is_told_before_any_limit(given: dict[str, Any], kind: type, title: str) -> None:
    found = refusal(replace(FREE, **given))
    assert found is not None
    assert (type(found), found.title) == (kind, title)

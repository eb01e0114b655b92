"""Claiming leads from a pool: one winner, limits that hold, a result per lead."""

import contextlib
import threading
from datetime import timedelta

from world import World

from models.customers.ownership import Ownership
from models.errors import Conflict, Forbidden, HaitunError, Limit
from models.outbox import Outbox
from models.sales.lead import Lead


def fill(world: World, count: int) -> list[str]:
    """Leads into the eastern pool, oldest first."""
    codes = []
    for number in range(count):
        world.later(minutes=1)
        made = world.run(
            "王经理", "lead.register", name=f"池中{number}", phone=f"1360000{number:04}", pool="华东线索池"
        )
        codes.append(str((made.result or {})["code"]))
    return codes


def test_claim_one(world: World) -> None:
    reply = world.run("李雷", "lead.claim", ref="方敏")
    assert reply.result and reply.result["owner"]["name"] == "李雷" and reply.result["status"] == "pending"
    assert reply.result["phone"] == "13588880001", "shown once it is his"
    assert reply.result["reclaim_at"] == "2026-12-01T02:00:00+08:00"
    late = world.refused("韩梅梅", "lead.claim", ref="方敏")
    assert isinstance(late, Conflict) and "李雷" in late.title
    again = world.refused("李雷", "lead.claim", ref="方敏")
    assert "已经由你负责" in again.title
    assert [row.topic for row in world.rows(Outbox)] == ["lead.claimed"]


def test_who_may_not_claim(world: World) -> None:
    assert world.refused("李雷", "lead.claim", ref="邓超").status == 404, "another pool's lead does not exist for him"
    closed = world.refused("赵六", "lead.claim", ref="邓超")
    assert isinstance(closed, Forbidden) and "不能自行领取" in closed.title
    outsider = world.refused("王经理", "lead.claim", ref="方敏")
    assert isinstance(outsider, Forbidden) and "不是华东线索池的成员" in outsider.title
    assert world.refused("李雷", "lead.claim").code == "missing_argument"


def test_several_oldest_first_with_a_result_each(world: World) -> None:
    codes = fill(world, 5)
    first = world.run("李雷", "lead.claim", count=3, pool="华东线索池").result
    assert first and [item["name"] for item in first["items"]] == ["方敏", "池中0", "池中1"]
    rest = world.run("李雷", "lead.claim", count=3)
    assert rest.result and [item["code"] for item in rest.result["items"]] == codes[2:3]
    assert [item["ok"] for item in rest.result["results"]] == [True, False, False]
    assert rest.facts["notes"] == [
        "要 3 条，领到 1 条：每人每天最多领 4 个，今天已领 4 个",
        "11月24日 00:00 之后可以再领",
    ]
    refused = world.refused("李雷", "lead.claim", count=1)
    assert isinstance(refused, Limit) and "今天已领 4 个" in refused.detail and "00:00" in refused.next_step
    world.later(days=1)
    last = world.run("李雷", "lead.claim", count=9).facts
    assert last["total"] == 2, "a new day, and all that is left"
    assert last["notes"][0] == "要 9 条，领到 2 条：华东线索池现在有 0 条待领取"
    assert "0 条待领取" in world.refused("李雷", "lead.claim", count=1).detail


def test_the_returner_waits(world: World) -> None:
    world.run("李雷", "lead.claim", ref="方敏")
    world.run("李雷", "lead.return", ref="方敏", reason="空号")
    refused = world.refused("李雷", "lead.claim", ref="方敏")
    assert isinstance(refused, Limit) and "30 天" in refused.detail and "2026年12月23日" in refused.next_step
    assert "冷却期" in world.refused("李雷", "lead.claim", count=1).detail
    world.run("韩梅梅", "lead.claim", ref="方敏")


def test_many_at_once_have_one_owner_each_and_keep_their_limits(world: World) -> None:
    fill(world, 6)

    def claim(person: str) -> None:
        with contextlib.suppress(HaitunError):
            world.run(person, "lead.claim", count=2)

    threads = [threading.Thread(target=claim, args=(name,)) for name in ["李雷", "韩梅梅"] * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    today = Ownership.started_at > world.now - timedelta(hours=1)
    claims = world.rows(Ownership, Ownership.how == "claim", today)
    assert len({claim.record_id for claim in claims}) == len(claims)
    for name in ("李雷", "韩梅梅"):
        assert sum(claim.owner_id == world.person(name).id for claim in claims) <= 4
    owned = world.rows(Lead, Lead.status == "pending", Lead.name.startswith("池中"))
    assert all(lead.owner_id is not None and lead.pool_id is None for lead in owned)

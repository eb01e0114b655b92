"""A lead's six states: who may move it where, and who hears."""

from typing import Any

from world import World

from models.customers.activity import Todo
from models.customers.ownership import Ownership
from models.errors import Conflict, Duplicate, Forbidden, NotFound
from models.outbox import Outbox
from models.sales.lead import Lead


def status(world: World, name: str) -> str:
    return world.row(Lead, Lead.name == name).status


def told(world: World, topic: str) -> set[str]:
    """Who got a message about this."""
    names = {world.person(name).id: name for name in ("李雷", "韩梅梅", "王经理", "赵六", "陈组长")}
    rows = world.rows(Outbox, Outbox.topic == topic, Outbox.kind == "message")
    return {names[row.person_id] for row in rows if row.person_id is not None}


def test_assigned_by_the_pools_admin(world: World) -> None:
    reply = world.run("王经理", "lead.assign", ref="方敏", to="韩梅梅")
    assert reply.result and reply.result["owner"]["name"] == "韩梅梅" and status(world, "方敏") == "pending"
    assert told(world, "lead.assigned") == {"韩梅梅"}
    assert world.row(Ownership, Ownership.how == "assign").owner_id == world.person("韩梅梅").id
    assert isinstance(world.refused("王经理", "lead.assign", ref="方敏", to="韩梅梅"), Conflict)
    assert isinstance(world.refused("李雷", "lead.assign", ref="方敏", to="李雷"), NotFound)
    world.run("王经理", "lead.assign", ref="方敏", to="李雷")
    assert told(world, "lead.transferred") == {"韩梅梅"} and told(world, "lead.assigned") == {"韩梅梅", "李雷"}


def test_a_member_may_see_but_not_assign(world: World) -> None:
    refused = world.refused("李雷", "lead.assign", ref="方敏", to="李雷")
    assert isinstance(refused, Forbidden)
    several = world.run("王经理", "lead.assign", refs=["方敏", "邓超"], to="赵六").result
    assert several and {item["owner"]["name"] for item in several["items"]} == {"赵六"}
    (one,) = world.rows(Outbox, Outbox.topic == "lead.assigned")
    assert len(one.facts["items"]) == 2, "one message for the batch"


def test_returned_with_a_reason(world: World) -> None:
    world.run("李雷", "todo.create", title="给高峰打电话", due_at="2026-11-24T10:00", ref="高峰")
    assert world.refused("李雷", "lead.return", ref="高峰").code == "missing_argument"
    reply = world.run("李雷", "lead.return", ref="高峰", reason="空号")
    assert reply.result and reply.result["pool"] == "华东线索池" and reply.result["owner"] is None
    assert reply.result["reason"] == "空号" and reply.result["reclaim_at"] is None
    assert world.row(Todo).status == "cancelled"
    period = world.row(Ownership, Ownership.noun == "lead", Ownership.owner_id == world.person("李雷").id)
    assert period.reason_out == "return" and period.note_out == "空号"
    assert "已经在华东线索池里" in world.refused("王经理", "lead.return", ref="高峰", reason="再退").title
    assert world.refused("韩梅梅", "lead.return", ref="罗兰", reason="不是我的").status == 404


def test_his_superior_returns_it_and_he_hears(world: World) -> None:
    world.run("王经理", "lead.return", ref="高峰", reason="区域不符", pool="华北线索池")
    assert told(world, "lead.returned") == {"李雷"}
    (row,) = world.rows(Outbox, Outbox.topic == "lead.returned", Outbox.kind == "message")
    assert row.facts["reason"] == "区域不符" and "13588880003" not in str(row.facts)


def test_invalid_for_now_and_back(world: World) -> None:
    world.run("李雷", "lead.invalidate", ref="高峰", reason="打不通")
    lead = world.row(Lead, Lead.name == "高峰")
    assert lead.status == "invalid" and lead.status_reason == "打不通" and lead.reclaim_at is None
    assert isinstance(world.refused("李雷", "lead.invalidate", ref="高峰"), Conflict)
    world.run("李雷", "lead.restore", ref="高峰")
    restored = world.row(Lead, Lead.name == "高峰")
    assert restored.status == "pending" and restored.reclaim_at is not None and restored.clock_at == lead.clock_at
    world.run("李雷", "lead.invalidate", ref="高峰")
    world.run("李雷", "follow_up.add", ref="高峰", content="终于打通了电话,约好周五去现场看样机")
    assert status(world, "高峰") == "following"


def test_void_is_final_but_for_an_admin(world: World) -> None:
    world.run("王经理", "lead.void", ref="高峰", reason="重复数据")
    assert told(world, "lead.voided") == {"李雷"}
    assert status(world, "高峰") == "void"
    refused = world.refused("李雷", "lead.restore", ref="高峰")
    assert isinstance(refused, Forbidden) and "管理员" in refused.detail
    assert isinstance(world.refused("王经理", "lead.restore", ref="高峰"), Forbidden)
    again = world.run("韩梅梅", "lead.register", name="高峰二", phone="13588880003")
    assert again.result, "what is void does not block its number"
    void = world.row(Lead, Lead.name == "高峰").code
    assert isinstance(world.refused("周总", "lead.restore", ref=void), Duplicate)
    world.run("韩梅梅", "lead.void", ref="高峰二")
    world.run("周总", "lead.restore", ref=void)
    assert status(world, "高峰") == "pending"
    opened = (Ownership.noun == "lead", Ownership.ended_at.is_(None), Ownership.owner_id == world.person("李雷").id)
    assert len(world.rows(Ownership, *opened)) == 1


def test_nothing_moves_a_closed_lead(world: World) -> None:
    world.run("李雷", "lead.convert", ref="高峰")
    code = world.row(Lead, Lead.name == "高峰").code
    moves: dict[str, dict[str, Any]] = {
        "lead.return": {"reason": "x"},
        "lead.void": {},
        "lead.invalidate": {},
        "lead.convert": {},
        "lead.assign": {"to": "韩梅梅"},
        "follow_up.add": {"content": "这是一条足够长的跟进"},
    }
    for command, args in moves.items():
        assert isinstance(world.refused("李雷", command, ref=code, **args), Conflict), command

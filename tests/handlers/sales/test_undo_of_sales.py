"""Do, then undo, is the identity for everything that a rep does with leads, contacts, teams, follow-ups and todos."""

from typing import Any

import pytest
from world import World

from models.base import Record
from models.customers.activity import FollowUp, Todo
from models.customers.customer import Contact, Customer, TeamMember
from models.customers.ownership import Ownership
from models.sales.lead import Lead

TABLES: tuple[type[Record], ...] = (Lead, Customer, Contact, TeamMember, Ownership, FollowUp, Todo)
CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("李雷", "lead.register", {"name": "张三", "phone": "13800138000"}),
    ("王经理", "lead.register", {"name": "张三", "pool": "华东线索池"}),
    ("李雷", "lead.claim", {"ref": "方敏"}),
    ("李雷", "lead.claim", {"count": 2}),
    ("王经理", "lead.assign", {"ref": "方敏", "to": "韩梅梅"}),
    ("王经理", "lead.assign", {"refs": ["方敏", "高峰"], "to": "韩梅梅"}),
    ("李雷", "lead.return", {"ref": "高峰", "reason": "空号"}),
    ("李雷", "lead.invalidate", {"ref": "高峰", "reason": "打不通"}),
    ("李雷", "lead.void", {"ref": "高峰"}),
    ("李雷", "lead.update", {"ref": "高峰", "company": "新公司"}),
    ("李雷", "lead.convert", {"ref": "高峰"}),
    ("李雷", "lead.convert", {"ref": "高峰", "customer": "西溪基因"}),
    ("李雷", "contact.create", {"ref": "西溪基因", "name": "黄蓉", "phone": "13700002222"}),
    ("李雷", "team.add", {"ref": "西溪基因", "person": "赵六"}),
    ("李雷", "follow_up.add", {"ref": "西溪基因", "content": "今天电话沟通了采购预算", "next_at": "2026-11-25T10:00"}),
    ("李雷", "follow_up.add", {"ref": "高峰", "content": "今天电话沟通了采购预算"}),
    ("李雷", "todo.create", {"title": "给张总打电话", "due_at": "2026-11-24T15:00"}),
    ("李雷", "todo.done", {"ref": "每天写日报"}),
    ("李雷", "todo.postpone", {"ref": "每天写日报", "due_at": "2026-11-25T15:00"}),
]


def state(world: World) -> dict[str, list[dict[str, Any]]]:
    """Every business row but how often and when it was touched."""
    aside = ("version", "updated_at")
    return {
        model.__tablename__: [
            {column.key: getattr(row, column.key) for column in model.__table__.c if column.key not in aside}
            for row in world.rows(model)
        ]
        for model in TABLES
    }


@pytest.mark.parametrize(("person", "command", "args"), CASES)
def test_do_then_undo_is_the_identity(world: World, person: str, command: str, args: dict[str, Any]) -> None:
    world.run("李雷", "todo.create", title="每天写日报", due_at="2026-11-23T18:00", repeat="daily", ref="高峰")
    world.later(minutes=1)
    before = state(world)
    world.run(person, command, **args)
    assert state(world) != before
    world.later(minutes=1)
    world.run(person, "undo")
    assert state(world) == before

"""Do, then undo: every table is as before, but for versions, stamps and what only grows (domain.md I9)."""

from typing import Any

import pytest
from command_cases import A_FILE
from sqlalchemy import select, text
from world import World

from handlers.registry import COMMANDS
from models.errors import NeedsConfirmation
from models.tables import metadata

GROWS = {"history", "outbox", "sent_card", "inbox", "query_log", "code_counter"}  # a code once shown is not given again
STAMPS = {"version", "updated_at"}
Step = tuple[str, str, dict[str, Any]]

CLAIM: Step = ("李雷", "customer.claim", {"ref": "海纳"})
LINES = [{"product": "显微镜", "quantity": 2, "discount": 0.96}]
ORDER: Step = ("李雷", "order.create", {"ref": "西溪基因", "lines": LINES})
LATER = "2026-11-26T09:00:00+08:00"
TODO: Step = ("李雷", "todo.create", {"title": "寄样品", "due_at": "2026-11-24T15:00:00+08:00"})
TEAM: Step = ("李雷", "team.add", {"ref": "西溪基因", "person": "韩梅梅", "access": "read_write"})
LOCKED: Step = ("李雷", "customer.protect", {"ref": "西溪基因", "days": 20})
AWAY: Step = ("李雷", "leave.add", {"from": "2026-11-26", "until": "2026-11-27"})
VOID: Step = ("李雷", "lead.void", {"ref": "L000003", "reason": "重复"})
CHANCE: Step = ("李雷", "opportunity.create", {"ref": "西溪基因", "name": "二期设备", "amount": 128000})
AIM: Step = ("陈组长", "target.set", {"person": "李雷", "period": "2026-11", "amount": 300000})
WON: Step = ("李雷", "opportunity.win", {"ref": "O000001"})
SAID = "客户认可方案，下周要正式报价和交期"
EXTEND = {"ref": "西溪基因", "days": 5, "reason": "出国"}
MERGE = "b979e6fc7214"  # what confirms the merge of C000001 into C000006
NEW_LEAD = {"name": "周航", "phone": "13712340003", "company": "镇江金山化验室"}
NEW_CUSTOMER = {"name": "嘉兴南湖试剂有限公司", "contact": "金岳", "phone": "13712340001"}
VISITED = {
    "ref": "西溪基因", "content": SAID, "contact": "林总", "phone": "13712340009", "amount": 4000,
    "wants": [{"product": "显微镜", "quantity": 3}], "remind_at": LATER, "remind_title": "报价",
}  # fmt: skip

WALKS: dict[str, tuple[list[Step], Step]] = {
    "lead.register": ([], ("李雷", "lead.register", NEW_LEAD)),
    "lead.register_many": ([], ("李雷", "lead.register_many", {"leads": [NEW_LEAD, {"name": "秦川"}]})),
    "visit.log": ([], ("李雷", "visit.log", VISITED)),
    "follow_up.check_in": ([], ("李雷", "follow_up.check_in", {"ref": "西溪基因", "place": "文三路1号"})),
    "file.attach": ([], ("李雷", "file.attach", {"ref": "高峰"})),
    "lead.claim": ([], ("李雷", "lead.claim", {"ref": "方敏"})),
    "lead.assign": ([], ("王经理", "lead.assign", {"ref": "方敏", "to": "韩梅梅"})),
    "lead.return": ([], ("李雷", "lead.return", {"ref": "高峰", "reason": "空号"})),
    "lead.invalidate": ([], ("李雷", "lead.invalidate", {"ref": "高峰", "reason": "电话打不通"})),
    "lead.void": ([], ("李雷", "lead.void", {"ref": "高峰", "reason": "重复"})),
    "lead.restore": ([VOID], ("周总", "lead.restore", {"ref": "L000003"})),
    "lead.convert": ([], ("李雷", "lead.convert", {"ref": "高峰"})),
    "lead.update": ([], ("李雷", "lead.update", {"ref": "高峰", "title": "站长"})),
    "lead.distribute": ([], ("王经理", "lead.distribute", {"refs": ["方敏"], "people": ["李雷", "韩梅梅"]})),
    "lead.qualify": ([], ("李雷", "lead.qualify", {"ref": "高峰", "budget": "10万", "time": "下月"})),
    "assignment.pause": ([], ("李雷", "assignment.pause", {})),
    "assignment.resume": ([("李雷", "assignment.pause", {})], ("李雷", "assignment.resume", {})),
    "customer.create": ([], ("李雷", "customer.create", NEW_CUSTOMER)),
    "customer.update": ([], ("李雷", "customer.update", {"ref": "西溪基因", "level": "A", "address": "文三路1号"})),
    "customer.alias": ([], ("李雷", "customer.alias", {"ref": "西溪基因", "alias": "西溪测序"})),
    "customer.merge": ([TEAM], ("周总", "customer.merge", {"ref": "海纳", "into": "西溪基因", "confirmed": MERGE})),
    "customer.tag": ([], ("李雷", "customer.tag", {"ref": "西溪基因", "tags": ["VIP", "华东"]})),
    "customer.claim": ([], CLAIM),
    "customer.return": ([TODO, TEAM], ("李雷", "customer.return", {"ref": "西溪基因", "reason": "没预算"})),
    "customer.move_sea": ([], ("王经理", "customer.move_sea", {"ref": "海纳", "sea": "华北公海"})),
    "lead.move_pool": ([], ("王经理", "lead.move_pool", {"ref": "方敏", "pool": "华北线索池"})),
    "customer.freeze": ([], ("周总", "customer.freeze", {"ref": "海纳", "reason": "勿扰"})),
    "customer.unfreeze": (
        [("周总", "customer.freeze", {"ref": "海纳", "reason": "勿扰"})],
        ("周总", "customer.unfreeze", {"ref": "海纳"}),
    ),
    "customer.assign": ([], ("王经理", "customer.assign", {"ref": "海纳", "to": "韩梅梅"})),
    "customer.transfer": ([], ("陈组长", "customer.transfer", {"ref": "西溪基因", "to": "韩梅梅"})),
    "customer.request_extension": ([], ("李雷", "customer.request_extension", EXTEND)),
    "customer.protect": ([], ("李雷", "customer.protect", {"ref": "西溪基因", "days": 20})),
    "customer.unprotect": ([LOCKED], ("李雷", "customer.unprotect", {"ref": "西溪基因"})),
    "leave.add": ([], AWAY),
    "leave.cancel": ([AWAY], ("李雷", "leave.cancel", {})),
    "rule.set": ([], ("周总", "rule.set", {"subject": "华东公海", "body": '{"reclaim_after_days": 20}'})),
    "rule.tune": ([], ("周总", "rule.tune", {"subject": "华东公海", "setting": "回收天数", "value": 20})),
    "contact.create": ([], ("李雷", "contact.create", {"ref": "西溪基因", "name": "黄蓉", "phone": "13712340005"})),
    "team.add": ([], TEAM),
    "team.remove": ([TEAM], ("李雷", "team.remove", {"ref": "西溪基因", "person": "韩梅梅"})),
    "follow_up.add": ([], ("李雷", "follow_up.add", {"ref": "西溪基因", "content": SAID, "next_at": LATER})),
    "todo.create": ([], TODO),
    "todo.done": ([TODO], ("李雷", "todo.done", {"ref": "T000001"})),
    "todo.postpone": ([TODO], ("李雷", "todo.postpone", {"ref": "T000001", "due_at": LATER})),
    "order.create": ([], ORDER),
    "target.set": ([AIM], ("陈组长", "target.set", {"person": "李雷", "period": "2026-Q4", "amount": 500000})),
    "opportunity.create": ([], CHANCE),
    "opportunity.advance": ([CHANCE], ("李雷", "opportunity.advance", {"ref": "O000001", "stage": "方案报价"})),
    "opportunity.win": ([CHANCE], ("李雷", "opportunity.win", {"ref": "O000001", "amount": 130000})),
    "opportunity.lose": ([CHANCE], ("李雷", "opportunity.lose", {"ref": "O000001", "reason": "价格太高"})),
    "opportunity.invalidate": ([CHANCE], ("李雷", "opportunity.invalidate", {"ref": "O000001", "reason": "重复"})),
    "opportunity.reopen": ([CHANCE, WON], ("李雷", "opportunity.reopen", {"ref": "O000001"})),
    "opportunity.update": ([CHANCE], ("李雷", "opportunity.update", {"ref": "O000001", "amount": 9})),
    "opportunity.transfer": ([CHANCE], ("李雷", "opportunity.transfer", {"ref": "O000001", "to": "韩梅梅"})),
}
UNDOABLE = [command.name for command in COMMANDS if command.undo is True and not command.reads]


def tables(world: World) -> dict[str, list[dict[str, Any]]]:
    found = {}
    with world.database.transaction() as db:
        for table in metadata.sorted_tables:
            if table.name not in GROWS:
                kept = [column for column in table.c if column.name not in STAMPS]
                rows = [dict(row._mapping) for row in db.execute(select(*kept))]
                found[table.name] = sorted(rows, key=repr)
    return found


def act(world: World, person: str, command: str, args: dict[str, Any]) -> None:
    """What asks first is confirmed."""
    try:
        world.run(person, command, **args)
    except NeedsConfirmation as asked:
        world.run(person, command, confirmed=asked.confirm, **args)


def sent(world: World, name: str) -> None:
    """What came in chat and no command makes."""
    if name == "file.attach":
        with world.database.transaction() as db:
            db.execute(text(A_FILE))


@pytest.mark.parametrize("name", UNDOABLE)
def test_do_then_undo_is_the_identity(world: World, name: str) -> None:
    assert name in WALKS, f"no walk for {name}: add one"
    before, (person, command, args) = WALKS[name]
    sent(world, name)
    for who, earlier, given in before:
        world.run(who, earlier, **given)
        world.later(minutes=1)
    was = tables(world)
    act(world, person, command, args)
    assert tables(world) != was, f"{name} changed nothing"
    world.later(minutes=1)
    world.run(person, "undo")
    now = tables(world)
    for table, rows in was.items():
        assert now[table] == rows, table


@pytest.mark.parametrize("name", UNDOABLE)
def test_and_it_can_be_done_again(world: World, name: str) -> None:
    before, (person, command, args) = WALKS[name]
    sent(world, name)
    for who, earlier, given in before:
        world.run(who, earlier, **given)
    for _ in range(2):
        act(world, person, command, args)
        world.run(person, "undo")
    act(world, person, command, args)

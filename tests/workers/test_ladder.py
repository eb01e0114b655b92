"""Day 3 the owner, day 5 the superior, day 7 the offer to hand over; marks, and records that go up instead of back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from world import ZONE, World

from handlers import desk
from handlers.bulk import Bulk
from handlers.context import Context
from handlers.customers import nudging, reclaiming
from models.customers.activity import Todo
from models.customers.customer import Customer
from models.customers.ownership import Ownership
from models.history import History
from models.outbox import Outbox
from models.sent_card import SentCard

MINE = "杭州西溪基因有限公司"
LADDER = [{"day": 3, "to": "owner"}, {"day": 5, "to": "superior"}, {"day": 7, "offer": "reassign"}]


def november(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZONE)


def ruled(world: World, **body: Any) -> None:
    """In force at once."""
    world.run("周总", "rule.set", subject="华东公海", body=body, effective_at=world.now.isoformat())
    with world.context(None, door="clock") as ctx:
        from handlers.customers.clocks import recount

        recount(ctx, Customer, Customer.home_sea_id == 1)


def tick(world: World, now: datetime, job: Any = nudging) -> None:
    world.now = now
    due, work = (nudging.due, nudging.nudge) if job is nudging else (reclaiming.due, reclaiming.take_back)
    with world.database.transaction() as db:
        batches = due(Context(db, None, now, "clock", ZONE, command="customer.nudge"))
    for idents in batches:
        with world.database.transaction() as db:
            bulk = Bulk(db, None, now, "clock", ZONE, command="customer.nudge")
            work(bulk, idents)
            desk.finish(bulk)
            bulk.write_letters()


def told(world: World) -> list[tuple[str, str]]:
    """Who was told what of 李雷's."""
    people = {world.person(name).id: name for name in ("李雷", "陈组长", "韩梅梅")}
    rows = world.rows(Outbox, Outbox.topic == "customer.escalated")
    return [(people[row.person_id or 0], str(row.facts["title"])) for row in rows if "西溪" in str(row.facts)]


def row(world: World) -> Customer:
    return world.row(Customer, Customer.name == MINE)


def test_each_rung_is_said_once_to_whom_it_concerns(world: World) -> None:
    ruled(world, escalation=LADDER)
    assert row(world).nudge_at == november(26)
    tick(world, november(26, 8))
    assert not told(world)
    for day in (26, 26, 28, 30, 30):
        tick(world, november(day))
    assert told(world) == [
        ("李雷", f"{MINE} 已经 3 天没有有效跟进"),
        ("陈组长", f"李雷：{MINE} 已经 5 天没有有效跟进"),
        ("陈组长", f"李雷：{MINE} 已经 7 天没有有效跟进，建议改派"),
    ]
    cards = [card for card in world.rows(SentCard) if "西溪" in str(card.facts)]
    assert [button["text"] for button in cards[0].buttons] == ["写跟进", "延期"]
    assert [button["text"] for button in cards[-1].buttons] == ["同意延期", "转给…"]
    assert row(world).nudge_at is None


def test_a_follow_up_begins_the_ladder_anew(world: World) -> None:
    ruled(world, escalation=LADDER)
    tick(world, november(26))
    world.run("李雷", "follow_up.add", ref=MINE, content="客户认可方案，下周要正式报价和交期")
    assert row(world).nudge_at == november(29)
    tick(world, november(28))
    assert len(told(world)) == 1


def test_after_a_silence_only_the_last_rung_is_said(world: World) -> None:
    ruled(world, escalation=LADDER)
    tick(world, november(29))
    assert [person for person, _ in told(world)] == ["陈组长"]


def test_a_mark_is_set_once_and_ends_with_the_work(world: World) -> None:
    ruled(world, reclaim_rules=[{"trigger": "no_follow_up", "days": 4, "action": "mark_high_risk"}])
    assert row(world).nudge_at == november(28, 2)
    tick(world, november(28, 2))
    tick(world, november(28, 3))
    assert row(world).marked_at == november(28, 2) and row(world).owner_id == world.person("李雷").id
    assert len(world.rows(History, History.event == "customer.marked", History.ref == row(world).code)) == 1
    world.run("李雷", "follow_up.add", ref=MINE, content="客户认可方案，下周要正式报价和交期")
    assert row(world).marked_at is None and row(world).nudge_at == datetime(2026, 12, 3, 2, tzinfo=ZONE)


def test_what_a_rule_hands_up_gets_a_full_period_with_the_superior(world: World) -> None:
    rule = {"trigger": "no_follow_up", "days": 4, "action": "reassign_to_superior"}
    ruled(world, reclaim_rules=[rule], warn_before_days=[])
    world.run("李雷", "todo.create", ref=MINE, title="寄样品", due_at="2026-12-20T09:00:00+08:00")
    with world.database.transaction() as db:
        db.execute(update(Customer.__table__).where(Customer.name != MINE).values(reclaim_at=None))
    tick(world, november(28, 2), reclaiming)
    after = row(world)
    assert after.owner_id == world.person("陈组长").id and after.sea_id is None
    assert after.reclaim_at == datetime(2026, 12, 3, 2, tzinfo=ZONE), "a full period"
    assert (
        world.row(Ownership, Ownership.record_id == after.id, Ownership.ended_at.is_not(None)).reason_out == "reclaim"
    )
    assert world.row(Todo, Todo.title == "寄样品").status == "cancelled"
    people = {out.person_id for out in world.rows(Outbox, Outbox.topic == "customer.reassigned")}
    assert people == {world.person("李雷").id, world.person("陈组长").id}


def test_deadlines_follow_documents_and_opportunities_where_a_rule_asks(world: World) -> None:
    exempt = {"trigger": "no_follow_up", "days": 10, "exempt": ["won", "pending_approval", "open_opportunity"]}
    ruled(world, reclaim_after_days=None, no_deal_after_days=None, reclaim_rules=[exempt])
    due = datetime(2026, 12, 4, 2, tzinfo=ZONE)
    assert row(world).reclaim_at == due
    world.run("李雷", "order.create", ref=MINE, lines=[{"product": "显微镜", "quantity": 2, "discount": 0.96}])
    assert row(world).reclaim_at is None
    found: Any = (world.run("李雷", "customer.explain", ref=MINE).result or {})["explain"]
    assert "SO20261123-0001 还在审批" in found["exempt"]
    world.run("李雷", "undo")
    assert row(world).reclaim_at == due
    world.run("李雷", "opportunity.create", ref=MINE, name="机房二期")
    assert row(world).reclaim_at is None
    world.run("李雷", "opportunity.lose", ref="机房二期", reason="价格太高")
    assert row(world).reclaim_at == due
    world.run("李雷", "customer.update", ref=MINE, level="A")
    assert row(world).reclaim_at == due


def test_a_level_that_changes_brings_its_own_rule(world: World) -> None:
    ruled(world, reclaim_rules=[{"trigger": "no_follow_up", "days": 5, "levels": ["A"]}])
    world.run("李雷", "customer.update", ref=MINE, level="A")
    assert row(world).reclaim_at == november(29, 2)


def test_what_one_makes_is_protected_as_many_as_the_sea_allows(world: World) -> None:
    ruled(world, protect_created_days=40, protect_created_max=1)
    world.run("李雷", "customer.create", name="嘉兴南湖试剂有限公司")
    world.run("李雷", "customer.create", name="湖州莫干检测有限公司")
    first, second = (world.row(Customer, Customer.name.contains(part)) for part in ("南湖", "莫干"))
    assert first.reclaim_at == datetime(2027, 1, 3, 2, tzinfo=ZONE) and first.protected_as == "created"
    assert second.reclaim_at == datetime(2026, 12, 9, 2, tzinfo=ZONE) and second.protected_until is None
    assert first.reclaim_at - second.reclaim_at == timedelta(days=25)

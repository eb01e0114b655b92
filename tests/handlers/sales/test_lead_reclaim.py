"""Leads that nobody follows go back to their pool: warned the day before, taken the night after day 7."""

from datetime import datetime, timedelta

from sqlalchemy import update
from world import ZONE, World

from handlers import desk
from handlers.bulk import Bulk
from handlers.sales import lead_reclaim, lead_warning
from models.customers.ownership import Ownership
from models.history import History
from models.outbox import Outbox
from models.rows import Condition
from models.sales.lead import Lead


def tick(world: World, when: datetime) -> tuple[int, int]:
    """What the clock does at an instant: how many were warned of, how many taken back."""
    world.now = when
    before = [count(world, Lead.warned_at == when), count(world, Lead.owner_id.is_(None))]
    for due, work in ((lead_warning.due, lead_warning.warn), (lead_reclaim.due, lead_reclaim.take_back)):
        with world.context(None, door="clock") as ctx:
            batches = due(ctx)
        for idents in batches:
            with world.database.transaction() as db:
                bulk = Bulk(db, None, world.now, "clock", world.zone, command="lead.reclaim")
                work(bulk, idents)
                desk.finish(bulk)
                bulk.write_letters()
    return count(world, Lead.warned_at == when) - before[0], count(world, Lead.owner_id.is_(None)) - before[1]


def count(world: World, where: Condition) -> int:
    return len(world.rows(Lead, where))


def deliver(world: World) -> None:
    with world.database.transaction() as db:
        db.execute(update(Outbox).where(Outbox.state == "waiting").values(state="sent", sent_at=world.now))


def day(number: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, number, hour, minute, tzinfo=ZONE)


def test_warned_then_taken_back(world: World) -> None:
    assert world.row(Lead, Lead.name == "高峰").reclaim_at == datetime(2026, 12, 1, 2, tzinfo=ZONE)
    assert tick(world, day(29, 8, 59)) == (0, 0)
    assert tick(world, day(29, 9)) == (1, 0), "罗兰 lies in a pool without a rule"
    people = {row.person_id: row for row in world.rows(Outbox, Outbox.kind == "message")}
    assert set(people) == {world.person("李雷").id, world.person("陈组长").id}, "the owner, and his superior"
    assert "高峰" in people[world.person("李雷").id].facts["title"]
    assert tick(world, day(29, 9)) == (0, 0) and tick(world, day(30, 9)) == (0, 0), "once"
    deliver(world)
    assert tick(world, datetime(2026, 12, 1, 1, 59, tzinfo=ZONE)) == (0, 0)
    assert tick(world, datetime(2026, 12, 1, 2, tzinfo=ZONE)) == (0, 1)
    lead = world.row(Lead, Lead.name == "高峰")
    assert lead.status == "unassigned" and lead.owner_id is None and lead.pool_id == lead.home_pool_id
    entry = world.row(History, History.command == "lead.reclaim")
    assert entry.actor_id is None and entry.event == "lead.reclaimed" and entry.ref == lead.code
    assert world.row(Ownership, Ownership.reason_out == "reclaim").record_id == lead.id
    told = world.rows(Outbox, Outbox.topic == "lead.reclaimed", Outbox.kind == "message")
    assert [row.person_id for row in told] == [world.person("李雷").id]
    assert tick(world, datetime(2026, 12, 1, 2, tzinfo=ZONE)) == (0, 0)


def test_a_follow_up_stops_it(world: World) -> None:
    tick(world, day(29, 9))
    deliver(world)
    world.later(hours=1)
    world.run("李雷", "follow_up.add", ref="高峰", content="电话里谈妥了样机试用的时间和地点")
    assert world.row(Lead, Lead.name == "高峰").reclaim_at == datetime(2026, 12, 7, 2, tzinfo=ZONE)
    assert tick(world, datetime(2026, 12, 1, 2, tzinfo=ZONE)) == (0, 0)
    assert tick(world, datetime(2026, 12, 5, 9, tzinfo=ZONE)) == (1, 0), "warned again of the new deadline"


def test_a_late_clock_warns_first(world: World) -> None:
    late = datetime(2026, 12, 10, 12, tzinfo=ZONE)  # a Thursday
    assert tick(world, late) == (1, 0)
    assert tick(world, late + timedelta(days=1)) == (0, 0), "nothing was delivered"
    world.now = late
    deliver(world)
    assert tick(world, late + timedelta(hours=3)) == (0, 0)
    assert tick(world, late + timedelta(days=1)) == (0, 1), "one business day later"


def test_several_are_one_card(world: World) -> None:
    for number in range(3):
        world.run("李雷", "lead.register", name=f"同日{number}")
    assert tick(world, day(29, 9)) == (4, 0)
    rows = world.rows(Outbox, Outbox.kind == "message", Outbox.person_id == world.person("李雷").id)
    assert len(rows) == 1 and len(rows[0].facts["customers"]) == 4 and rows[0].card_id is not None
    world.run("李雷", "lead.invalidate", ref="同日1")
    deliver(world)
    assert tick(world, datetime(2026, 12, 1, 2, tzinfo=ZONE)) == (0, 3), "an invalid one rests"

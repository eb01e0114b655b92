"""A night that would take too much is held and asked about; what a night has taken can be given back."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update
from world import ZONE, World

from handlers import desk
from handlers.bulk import Bulk
from handlers.context import Context
from handlers.customers import reclaiming
from handlers.customers.breaker import Share, rationed, trips
from models.company.reclaim_run import ReclaimRun
from models.customers.customer import Customer
from models.outbox import Outbox

DUE = datetime(2026, 12, 9, 2, tzinfo=ZONE)  # of what is owned since Monday the 23rd
SILENT = "seas: [{name: 华东公海, warn_before_days: [], night_limit: %s}]\n"


def many(count: int, owner: str = "李雷", mark: str = "甲") -> str:
    return "customers:\n" + "".join(
        f"  - {{name: {mark}{n:02d}号实验设备有限公司, owner: {owner}, sea: 华东公海,"
        f' owned_at: "2026-11-23T10:00:00+08:00"}}\n'
        for n in range(count)
    )


def night(world: World, now: datetime) -> int:
    """A round of the clock; how many it took."""
    world.now = now
    before = owned(world)
    with world.database.transaction() as db:
        batches = reclaiming.due(Context(db, None, now, "clock", ZONE, command="customer.reclaim"))
    for idents in batches:
        with world.database.transaction() as db:
            bulk = Bulk(db, None, now, "clock", ZONE, command="customer.reclaim")
            reclaiming.take_back(bulk, idents)
            desk.finish(bulk)
            bulk.write_letters()
    return before - owned(world)


def owned(world: World) -> int:
    return len(world.rows(Customer, Customer.owner_id.is_not(None)))


@pytest.mark.parametrize(
    ("shares", "owned_by_all", "tripped"),
    [
        ([Share(1, 19, 19)], 19, False),
        ([Share(1, 20, 100)], 1000, False),
        ([Share(1, 21, 100)], 1000, True),
        ([Share(n, 1, 1) for n in range(20)], 1000, False),
        ([Share(n, 1, 30) for n in range(51)], 1000, True),
        ([Share(n, 1, 30) for n in range(50)], 1000, False),
        ([*(Share(n, 1, 30) for n in range(20)), Share(99, 2, 9)], 1000, True),
    ],
)
def test_when_it_is_too_much(shares: list[Share], owned_by_all: int, *, tripped: bool) -> None:
    assert trips(shares, owned_by_all) == tripped


def test_the_most_urgent_of_an_owner_go_first() -> None:
    rows = [(7, 1), (3, 1), (9, 2), (4, 1)]
    assert rationed(rows, {1: 1}, dict.fromkeys([7, 3, 9, 4], 2)) == [7, 9]


def test_a_night_that_would_take_too_much_takes_nothing_and_asks_once(world: World) -> None:
    world.load(SILENT % 50 + many(30))
    assert night(world, DUE) == 0
    assert night(world, DUE + timedelta(minutes=5)) == 0
    run = world.row(ReclaimRun)
    assert (run.state, run.counts["due"], run.rules) == ("held", 32, {"sea/1": 2})
    (card,) = world.rows(Outbox, Outbox.topic == "reclaim.held")
    assert card.person_id == world.person("周总").id
    assert card.facts["rows"] == [["李雷", "31 / 31 个"], ["韩梅梅", "1 / 1 个"]]
    assert night(world, DUE + timedelta(days=1)) == 0, "still not decided"
    assert len(world.rows(Outbox, Outbox.topic == "reclaim.held")) == 1


def test_released_it_goes_and_each_owner_loses_only_his_ration(world: World) -> None:
    world.load(SILENT % 12 + many(30))
    night(world, DUE)
    world.later(hours=8)
    world.run("周总", "reclaim.release")
    assert night(world, world.now) == 13, "and the only one of somebody else"
    assert night(world, world.now + timedelta(minutes=5)) == 0
    assert night(world, DUE + timedelta(days=1)) == 12, "the rest next night, without being asked again"
    assert night(world, DUE + timedelta(days=2)) == 7
    assert {run.state for run in world.rows(ReclaimRun)} == {"released", "running"}


def test_discarded_it_is_over_for_this_night(world: World) -> None:
    world.load(SILENT % 50 + many(30))
    night(world, DUE)
    world.later(days=1, hours=8)
    world.run("周总", "reclaim.discard")
    assert night(world, world.now + timedelta(minutes=5)) == 0
    assert world.row(ReclaimRun).state == "discarded"
    assert night(world, DUE + timedelta(days=2)) == 0
    assert [run.state for run in world.rows(ReclaimRun)] == ["discarded", "held"], "looked at anew"


def test_a_small_team_is_not_asked_about(world: World) -> None:
    world.load(SILENT % 50 + many(17))
    assert night(world, DUE) == 19
    assert not world.rows(Outbox, Outbox.topic == "reclaim.held")


def test_what_a_night_took_is_given_back_but_what_was_claimed_since(world: World) -> None:
    world.load(SILENT % 50 + many(6))
    assert night(world, DUE) == 8
    run = world.row(ReclaimRun)
    world.later(hours=9)
    world.run("韩梅梅", "customer.claim", ref="甲00号")
    reply = world.run("周总", "reclaim.restore", ref=run.code)
    assert reply.result is not None and (len(reply.result["restored"]), reply.result["left"]) == (7, 1)
    row = world.row(Customer, Customer.name.contains("甲01号"))
    assert row.owner_id == world.person("李雷").id and row.sea_id is None
    assert row.reclaim_at == datetime(2026, 12, 25, 2, tzinfo=ZONE), "a full period"
    assert world.row(Customer, Customer.name.contains("甲00号")).owner_id == world.person("韩梅梅").id
    told = {row.person_id for row in world.rows(Outbox, Outbox.topic == "reclaim.restored")}
    assert told == {world.person("李雷").id, world.person("韩梅梅").id}
    assert world.refused("周总", "reclaim.restore", ref=run.code).code == "conflict", "nothing is left to give back"


def test_after_three_days_nothing_is_given_back(world: World) -> None:
    world.load(SILENT % 50)
    assert night(world, DUE) == 2
    world.later(hours=73)
    refusal = world.refused("周总", "reclaim.restore")
    assert refusal.code == "conflict" and "72" in refusal.detail


def test_who_was_not_warned_is_not_counted(world: World) -> None:
    world.load("seas: [{name: 华东公海, warn_before_days: [1]}]\n" + many(30))
    assert night(world, DUE) == 0
    assert not world.rows(ReclaimRun), "nobody was warned: nothing would be taken"
    with world.database.transaction() as db:
        db.execute(update(Customer.__table__).values(warned_at=DUE - timedelta(days=2)))
    assert night(world, DUE) == 0
    assert world.row(ReclaimRun).night == date(2026, 12, 9)

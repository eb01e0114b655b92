"""Invariants of domain.md E.13 over random sequences of what moves a customer, and under a crowd."""

import random
import threading
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from world import World

from handlers import desk
from handlers.context import Context
from handlers.customers.leaving import held_with, to_sea
from handlers.registry import BY_NAME
from models.clock import day_of
from models.company.people import Person
from models.customers.customer import Customer
from models.customers.ownership import Ownership
from models.db import Database
from models.errors import HaitunError
from models.rows import fetch_all, fetch_one

DAILY, HOLDING = 3, 6  # of 华东公海 in world.py
EAST = ("李雷", "韩梅梅", "陈组长")
NAMES = ("海纳", "云谷", "东港", "太湖", "西溪", "紫金")
WHO = st.sampled_from((*EAST, "王经理", "赵六"))
ONE = st.sampled_from(NAMES)
STEP = st.one_of(
    st.tuples(st.just("customer.claim"), WHO, st.fixed_dictionaries({"ref": ONE})),
    st.tuples(st.just("customer.claim"), WHO, st.fixed_dictionaries({"refs": st.lists(ONE, min_size=2, max_size=4)})),
    st.tuples(st.just("customer.claim"), WHO, st.fixed_dictionaries({"count": st.integers(1, 4)})),
    st.tuples(st.just("customer.return"), WHO, st.fixed_dictionaries({"ref": ONE, "reason": st.just("没预算")})),
    st.tuples(st.just("customer.transfer"), WHO, st.fixed_dictionaries({"ref": ONE, "to": st.sampled_from(EAST)})),
    st.tuples(st.just("customer.assign"), WHO, st.fixed_dictionaries({"ref": ONE, "to": st.sampled_from(EAST)})),
    st.tuples(st.just("reclaim"), st.just(""), st.fixed_dictionaries({"ref": ONE})),
    st.tuples(st.just("later"), st.just(""), st.fixed_dictionaries({"hours": st.sampled_from((1, 14, 24 * 31))})),
)


def step(world: World, db: Connection, name: str, who: str, args: dict[str, Any]) -> None:
    """One of them, in a savepoint: what is refused leaves nothing."""
    if name == "later":
        world.later(**args)
        return
    actor = fetch_one(db, Person, name=who) if who else None
    ctx = Context(db, actor, world.now, "api" if actor else "clock", world.zone, command=name)
    try:
        with db.begin_nested():
            if actor is not None:
                desk.run(ctx, BY_NAME[name], args)
                assert name != "customer.claim" or holding(db, actor) <= HOLDING
            else:
                reclaim(ctx, args["ref"])
    except HaitunError:
        return


def reclaim(ctx: Context, name: str) -> None:
    row = fetch_all(ctx.db, Customer, Customer.name.contains(name))[0]
    if row.owner_id is not None:
        to_sea(ctx, row, row.home_sea_id or 0, out="reclaim", note="", held=held_with(ctx, [row.id])[row.id])


def holding(db: Connection, person: Person) -> int:
    return len(fetch_all(db, Customer, Customer.owner_id == person.id, Customer.won_at.is_(None)))


def check(world: World, db: Connection) -> None:
    """I1 one open period a record, I2 pooled if and only if nobody owns it, I3 no quota exceeded."""
    periods = fetch_all(db, Ownership, Ownership.noun == "customer")
    still = [period for period in periods if period.ended_at is None]
    owners = {row.id: row.owner_id for row in fetch_all(db, Customer)}
    assert len({period.record_id for period in still}) == len(still)
    assert {period.record_id: period.owner_id for period in still} == {i: o for i, o in owners.items() if o is not None}
    assert all((row.sea_id is None) == (row.owner_id is not None) for row in fetch_all(db, Customer))
    claims = Counter((p.owner_id, p.pool_id, day_of(p.started_at, world.zone)) for p in periods if p.how == "claim")
    assert all(count <= DAILY for count in claims.values())


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=5, max_size=25))
def test_whatever_happens_the_ledger_is_right(
    shared_world: World, steps: list[tuple[str, str, dict[str, Any]]]
) -> None:
    now = shared_world.now
    with shared_world.database.engine.connect() as db, db.begin() as running:
        for name, who, args in steps:
            step(shared_world, db, name, who, args)
            check(shared_world, db)
        running.rollback()
    shared_world.now = now


def test_a_crowd_of_forty_exceeds_no_quota(world: World) -> None:
    """Two engines, so that nothing within a process can order them."""
    world.load("claims: {daily_limit: 4}\n")
    world.load("lead_pools:\n  - {name: 华东线索池, daily_claim_limit: 3}\n")
    for number in range(12):
        world.run("王经理", "lead.register", name=f"池中{number}", phone=f"1360000{number:04}", pool="华东线索池")
    other = World(Database(world.url, threads=8), world.url, now=world.now)
    start = threading.Barrier(40)

    def claim(number: int) -> None:
        one = (world, other)[number % 2]
        person, rand = EAST[number % 3], random.Random(number)
        asked: list[tuple[str, dict[str, Any]]] = [
            ("customer.claim", {"ref": rand.choice(NAMES)}),
            ("customer.claim", {"refs": rand.sample(NAMES, 3)}),
            ("lead.claim", {"count": 2}),
        ]
        start.wait()
        try:
            name, args = rand.choice(asked)
            one.run(person, name, **args)
        except HaitunError:
            return

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    with world.database.transaction() as db:
        check(world, db)
    other.database.close()
    leads = Counter(p.owner_id for p in world.rows(Ownership, Ownership.noun == "lead", Ownership.how == "claim"))
    assert leads
    assert all(count <= 3 for count in leads.values())

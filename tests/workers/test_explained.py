"""What `customer.explain` says is the instant at which the job takes the customer back, whatever happened before."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update
from world import NOW, World

from handlers import desk
from handlers.bulk import Bulk
from handlers.context import Context
from handlers.customers import reclaiming, warning
from handlers.registry import BY_NAME
from handlers.reply import Reply
from models.company.people import Person
from models.customers.customer import Customer
from models.errors import HaitunError
from models.outbox import Outbox
from models.rows import fetch_one

RULES = """
seas:
  - {name: 甲公海, members: [销售部], admins: [王经理], reclaim_after_days: 12, warn_before_days: [3, 1]}
  - {name: 乙公海, members: [销售部], admins: [王经理], reclaim_after_days: 7, warn_before_days: [1]}
  - {name: 丙公海, members: [销售部], admins: [王经理], reclaim_after_days: 9, no_deal_after_days: 25,
     warn_before_days: [2], day_type: business}
  - {name: 丁公海, members: [销售部], admins: [王经理], reclaim_after_days: 30, no_deal_after_days: 20,
     warn_before_days: []}
  - {name: 戊公海, members: [销售部], admins: [王经理], warn_before_days: [2, 1], reclaim_rules: [
     {trigger: no_follow_up, days: 8, extend_days: 4, max_days: 21, day_type: business},
     {trigger: first_follow_up, days: 3, day_type: business},
     {trigger: no_follow_up, days: 25, departments: [华东组], exempt: [won, pending_approval, holiday]},
     {trigger: protection_max, days: 40}]}
customers:
  - {name: 戊号试剂有限公司, owner: 李雷, sea: 戊公海, owned_at: "2026-11-23T09:00:00+08:00"}
  - {name: 甲号试剂有限公司, owner: 李雷, sea: 甲公海, owned_at: "2026-11-23T09:00:00+08:00"}
  - {name: 乙号试剂有限公司, owner: 李雷, sea: 乙公海, owned_at: "2026-11-23T09:00:00+08:00"}
  - {name: 丙号试剂有限公司, owner: 李雷, sea: 丙公海, owned_at: "2026-11-23T09:00:00+08:00"}
  - {name: 丁号试剂有限公司, owner: 李雷, sea: 丁公海, owned_at: "2026-11-23T09:00:00+08:00"}
"""
SAID = ("客户认可方案，下周要正式报价", "好的", "寄出了样品，等实验室的结果反馈", "谈了验收标准和培训的时间安排")
DOINGS: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.tuples(st.just("follow_up.add"), st.fixed_dictionaries({"content": st.sampled_from(SAID)})),
    st.tuples(st.just("customer.request_extension"), st.fixed_dictionaries({"days": st.integers(1, 30)})),
    st.tuples(st.just("customer.protect"), st.fixed_dictionaries({"days": st.integers(1, 30)})),
    st.tuples(st.just("customer.unprotect"), st.just({})),
    st.tuples(st.just("customer.transfer"), st.fixed_dictionaries({"to": st.sampled_from(["韩梅梅", "赵六", "李雷"])})),
)
HISTORY = st.lists(st.tuples(st.integers(1, 150), DOINGS), max_size=6)


@pytest.fixture(scope="module")
def ruled(shared_world: World) -> World:
    shared_world.load(RULES)
    return shared_world


class Life:
    """One customer in a transaction of which nothing stays; every warning arrives when it is given."""

    def __init__(self, world: World, db: Connection, name: str) -> None:
        self.world, self.db, self.now = world, db, NOW
        self.row = self.fetch(name)

    def fetch(self, name: str) -> Customer:
        found = fetch_one(self.db, Customer, Customer.name.contains(name))
        assert found is not None
        return found

    def ctx(self, person: str | None) -> Context:
        actor = fetch_one(self.db, Person, Person.name == person) if person else None
        return Context(self.db, actor, self.now, "api" if person else "clock", self.world.zone)

    def does(self, command: str, args: dict[str, Any]) -> Reply:
        """By the admin, who may do all of it."""
        return desk.run(self.ctx("周总"), BY_NAME[command], {"ref": self.row.code, **args})

    def deadline(self) -> datetime:
        return datetime.fromisoformat((self.does("customer.explain", {}).result or {})["explain"]["deadline"])

    def tick(self, now: datetime) -> bool:
        """Whether it has an owner afterwards."""
        self.now = now
        for due, work in ((reclaiming.due, reclaiming.take_back), (warning.due, warning.warn)):
            for idents in due(self.ctx(None)):
                ctx = Bulk(self.db, None, now, "clock", self.world.zone)
                work(ctx, idents)
                desk.finish(ctx)
                ctx.write_letters()
        arrived = {"state": "sent", "sent_at": now}
        self.db.execute(
            update(Outbox.__table__).where(Outbox.state == "waiting", Outbox.due_at <= now).values(**arrived)
        )
        return self.db.execute(select(Customer.owner_id).where(Customer.id == self.row.id)).scalar_one() is not None

    def until(self, moment: datetime) -> None:
        """A tick at every instant at which something is due before `moment`."""
        while True:
            due = select(Customer.warn_at).where(Customer.warn_at <= moment, Customer.warn_at > self.now)
            instants = [moment, *self.db.execute(due).scalars()]
            first = min(instants)
            if first == moment:
                return
            self.tick(first)


@contextmanager
def life(world: World, name: str) -> Iterator[Life]:
    with world.database.engine.connect() as db, db.begin() as running:
        made = Life(world, db, name)
        made.tick(NOW)
        yield made
        running.rollback()


@pytest.mark.parametrize("name", ["甲号", "乙号", "丙号", "丁号", "戊号"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORY)
def test_the_job_keeps_what_is_explained(ruled: World, name: str, history: list[tuple[int, Any]]) -> None:
    with life(ruled, name) as customer:
        for hours, (command, args) in history:
            moment = customer.now + timedelta(hours=hours)
            if moment >= customer.deadline():
                break
            customer.until(moment)
            customer.now = moment
            try:
                customer.does(command, args)
            except HaitunError as refusal:
                assert refusal.code in ("conflict", "limit_reached"), refusal
            customer.tick(moment)  # a warning may have become due by this very command
        deadline = customer.deadline()
        assert deadline > customer.now
        customer.until(deadline - timedelta(seconds=1))
        assert customer.tick(deadline - timedelta(seconds=1)), "not before its time"
        assert not customer.tick(deadline), "and then at once"

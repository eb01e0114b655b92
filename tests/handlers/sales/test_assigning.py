"""A pool that gives its leads by itself: who gets them, who is asked, what waits, and why (domain.md E.2)."""

import threading
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from world import ZONE, World

from handlers import desk
from handlers.sales import assigning
from models.customers.ownership import Ownership
from models.errors import CompanyFileError, Conflict
from models.outbox import Outbox
from models.sales.assignment import Assignment
from models.sales.lead import Lead

POOL = """
lead_pools:
  - {name: 华东线索池, members: [华东组], admins: [王经理], cooldown_days: 30, assignment: {%s}}
"""
TURNS = "auto: true, rules: [{name: 轮流, candidates: {people: [李雷, 韩梅梅]}}]"
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=ZONE)


def auto(world: World, said: str = TURNS) -> None:
    world.load(POOL % said)


def arrive(world: World, name: str, person: str = "王经理", **more: Any) -> Lead:
    """A new lead of the pool."""
    world.run(person, "lead.register", name=name, pool="华东线索池", **more)
    return lead(world, name)


def lead(world: World, name: str) -> Lead:
    return world.row(Lead, Lead.name == name)


def owner(world: World, name: str) -> str | None:
    ident = lead(world, name).owner_id
    return next((p for p in ("李雷", "韩梅梅", "陈组长", "赵六") if world.person(p).id == ident), None)


def tick(world: World) -> None:
    """The clock's part, a transaction a lead."""
    with world.context(None, door="clock", command="lead.assign") as ctx:
        due = assigning.due(ctx)
    for ident in due:
        with world.context(None, door="clock", command="lead.assign") as ctx:
            assigning.resume(ctx, ident)
            desk.finish(ctx)


def told(world: World, person: str) -> list[str]:
    his = (Outbox.person_id == world.person(person).id, Outbox.kind == "message")
    return [row.topic for row in world.rows(Outbox, *his)]


def test_leads_of_a_pool_go_around_and_each_decision_is_kept(world: World) -> None:
    auto(world)
    reply = world.run("王经理", "lead.register", name="甲", pool="华东线索池")
    assert reply.result and reply.result["owner"]["name"] == "李雷" and "已自动分配给李雷" in reply.facts["notes"]
    arrive(world, "乙")
    arrive(world, "丙")
    assert [owner(world, name) for name in "甲乙丙"] == ["李雷", "韩梅梅", "李雷"]
    first, *_ = world.rows(Assignment)
    assert (first.status, first.rule, first.rule_version, first.why) == ("assigned", "轮流", 2, "轮流：轮到李雷")
    period = world.rows(Ownership, Ownership.record_id == lead(world, "甲").id)[0]
    assert (period.how, period.ended_at) == ("assign", None)
    assert lead(world, "甲").status == "pending" and lead(world, "甲").reclaim_at is not None
    assert told(world, "李雷") == ["lead.assigned", "lead.assigned"] and not told(world, "王经理")


def test_a_rep_who_registers_for_himself_keeps_it_and_a_pool_without_auto_waits(world: World) -> None:
    auto(world)
    world.run("韩梅梅", "lead.register", name="自己的")
    assert owner(world, "自己的") == "韩梅梅"
    world.run("赵六", "lead.register", name="华北的", pool="华北线索池")
    assert lead(world, "华北的").status == "unassigned" and not world.rows(Assignment)


def test_undo_takes_the_lead_and_its_decision_back(world: World) -> None:
    auto(world)
    arrive(world, "甲")
    world.run("王经理", "undo")
    assert not world.rows(Lead, Lead.name == "甲") and not world.rows(Assignment)
    arrive(world, "乙")
    assert owner(world, "乙") == "韩梅梅", "the turn is not turned back"


def test_the_owner_of_the_same_company_gets_it_whatever_the_turn(world: World) -> None:
    auto(world)
    arrive(world, "甲", company="南京紫金材料有限公司")
    assert owner(world, "甲") == "韩梅梅"
    row = world.row(Assignment)
    assert row.status == "sticky" and "南京紫金材料有限公司" in row.why
    world.load("leads: [{name: 老客户, phone: '0571-55550004', pool: 华东线索池}]")
    tick(world)
    assert owner(world, "老客户") == "李雷", "an imported one with a customer's number goes to its owner"
    world.run("韩梅梅", "lead.register", name="先来的", company="镇江金山化验室")
    arrive(world, "后到的", company="镇江金山化验室")
    assert owner(world, "后到的") == "韩梅梅", "two of one company are one person's"


def test_quota_load_leave_pause_and_binding_are_skipped_with_their_reasons(world: World) -> None:
    auto(world, TURNS + ", caps: {daily_quota: 1}")
    arrive(world, "甲")
    world.run("韩梅梅", "assignment.pause")
    arrive(world, "乙")
    row = world.rows(Assignment)[-1]
    assert (row.status, row.person_id) == ("waiting", None)
    assert row.skipped == [
        {"name": "李雷", "why": "今天已分 1 条，每天最多 1 条"}, {"name": "韩梅梅", "why": "暂停接线索"},
    ]  # fmt: skip
    world.run("韩梅梅", "assignment.resume")
    world.later(minutes=9)
    tick(world)
    assert owner(world, "乙") is None, "looked at again after ten minutes"
    world.later(minutes=1)
    tick(world)
    assert owner(world, "乙") == "韩梅梅"
    world.now = TUESDAY
    assert arrive(world, "丙").owner_id is not None, "a new day, a new quota"


def test_nobody_eligible_alerts_the_admins_once(world: World) -> None:
    auto(world, TURNS + ", caps: {load_cap: 0}")
    arrive(world, "甲", person="陈组长")
    for _ in range(8):
        world.later(minutes=10)
        tick(world)
    assert told(world, "王经理") == ["lead.unassigned"]
    assert lead(world, "甲").status == "unassigned"
    before = [row.version for row in world.rows(Assignment)]
    tick(world)
    assert [row.version for row in world.rows(Assignment)] == before, "a second tick does nothing"


def test_what_comes_after_hours_waits_for_the_morning(world: World) -> None:
    auto(world)
    world.now = datetime(2026, 11, 23, 20, 0, tzinfo=ZONE)
    arrive(world, "晚上的")
    row = world.row(Assignment)
    assert row.status == "waiting" and row.due_at == datetime(2026, 11, 24, 9, 0, tzinfo=ZONE)
    tick(world)
    assert owner(world, "晚上的") is None
    world.now = datetime(2026, 11, 24, 9, 0, tzinfo=ZONE)
    tick(world)
    assert owner(world, "晚上的") == "李雷"
    auto(world, TURNS + ", always_on: true")
    world.now = datetime(2026, 11, 28, 23, 0, tzinfo=ZONE)
    arrive(world, "夜里的")
    assert owner(world, "夜里的") == "韩梅梅"


ASKING = TURNS + ", accept_minutes: true, max_hops: 2"


def test_an_offer_is_accepted(world: World) -> None:
    auto(world, ASKING)
    arrive(world, "甲", phone="13712340077")
    row = world.row(Assignment)
    assert (row.status, lead(world, "甲").status) == ("offered", "unassigned")
    card = world.row(Outbox, Outbox.topic == "lead.offered")
    assert card.facts["lead"]["phone"] == "137****0077", "what the pool hides stays hidden until then"
    assert not told(world, "韩梅梅")
    world.refused("韩梅梅", "lead.accept", ref="甲")
    reply = world.run("李雷", "lead.accept")
    assert reply.result and reply.result["phone"] == "13712340077" and owner(world, "甲") == "李雷"
    late = world.refused("李雷", "lead.accept", ref="甲")
    assert isinstance(late, Conflict) and "已经接受过" in late.detail


def test_declined_then_unanswered_then_the_admins(world: World) -> None:
    auto(world, ASKING)
    arrive(world, "甲", person="陈组长")
    world.run("李雷", "lead.decline", ref="甲", reason="手上太多了")
    assert told(world, "韩梅梅") == ["lead.offered"]
    world.later(minutes=29)
    tick(world)
    assert not told(world, "王经理")
    world.later(minutes=1)
    tick(world)
    assert [row.status for row in world.rows(Assignment)] == ["declined", "lapsed", "left"]
    assert told(world, "王经理") == ["lead.unassigned"]
    late = world.refused("韩梅梅", "lead.accept", ref="甲")
    assert "没有在时限内接受" in late.detail
    world.later(days=1)
    tick(world)
    assert len(world.rows(Assignment)) == 3


def test_an_offer_ends_when_somebody_else_took_it(world: World) -> None:
    auto(world, ASKING)
    arrive(world, "甲")
    world.run("王经理", "lead.assign", ref="甲", to="韩梅梅")
    late = world.refused("李雷", "lead.accept", ref="甲")
    assert "别的同事" in late.detail
    world.later(minutes=40)
    tick(world)
    assert world.row(Assignment).status == "moot" and owner(world, "甲") == "韩梅梅"


def test_a_returned_lead_goes_to_somebody_else_after_a_while(world: World) -> None:
    auto(world, TURNS + ", again_after_minutes: 60")
    arrive(world, "甲")
    world.run("李雷", "lead.return", ref="甲", reason="不是我的行业")
    tick(world)
    assert owner(world, "甲") is None
    world.later(minutes=60)
    tick(world)
    assert owner(world, "甲") == "韩梅梅"
    (skipped,) = world.rows(Assignment)[-1].skipped
    assert skipped["name"] == "李雷" and "刚离开过他，12月23日" in skipped["why"]
    explained = world.run("王经理", "lead.explain_assignment", ref="甲").result
    assert explained and explained["given"]["owner"]["name"] == "韩梅梅"
    assert [one["status"] for one in explained["decisions"]] == ["assigned", "assigned"]


def test_a_lead_that_is_moved_in_is_given_by_the_clock(world: World) -> None:
    auto(world)
    world.run("周总", "lead.move_pool", ref="邓超", pool="华东线索池")
    tick(world)
    assert owner(world, "邓超") == "李雷"


def test_two_at_once_go_to_different_people_and_nobody_goes_over_his_quota(world: World) -> None:
    auto(world, TURNS + ", caps: {daily_quota: 3}")
    barrier = threading.Barrier(10)

    def one(number: int) -> None:
        barrier.wait()
        world.run("王经理", "lead.register", name=f"同时{number}", pool="华东线索池")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    leads = world.rows(Lead, Lead.name.startswith("同时"))
    counted = Counter(row.owner_id for row in leads)
    assert counted == {world.person("李雷").id: 3, world.person("韩梅梅").id: 3, None: 4}
    assert len(world.rows(Assignment)) == 10


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("rules: [{candidates: {people: [没有这人]}}]", "没有同事「没有这人」"),
        ("rules: [{candidates: {departments: [没有这组]}}]", "没有部门「没有这组」"),
        ("rules: [{strategy: default_person}]", "要写 person"),
        ("rules: [{strategy: 抽签}]", "strategy"),
        ("rules: [{weights: {李雷: 0}}]", "权重"),
    ],
)
def test_a_rule_that_cannot_work_names_its_line(world: World, said: str, what: str) -> None:
    with pytest.raises(CompanyFileError, match=f"第 3 行.*{what}"):
        auto(world, said)


def test_the_default_person_and_the_manual_rule(world: World) -> None:
    auto(
        world,
        "auto: true, rules: [{when: {sources: [展会]}, strategy: default_person, person: 韩梅梅}, {strategy: manual}]",
    )
    arrive(world, "甲", source="展会")
    assert owner(world, "甲") == "韩梅梅"
    arrive(world, "乙", person="陈组长", source="官网")
    assert world.rows(Assignment)[-1].why == "规则要求由管理员分配"
    world.later(minutes=30)
    tick(world)
    assert told(world, "王经理") == ["lead.unassigned"] and world.rows(Assignment)[-1].status == "left"

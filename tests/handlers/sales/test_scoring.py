"""How good a lead is: every point has its reason, and nothing is hidden by it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from world import World

from handlers.sales.scoring import score
from models.company.score_rules import Scoring
from models.sales.lead import Lead

NEW = timedelta(0)
WHOLE = {"name": "张三", "phone": "13800138000", "company": "海豚", "title": "采购总监", "industry": "医疗器械"}


def test_fit_and_intent_with_their_reasons() -> None:
    rule = Scoring(industries=("医疗",))
    found = score(WHOLE | {"source": "转介绍", "note": "要报价，想看演示"}, {"budget": "10万"}, rule, NEW)
    assert (found.points, found.grade) == (100, "A")
    assert {(one.text, one.points) for one in found.reasons} == {
        ("目标行业 医疗", 15), ("联系到决策人", 15), ("预算已知", 10), ("姓名、电话、公司齐全", 10),
        ("来源转介绍", 20), ("提到报价", 20), ("提到演示", 20),
    }  # fmt: skip


def test_penalties_and_grades() -> None:
    assert score({"note": "竞品来打听"}, {}, Scoring(), NEW).points == 0
    assert score(WHOLE | {"source": "展会"}, {}, Scoring(), NEW).grade == "C"
    assert score({}, {}, Scoring(), NEW) == score({}, {}, Scoring(), timedelta(days=90))


def test_intent_fades_by_half_in_two_weeks_and_says_so() -> None:
    wanted = {"source": "转介绍", "note": "报价"}
    assert score(wanted, {}, Scoring(), NEW).points == 40
    old = score(wanted, {}, Scoring(), timedelta(days=14))
    assert old.points == 20
    assert ("意向随时间减弱（14 天）", -20) in [(one.text, one.points) for one in old.reasons]


@given(st.text(max_size=80), st.sampled_from(["展会", "官网", None]), st.integers(0, 400))
def test_it_stays_within_its_bounds(note: str, source: str | None, days: int) -> None:
    found = score({"note": note, "source": source}, {}, Scoring(), timedelta(days=days))
    assert 0 <= found.points <= 100 and found.grade in "ABCD"


def test_it_stands_on_the_lead_and_orders_what_waits(world: World) -> None:
    world.run("李雷", "lead.register", name="普通")
    world.run("李雷", "lead.register", name="好", company="好公司", phone="13712340088", title="总监", source="转介绍",
              note="急要报价和演示")  # fmt: skip
    shown = world.run("李雷", "lead.show", ref="好").result
    assert shown and shown["grade"] == "A" and shown["score_reasons"][0]["points"] == 20
    listed = world.run("李雷", "lead.list", scene="todo").result
    assert listed and [item["name"] for item in listed["items"]] == ["好", "高峰", "普通"], "all of them"
    world.run("李雷", "lead.update", ref="好", note="竞品")
    assert (world.row(Lead, Lead.name == "好").score or 0) < 25


def test_tiers_by_score(world: World) -> None:
    world.load("""
lead_scoring: {sources: {展会: 60}, intent_max: 60, grades: {A: 60, B: 40}}
lead_pools:
  - {name: 华东线索池, assignment: {auto: true, rules: [{strategy: score_tier, candidates: {people: [韩梅梅]},
     groups: [{min_score: 60, people: [李雷]}]}]}}
""")
    world.run("王经理", "lead.register", name="好的", source="展会", pool="华东线索池")
    world.run("王经理", "lead.register", name="一般", source="官网", pool="华东线索池")
    owners = {row.name: row.owner_id for row in world.rows(Lead)}
    assert owners["好的"] == world.person("李雷").id and owners["一般"] == world.person("韩梅梅").id

"""Who gets a lead: the pure decisions, and what must hold over many of them."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handlers.sales.assign_choice import Candidate, LeadFacts, choose, first_rule, fits, group_of, why_not
from models.company.assign_rules import Assignment, AssignRule, Candidates, Caps, Group, When

LI, HAN, ZHAO = Candidate(1, "李雷"), Candidate(2, "韩梅梅"), Candidate(3, "赵六")
THREE = [LI, HAN, ZHAO]
NO_CAPS = Assignment(auto=True)


def turns(rule: AssignRule, days: list[list[Candidate]]) -> list[str]:
    """Who gets each of the leads, the turn going on from one to the next."""
    state: dict[str, Any] = {}
    found = []
    for candidates in days:
        choice = choose(rule, candidates, NO_CAPS, state)
        state = choice.state
        found.append(choice.person.name if choice.person else "")
    return found


def test_the_first_rule_that_fits_decides() -> None:
    rules = [AssignRule(name="展会", when=When(sources=("展会",))), AssignRule(name="其余")]
    assert first_rule(LeadFacts(source="展会"), rules) == (1, rules[0])
    assert first_rule(LeadFacts(source="官网"), rules) == (2, rules[1])
    assert first_rule(LeadFacts(source="官网"), rules[:1]) is None


def test_conditions() -> None:
    assert fits(LeadFacts(region="上海市浦东"), When(regions=("上海",)))
    assert fits(LeadFacts(company="上海海豚科技有限公司"), When(regions=("上海",)))
    assert not fits(LeadFacts(region="江苏", company="上海海豚"), When(regions=("上海",))), "what is stated goes first"
    assert fits(LeadFacts(text="想要二十台打印机"), When(products=("打印机",)))
    assert not fits(LeadFacts(), When(industries=("教育",)))
    assert not fits(LeadFacts(score=None), When(min_score=0)), "an unknown score fits no limit"
    assert fits(LeadFacts(score=60), When(min_score=50, max_score=74))


def test_round_robin_goes_around() -> None:
    assert turns(AssignRule(), [THREE] * 4) == ["李雷", "韩梅梅", "赵六", "李雷"]


def test_who_missed_a_turn_gets_it_once_and_who_refused_does_not() -> None:
    away = Candidate(2, "韩梅梅", is_away=True)
    assert turns(AssignRule(), [THREE, [LI, away, ZHAO], [LI, away, ZHAO], [LI, away, ZHAO], THREE, THREE]) == [
        "李雷", "赵六", "李雷", "赵六", "韩梅梅", "李雷",
    ]  # fmt: skip
    paused = Candidate(2, "韩梅梅", is_paused=True)
    assert turns(AssignRule(), [[LI, paused, ZHAO], [LI, paused, ZHAO], THREE]) == ["李雷", "赵六", "李雷"]


def test_nobody_able_leaves_the_turn_where_it_was() -> None:
    closed = [Candidate(one.id, one.name, is_open=False) for one in THREE]
    choice = choose(AssignRule(), closed, NO_CAPS, {"last": 1})
    assert choice.person is None and choice.state == {"last": 1}
    assert [one.why for one in choice.skipped] == ["不在上班时间"] * 3
    assert choose(AssignRule(), closed, Assignment(auto=True, always_on=True), {}).person is not None


def test_every_reason_is_said() -> None:
    caps = Assignment(auto=True, caps=Caps(daily_quota=3, load_cap=20))
    given_today = why_not(Candidate(1, "李雷", today=3), caps)
    assert given_today and given_today.why == "今天已分 3 条，每天最多 3 条"
    loaded = why_not(Candidate(1, "李雷", load=20), caps)
    assert loaded and loaded.why == "待处理和跟进中有 20 条，最多 20 条"
    for one, rule in (
        (Candidate(1, "李雷", is_active=False), "inactive"), (Candidate(1, "李雷", is_bound=False), "unbound"),
        (Candidate(1, "李雷", cooling="拒绝过这条线索"), "cooling"),
    ):  # fmt: skip
        found = why_not(one, caps)
        assert found and found.rule == rule
    assert why_not(LI, caps) is None


def test_least_load_looks_at_capacity_then_at_today_then_at_turns() -> None:
    rule = AssignRule(strategy="least_load", weights={"李雷": 2})
    busy = [Candidate(1, "李雷", load=10), Candidate(2, "韩梅梅", load=6), Candidate(3, "赵六", load=6)]
    assert turns(rule, [busy]) == ["李雷"], "ten for two are five"
    even = [Candidate(2, "韩梅梅", load=6, today=2), Candidate(3, "赵六", load=6, today=1)]
    assert turns(rule, [even]) == ["赵六"]
    assert turns(AssignRule(strategy="least_load"), [THREE, THREE, THREE]) == ["李雷", "韩梅梅", "赵六"]


def test_groups_by_region_and_by_score() -> None:
    near = AssignRule(strategy="region", groups=(Group(regions=("上海",), people=("李雷",)), Group(people=("赵六",))))
    assert group_of(LeadFacts(region="上海"), near) == (1, near.groups[0])
    assert group_of(LeadFacts(region="北京"), near) == (2, near.groups[1])
    rest = Candidates(people=("赵六",))
    tiers = AssignRule(strategy="score_tier", groups=(Group(min_score=75, people=("李雷",)),), candidates=rest)
    assert group_of(LeadFacts(score=80), tiers)[0] == 1
    assert group_of(LeadFacts(score=20), tiers) == (0, rest)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 5))
def test_weights_hold_over_every_full_round(weights: list[int], rounds: int) -> None:
    people = [Candidate(number, f"甲{number}") for number in range(len(weights))]
    rule = AssignRule(
        strategy="weighted", weights={one.name: weight for one, weight in zip(people, weights, strict=True)}
    )
    counted = Counter(turns(rule, [people] * (sum(weights) * rounds)))
    assert [counted[one.name] for one in people] == [weight * rounds for weight in weights]


@given(st.integers(1, 7), st.integers(1, 60))
def test_round_robin_is_even_at_every_moment(size: int, count: int) -> None:
    people = [Candidate(number, f"甲{number}") for number in range(size)]
    counted = Counter(turns(AssignRule(), [people] * count))
    assert max(counted.values()) - min(counted.get(one.name, 0) for one in people) <= 1


@given(
    st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=40),
    st.sampled_from(["round_robin", "weighted", "least_load"]),
)
def test_whoever_is_able_is_found_and_nobody_else(days: list[list[bool]], strategy: Any) -> None:
    rule, state = AssignRule(strategy=strategy), dict[str, Any]()
    for day in days:
        people = [Candidate(number, f"甲{number}", is_away=away) for number, away in enumerate(day)]
        choice = choose(rule, people, NO_CAPS, state)
        state = choice.state
        assert (choice.person is None) == all(day)
        assert choice.person is None or not choice.person.is_away
        assert {one.id for one in choice.skipped} == {number for number, away in enumerate(day) if away}

"""The reclaim rules as pure decisions (domain.md E.1.5), none of them with a database."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from world import ZONE

from handlers.customers import reclaim
from handlers.customers.counting import Count
from handlers.customers.reclaim import Clocks, Deed
from models.company.calendar import Calendar
from models.company.pool_rules import LeadPoolRules, SeaRules

CALENDAR = Calendar(holidays=frozenset({date(2026, 5, 1), date(2026, 6, 19)}), workdays=frozenset({date(2026, 5, 9)}))


def at(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{clock}:00+08:00")


def clocks(owned: str, followed: str | None = None, /, **more: Any) -> Clocks:
    return Clocks(at(owned), at(followed or owned), **more)


def sea(*rules: dict[str, Any], **more: Any) -> SeaRules:
    return SeaRules.model_validate({"reclaim_rules": rules, **more})


def taken(what: Clocks, rules: SeaRules | LeadPoolRules) -> str | None:
    due = reclaim.deadline(what, rules, CALENDAR, ZONE)
    return f"{due.last_day:%m-%d}" if due is not None else None


def deeds(*days: str) -> dict[str, Any]:
    found = tuple(Deed(at(day), "follow_up") for day in days)
    return {"deeds": found}


@pytest.mark.parametrize(
    ("done", "last_day"),
    [
        ([], "04-04"),
        (["03-28"], "04-04"),
        (["03-28", "04-02"], "04-05"),
        (["03-28", "04-02", "04-05"], "04-08"),
        (["03-28", "04-02", "04-05", "04-08", "04-11", "04-13"], "04-14"),
    ],
)
def test_base_extension_and_maximum_as_in_the_anchor_example(done: list[str], last_day: str) -> None:
    rules = sea({"trigger": "no_follow_up", "days": 10, "extend_days": 3, "max_days": 20})
    assert taken(clocks("03-25", done[-1] if done else None, **deeds(*done)), rules) == last_day


def test_each_extension_used_is_told() -> None:
    rules = sea({"trigger": "no_follow_up", "days": 10, "extend_days": 3, "max_days": 20})
    due = reclaim.deadline(clocks("03-25", **deeds("03-28", "04-02", "04-13")), rules, CALENDAR, ZONE)
    assert due is not None
    assert [(s.kind, f"{s.last_day:%m-%d}") for s in due.steps] == [
        ("follow_up", "04-05"), ("follow_up", "04-16"), ("max", "04-14"),
    ]  # fmt: skip


def test_the_earliest_of_all_rules_takes_it() -> None:
    rules = sea({"trigger": "protection_max", "days": 30}, reclaim_after_days=10, no_deal_after_days=20)
    assert taken(clocks("03-02"), rules) == "03-12"
    assert taken(clocks("03-02", "03-10"), rules) == "03-20"
    assert taken(clocks("03-02", "03-15"), rules) == "03-22"
    verdict = reclaim.examine(clocks("03-02"), rules, CALENDAR, ZONE)
    assert [due.rule for due in verdict.others] == ["no_deal", "protection_max"]


def test_the_first_follow_up_is_asked_for_once() -> None:
    rules = sea({"trigger": "first_follow_up", "days": 2, "day_type": "business"})
    assert taken(clocks("03-06"), rules) == "03-10"
    assert taken(clocks("03-06", "03-09"), rules) is None


def test_what_is_won_is_left_alone_but_by_the_rule_made_for_it() -> None:
    won = clocks("03-02", won_at=at("03-05"), order_at=at("03-05"))
    rules = sea({"trigger": "post_contract", "days": 60}, reclaim_after_days=10, no_deal_after_days=20)
    assert taken(won, rules) == "05-04"
    assert taken(won, sea(reclaim_after_days=10)) is None
    assert taken(won, sea({"trigger": "no_follow_up", "days": 10, "exempt": []})) == "03-12"


def test_an_opportunity_in_time_and_one_that_stalls() -> None:
    rules = sea({"trigger": "no_opportunity", "days": 7}, {"trigger": "stage_stall", "days": 14})
    assert taken(clocks("03-02"), rules) == "03-09"
    assert taken(clocks("03-02", opportunity_at=at("02-01")), rules) == "03-09", "one of an earlier owner"
    assert taken(clocks("03-02", opportunity_at=at("03-03"), stage_at=at("03-10")), rules) == "03-24"
    assert taken(clocks("03-02", opportunity_at=at("03-03")), rules) is None, "closed"


def test_a_named_condition_holds_for_the_rules_that_name_it() -> None:
    rules = sea({"trigger": "no_follow_up", "days": 5, "exempt": ["pending_approval"]}, no_deal_after_days=40)
    held = clocks("03-02", holds={"pending_approval": "SO1 还在审批"})
    assert taken(held, rules) == "04-11"
    assert taken(clocks("03-02"), rules) == "03-07"
    (other, looked) = reclaim.examine(held, rules, CALENDAR, ZONE).exempt
    assert (looked.holds, looked.words, other.name, other.holds) == (True, "SO1 还在审批", "won", False)


@pytest.mark.parametrize("granted", ["extended_until", "protected_until"])
def test_what_was_granted_lies_under_every_rule(granted: str) -> None:
    rules = sea(reclaim_after_days=10, no_deal_after_days=11)
    assert taken(clocks("03-02", **{granted: at("03-20", "02:00")}), rules) == "03-19"
    assert taken(clocks("03-02", **{granted: at("03-10", "02:00")}), rules) == "03-12"


def test_scope_by_level_source_and_department() -> None:
    rules = sea(
        {"trigger": "no_follow_up", "days": 3, "levels": ["A"], "departments": ["华东组"]}, reclaim_after_days=9
    )
    inside = {"level": "A", "departments": frozenset({"华东组", "销售部"})}
    assert taken(clocks("03-02", **inside), rules) == "03-05"
    assert taken(clocks("03-02", **(inside | {"level": "B"})), rules) == "03-11"
    assert taken(clocks("03-02", level="A", departments=frozenset({"华北组"})), rules) == "03-11"
    of_leads = LeadPoolRules.model_validate(
        {"reclaim_rules": [{"trigger": "first_follow_up", "days": 1, "sources": ["展会"]}], "reclaim_after_days": 7}
    )
    assert taken(clocks("03-02", source="展会"), of_leads) == "03-03"
    assert taken(clocks("03-02", source="官网"), of_leads) == "03-09"


def test_skipped_days_have_their_reason() -> None:
    rules = sea(reclaim_after_days=6, day_type="business")
    away = frozenset({date(2026, 5, 6), date(2026, 5, 10)})
    due = reclaim.deadline(clocks("04-29", away=away), rules, CALENDAR, ZONE)
    assert due is not None
    assert [(f"{one.day:%m-%d}", one.why) for one in due.skipped] == [
        ("05-01", "劳动节"), ("05-02", "周末"), ("05-03", "周末"), ("05-06", "请假"),
    ]  # fmt: skip
    assert f"{due.last_day:%m-%d}" == "05-09", "a Saturday that is worked"


def test_holidays_stop_a_calendar_count_where_the_rule_says_so() -> None:
    frozen = sea({"trigger": "no_follow_up", "days": 5, "exempt": ["won", "holiday"]})
    assert taken(clocks("04-29"), frozen) == "05-05"
    assert taken(clocks("04-29"), sea(reclaim_after_days=5)) == "05-04"


def test_leave_rests_the_clock_for_fifteen_business_days_at_most() -> None:
    days = frozenset(date(2026, 7, 1) + timedelta(days=n) for n in range(60))
    count = Count(CALENDAR, date(2026, 6, 30), business=True, away=days)
    assert sum(one.why == "请假" for one in count.skipped(date(2026, 8, 20))) == 21, "15 of them business days"
    assert taken(clocks("06-30", away=days), sea(reclaim_after_days=3, day_type="business")) == "07-24"
    assert taken(clocks("06-30", away=frozenset({date(2026, 7, 1)})), sea(reclaim_after_days=3)) == "07-04"


def test_a_mark_is_no_reclaim() -> None:
    rules = sea({"trigger": "no_follow_up", "days": 5, "action": "mark_high_risk"}, reclaim_after_days=9)
    verdict = reclaim.examine(clocks("03-02"), rules, CALENDAR, ZONE)
    assert verdict.first is not None and verdict.mark is not None
    assert (f"{verdict.first.last_day:%m-%d}", f"{verdict.mark.last_day:%m-%d}") == ("03-11", "03-07")


def test_a_shorter_version_leaves_three_business_days() -> None:
    long, short = sea(reclaim_after_days=20), sea(reclaim_after_days=5)
    what = clocks("03-02")
    old, new = (reclaim.deadline(what, rules, CALENDAR, ZONE) for rules in (long, short))
    assert old is not None and new is not None
    kept = reclaim.kept(new, old, at("03-12", "00:00"), CALENDAR, ZONE)
    assert f"{kept.last_day:%m-%d}" == "03-17" and kept.by_rule_at == new.reclaim_at
    assert reclaim.kept(new, old, at("03-21", "00:00"), CALENDAR, ZONE).reclaim_at == old.reclaim_at
    assert reclaim.kept(old, new, at("03-12", "00:00"), CALENDAR, ZONE) == old
    assert f"{reclaim.kept(new, None, at('03-12', '00:00'), CALENDAR, ZONE).last_day:%m-%d}" == "03-17"


@given(
    owned=st.integers(0, 300), days=st.integers(1, 40), extend=st.integers(1, 20), most=st.integers(0, 40),
    done=st.lists(st.integers(0, 60), max_size=6), away=st.frozensets(st.integers(0, 90), max_size=30),
    business=st.booleans(),
)  # fmt: skip
def test_more_work_or_leave_never_makes_it_earlier_and_no_work_passes_the_maximum(
    owned: int, days: int, extend: int, most: int, done: list[int], away: frozenset[int], *, business: bool
) -> None:
    start = at("01-05") + timedelta(days=owned)
    rule = {"trigger": "no_follow_up", "days": days, "extend_days": extend, "max_days": days + most}
    rules = sea(rule | {"day_type": "business" if business else "calendar"})
    found = tuple(Deed(start + timedelta(days=n), "follow_up") for n in sorted(done))
    off = frozenset((start + timedelta(days=n)).date() for n in away)

    def instant(**more: Any) -> datetime:
        due = reclaim.deadline(Clocks(start, start, **more), rules, CALENDAR, ZONE)
        assert due is not None
        return due.reclaim_at

    assert instant() <= instant(deeds=found) <= instant(deeds=found, away=off)
    longest = sea({"trigger": "protection_max", "days": days + most, "day_type": rules.reclaim_rules[0].day_type})
    cap = reclaim.deadline(Clocks(start, start, away=off), longest, CALENDAR, ZONE)
    assert cap is not None and instant(deeds=found, away=off) <= cap.reclaim_at


@pytest.mark.parametrize(
    "wrong",
    [
        {"trigger": "no_follow_up", "days": 0}, {"trigger": "never", "days": 3},
        {"trigger": "no_deal", "days": 9, "max_days": 3}, {"trigger": "no_deal", "days": 9, "exempt": ["lucky"]},
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        sea(wrong)


def test_a_lead_pool_has_fewer_rules() -> None:
    with pytest.raises(ValidationError, match="线索池"):
        LeadPoolRules.model_validate({"reclaim_rules": [{"trigger": "no_deal", "days": 9}]})

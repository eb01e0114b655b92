"""The funnel's cohorts and the forecast's sums, and that every number is what its list sums to."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from world import World

from handlers.sales.forecast import by_month
from handlers.sales.funnel import Step, cohorts, first_times

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return DAY + timedelta(days=day)


def test_skipped_stages_count_as_passed_and_the_first_time_counts() -> None:
    assert first_times([Step(0, on(1)), Step(3, on(4)), Step(1, on(6))], 5) == [on(1), on(4), on(4), on(4), None]
    assert first_times([Step(2, on(2))], 3) == [on(2)] * 3, "made in the third stage"
    assert first_times([Step(9, on(1))], 3) == [on(1)] * 3


def test_a_cohort_is_who_entered_in_the_period_and_reached_the_next_whenever() -> None:
    times: dict[int, list[datetime | None]] = {
        1: [on(1), on(40), None],
        2: [on(2), None, None],
        3: [on(-5), on(3), on(50)],
    }
    first, second = cohorts(times, 3, lambda at: on(0) <= at < on(30))
    assert (first.entered, first.further, first.rate) == ([1, 2], [1], Decimal("0.5"))
    assert (second.entered, second.further, second.rate) == ([3], [3], Decimal(1))


def test_months_are_summed_and_what_has_no_day_comes_last() -> None:
    rows = [(None, 100, 10), (date(2026, 12, 31), 1005, 70), (date(2026, 12, 1), 2000, 50), (date(2026, 11, 5), 1, 0)]
    months = by_month(rows)
    assert [month.month for month in months] == [date(2026, 11, 1), date(2026, 12, 1), None]
    december = months[1]
    assert (december.count, december.best, december.commit, december.weighted) == (2, 3005, 1005, 704 + 1000)


def make(world: World, name: str, amount: int, **more: Any) -> None:
    world.run("李雷", "opportunity.create", ref="西溪基因", name=name, amount=amount, **more)


def report(world: World, person: str, name: str, **more: Any) -> dict[str, Any]:
    return dict(world.run(person, "report.show", report=name, **more).result or {})


def test_the_funnel_of_a_month(world: World) -> None:
    make(world, "甲单", 1000)
    make(world, "乙单", 2000)
    make(world, "丙单", 4000)
    make(world, "丁单", 8000)
    world.run("李雷", "opportunity.advance", ref="甲单", stage="方案报价")
    world.run("李雷", "opportunity.win", ref="乙单")
    world.run("李雷", "opportunity.advance", ref="丁单")
    world.run("李雷", "opportunity.invalidate", ref="丁单", reason="重复")
    world.later(days=20)
    world.run("李雷", "opportunity.advance", ref="丙单")
    found = report(world, "李雷", "funnel", period="last_month")
    stages = found["stages"]
    assert [(one["entered"], one["further"], one["rate"]) for one in stages] == [
        (3, 3, "1.0000"), (2, 2, "1.0000"), (2, 1, "0.5000"), (1, 1, "1.0000"), (1, 1, "1.0000"),
    ]  # fmt: skip
    for stage in stages:
        assert stage["entered"] == len(stage["items"])
        assert stage["further"] == sum(item["further"] for item in stage["items"])
        assert Decimal(stage["amount"]) == sum(Decimal(item["amount"]) for item in stage["items"])
    assert [(one["stage"], one["count"]) for one in found["now"]] == [("需求确认", 1), ("方案报价", 1)]
    assert report(world, "陈组长", "funnel", period="last_month")["subject"] == "陈组长的团队"
    assert report(world, "韩梅梅", "funnel", period="last_month")["stages"][0]["entered"] == 0


def test_the_forecast_sums_to_its_list(world: World) -> None:
    make(world, "甲单", 1000, expected_close="2026-12-15", stage="商务谈判")
    make(world, "乙单", 2000, expected_close="2026-12-20")
    make(world, "丙单", 4000, expected_close="2027-02-01")
    make(world, "丁单", 8000)
    found = report(world, "李雷", "forecast")
    assert (found["commit"], found["best"], found["weighted"]) == ("1000.00", "15000.00", "2100.00")
    assert Decimal(found["weighted"]) == sum(Decimal(item["weighted"]) for item in found["items"])
    assert [month["month"] for month in found["months"]] == ["2026-12", "2027-02", None]
    in_quarter = report(world, "李雷", "forecast", period="this_quarter")
    assert (in_quarter["best"], len(in_quarter["items"])) == ("3000.00", 2)
    assert report(world, "韩梅梅", "forecast")["items"] == []

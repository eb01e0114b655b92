"""Targets: who sets them, and what was reached of them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from world import World

from handlers.money.target_view import elapsed_share, months_of, progress
from handlers.money.targets import spread
from models.company.calendar import Calendar
from models.errors import Forbidden, Invalid, NotFound
from models.money.target import Target


def aim(world: World, by: str = "陈组长", **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"person": "李雷", "period": "2026-11", "amount": 10000} | more
    return dict(world.run(by, "target.set", **given).result or {})


def reached(world: World, person: str = "李雷", **more: Any) -> dict[str, Any]:
    return {item["metric"]: item for item in (world.run(person, "target.show", **more).result or {})["items"]}


def sell(world: World) -> None:
    """An approved order of 2304 yuan, and 500 of it paid."""
    lines = [{"product": "显微镜", "quantity": 2, "discount": 0.96}]
    code = (world.run("李雷", "order.create", ref="西溪基因", lines=lines).result or {})["code"]
    world.run("陈组长", "approval.approve", ref=code)
    paid = (world.run("李雷", "payment.create", ref=code, amount=500).result or {})["code"]
    world.run("钱会计", "approval.approve", ref=paid)


def test_superiors_and_admins_set_them_and_nobody_his_own(world: World) -> None:
    for by in ("陈组长", "王经理", "周总"):
        assert aim(world, by)["items"][0]["target"] == "10000.00"
    for by, subject in (
        ("李雷", {"person": "李雷"}), ("韩梅梅", {"person": "李雷"}), ("陈组长", {"person": "陈组长"}),
        ("陈组长", {"person": None, "department": "销售部"}), ("李雷", {"person": None, "department": "华东组"}),
    ):  # fmt: skip
        given: dict[str, Any] = {"period": "2026-11", "amount": 1} | subject
        assert isinstance(world.refused(by, "target.set", **given), Forbidden), (by, subject)
    assert len(world.rows(Target)) == 1, "set again is changed"


def test_a_quarters_target_is_the_sum_of_its_months(world: World) -> None:
    aim(world, period="2026-Q4", amount=100)
    assert [row.value for row in world.rows(Target)] == [3333, 3333, 3334]
    assert reached(world, period="2026-12")["order_amount"]["target"] == "33.34"
    assert reached(world, period="2026-Q4")["order_amount"]["target"] == "100.00"
    assert reached(world, period="2026")["order_amount"]["target"] == "100.00"


def test_what_was_reached_what_is_missing_and_how_fast(world: World) -> None:
    aim(world)
    aim(world, metric="payment_total", amount=400)
    aim(world, metric="wins", amount=2)
    aim(world, metric="effective_follow_ups", amount=0)
    sell(world)
    for name in ("二期设备", "备件年单", "再一个"):
        given: dict[str, Any] = {"amount": 5000, "expected_close": "2026-11-28"}
        world.run("李雷", "opportunity.create", ref="西溪基因", name=name, **given)
    world.run("李雷", "opportunity.win", ref="备件年单")
    world.run("李雷", "opportunity.advance", ref="二期设备", stage="方案报价")
    found = reached(world)
    orders = found["order_amount"]
    assert (orders["actual"], orders["gap"], orders["rate"]) == ("2304.00", "7696.00", "0.2304")
    assert orders["elapsed"] == "0.7273", "16 of 22 working days, the 28th worked"
    assert orders["pace"] == "0.3168"
    assert orders["pipeline"] == "3000.00", "half of 5000 and a tenth of 5000"
    assert (found["payment_total"]["actual"], found["payment_total"]["gap"]) == ("500.00", "0.00")
    assert (found["wins"]["actual"], found["wins"]["gap"], found["wins"]["pipeline"]) == (1, 1, None)
    assert (found["effective_follow_ups"]["rate"], found["effective_follow_ups"]["pace"]) == (None, None)


def test_what_was_reached_stays_with_whose_it_was(world: World) -> None:
    aim(world)
    aim(world, person="韩梅梅")
    sell(world)
    world.run("陈组长", "customer.transfer", ref="西溪基因", to="韩梅梅")
    assert reached(world)["order_amount"]["actual"] == "2304.00"
    assert reached(world, "韩梅梅")["order_amount"]["actual"] == "0.00"


def test_a_department_has_its_own_or_the_sum_of_its_people(world: World) -> None:
    aim(world)
    aim(world, person="韩梅梅", amount=5000)
    east: dict[str, Any] = {"department": "华东组", "period": "2026-11"}
    assert reached(world, "陈组长", **east)["order_amount"]["target"] == "15000.00"
    aim(world, "王经理", person=None, department="华东组", amount=20000)
    reply = world.run("陈组长", "target.show", **east)
    assert (reply.result or {})["items"][0]["target"] == "20000.00"
    assert "15000.00" in reply.facts["notes"][0]
    assert isinstance(world.refused("李雷", "target.show", **east), Forbidden), "he does not see all of its numbers"


def test_they_are_read_by_whom_they_concern(world: World) -> None:
    aim(world)
    seen = {name for name in ("周总", "王经理", "陈组长", "李雷", "韩梅梅", "赵六") if world.items(name, "targets")}
    assert seen == {"周总", "王经理", "陈组长", "李雷"}
    assert len(world.items("陈组长", "targets", month="2026-11")) == 1
    assert world.items("陈组长", "targets", month="2026-12") == []
    (one,) = world.items("李雷", "targets")
    assert (one["amount"], one["metric"], one["month"]) == ("10000.00", "order_amount", "2026-11")
    assert isinstance(world.refused("韩梅梅", "target.show", person="李雷"), Forbidden)
    assert isinstance(world.refused("李雷", "target.show", period="2026-10"), NotFound)


def test_counts_are_whole(world: World) -> None:
    given = {"person": "李雷", "period": "2026-11", "metric": "wins", "amount": "2.5"}
    assert isinstance(world.refused("陈组长", "target.set", **given), Invalid)


@pytest.mark.parametrize(
    ("value", "count", "parts"), [(10, 3, [3, 3, 4]), (0, 12, [0] * 12), (7, 1, [7]), (2, 3, [0, 0, 2])]
)
def test_parts_sum_to_the_whole(value: int, count: int, parts: list[int]) -> None:
    assert spread(value, count) == parts and sum(parts) == value


def test_a_target_of_nothing_has_no_rate() -> None:
    assert progress(0, 5, Decimal("0.5")).rate is None
    assert progress(10, 5, Decimal(0)).pace is None
    assert progress(10, 15, Decimal(1)).gap == 0


def test_working_days_that_have_begun() -> None:
    november = [date(2026, 11, 1)]
    assert elapsed_share(Calendar(), november, date(2026, 10, 31)) == 0
    assert elapsed_share(Calendar(), november, date(2026, 12, 5)) == 1
    assert elapsed_share(Calendar(), november, date(2026, 11, 2)) == Decimal(1) / 21
    assert [month.month for month in months_of("2026-Q1")] == [1, 2, 3]

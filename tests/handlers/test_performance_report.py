"""Performance: whose, when, and the list that sums to it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from world import ZONE, World

from handlers.periods import span_of
from models.base import Json


def sold(world: World, person: str, customer: str, quantity: int, approver: str) -> str:
    world.run(person, "order.create", ref=customer, lines=[{"product": "显微镜", "quantity": quantity}])
    code = str(world.items(person, "orders", "mine")[-1]["code"])
    world.run(approver, "approval.approve", ref=code)
    return code


def report(world: World, viewer: str, /, **args: Any) -> Json:
    reply = world.run(viewer, "report.show", report="performance", **args)
    assert reply.template == "company/report_performance"
    assert reply.result is not None
    return dict(reply.result)


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("today", "2026-11-23", "2026-11-24"), ("this_week", "2026-11-23", "2026-11-30"),
        ("last_week", "2026-11-16", "2026-11-23"), ("this_month", "2026-11-01", "2026-12-01"),
        ("last_month", "2026-10-01", "2026-11-01"), ("this_quarter", "2026-10-01", "2027-01-01"),
        ("last_quarter", "2026-07-01", "2026-10-01"), ("this_year", "2026-01-01", "2027-01-01"),
    ],
)  # fmt: skip
def test_periods(period: str, start: str, end: str) -> None:
    span = span_of(period, date(2026, 11, 23), ZONE)
    assert span.start == datetime.fromisoformat(f"{start}T00:00:00+08:00")
    assert span.end == datetime.fromisoformat(f"{end}T00:00:00+08:00")
    assert span.start.tzinfo == UTC


def test_february_and_new_year() -> None:
    assert span_of("this_month", date(2028, 2, 29), ZONE).end == datetime.fromisoformat("2028-03-01T00:00:00+08:00")
    last = span_of("last_quarter", date(2027, 1, 31), ZONE)
    assert last.start == datetime.fromisoformat("2026-10-01T00:00:00+08:00")


def test_only_approved_orders_count_on_the_day_of_approval(world: World) -> None:
    code = sold(world, "李雷", "西溪基因", 2, "陈组长")
    world.run("李雷", "order.create", ref="西溪基因", lines=[{"product": "显微镜", "quantity": 9}])
    found = report(world, "李雷")
    assert found["amount"] == "2400.00"
    assert [item["code"] for item in found["items"]] == [code]
    assert found["order_count"] == 1
    assert report(world, "李雷", period="last_month")["amount"] == "0.00"
    world.later(days=10)
    assert report(world, "李雷", period="this_month")["amount"] == "0.00"
    assert report(world, "李雷", period="last_month")["amount"] == "2400.00"


def test_a_transfer_does_not_move_it(world: World) -> None:
    sold(world, "李雷", "西溪基因", 2, "陈组长")
    world.run("陈组长", "customer.transfer", ref="西溪基因", to="韩梅梅")
    assert report(world, "李雷")["amount"] == "2400.00"
    assert report(world, "韩梅梅")["amount"] == "0.00"


def test_payments_follow_ups_and_new_customers(world: World) -> None:
    code = sold(world, "李雷", "西溪基因", 2, "陈组长")
    world.run("李雷", "payment.create", ref=code, amount=1000)
    assert report(world, "李雷")["payment_total"] == "0.00"
    world.run("钱会计", "approval.approve", ref=code)
    world.run("李雷", "follow_up.add", ref="西溪基因", content="客户认可方案，下周要正式报价和交期")
    world.run("李雷", "follow_up.add", ref="西溪基因", content="1")
    world.run("李雷", "customer.create", name="嘉兴南湖试剂有限公司")
    found = report(world, "李雷")
    assert found["payment_total"] == "1000.00"
    assert found["effective_follow_ups"] == 1
    assert found["new_customers"] == 1


def test_a_department_sums_its_people_and_ranks_them(world: World) -> None:
    sold(world, "李雷", "西溪基因", 2, "陈组长")
    sold(world, "韩梅梅", "紫金材料", 3, "陈组长")
    sold(world, "赵六", "燕山化工", 1, "王经理")
    group = report(world, "陈组长", department="华东组")
    assert group["amount"] == "6000.00"
    assert [row["name"] for row in group["ranking"]] == ["韩梅梅", "李雷"]
    assert report(world, "王经理", department="销售部")["amount"] == "7200.00"
    assert report(world, "陈组长", person="李雷")["amount"] == "2400.00"
    assert report(world, "周总", person="赵六")["amount"] == "1200.00"
    items = group["items"]
    assert sum(float(item["amount"]) for item in items) == 6000


def test_the_team_is_who_is_below_one(world: World) -> None:
    sold(world, "李雷", "西溪基因", 2, "陈组长")
    sold(world, "赵六", "燕山化工", 1, "王经理")
    own = report(world, "陈组长", department="团队")
    assert (own["subject"], own["amount"]) == ("陈组长的团队", "2400.00")
    assert report(world, "王经理", department="我们团队")["amount"] == "3600.00"
    refusal = world.refused("李雷", "report.show", report="performance", department="团队")
    assert "不能看华东组的业绩" in refusal.title, "he leads nobody"


def test_nobody_elses(world: World) -> None:
    for args in ({"person": "韩梅梅"}, {"department": "华东组"}, {"person": "陈组长"}):
        refusal = world.refused("李雷", "report.show", report="performance", **args)
        assert refusal.code == "forbidden"
        assert refusal.next_step
    assert world.refused("陈组长", "report.show", report="performance", department="销售部").code == "forbidden"
    assert world.refused("李雷", "report.show", report="performance", person="没有人").code == "not_found"

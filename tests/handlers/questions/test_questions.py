"""Questions: every number opens exactly the rows that sum to it, of what the asker may see."""

from decimal import Decimal
from typing import Any

import pytest
from world import World

from models.customers.ownership import Ownership

LINES = [{"product": "离心机", "quantity": 2}]
SAID = "客户认可方案，下周要正式报价和交期"
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("customer.show", {"ref": "西溪基因", "about": "debt"}),
    ("ask.agenda", {"period": "this_week", "person": "李雷"}),
    ("ask.returned", {"period": "this_month"}),
    ("ask.neglected", {"days": 7}),
    ("ask.added", {"period": "this_month"}),
    ("ask.deals", {"period": "this_month"}),
]


def bustle(world: World) -> World:
    """Two approved orders of 李雷's, one of them paid in part, a follow-up with a date, a return, a win."""
    for number in (1, 2):
        world.run("李雷", "order.create", ref="西溪基因", lines=LINES)
        world.run("陈组长", "approval.approve", ref=f"SO20261123-000{number}")
    world.run("李雷", "payment.create", ref="SO20261123-0001", amount=3000)
    world.run("钱会计", "approval.approve", ref="PM20261123-0001")
    world.run("李雷", "payment.create", ref="SO20261123-0002", amount=500)
    world.run("李雷", "follow_up.add", ref="西溪基因", content=SAID, method="拜访", next_at="2026-11-26T09:00:00+08:00")
    world.run("李雷", "todo.create", title="寄样品", due_at="2026-11-25T09:00:00+08:00")
    world.run("韩梅梅", "customer.return", ref="紫金材料", reason="没预算 老板说明年再看")
    world.run("李雷", "opportunity.create", ref="西溪基因", name="二期", amount=128000)
    world.run("李雷", "opportunity.win", ref="二期")
    return world


@pytest.fixture
def busy(world: World) -> World:
    """A busy day, this test's own."""
    return bustle(world)


@pytest.fixture(scope="module")
def seen(shared_world: World) -> World:
    """A busy day, for tests that only read."""
    return bustle(shared_world)


def figures(world: World, person: str, command: str, /, **args: Any) -> dict[str, Any]:
    result = world.run(person, command, **args).result
    assert result is not None
    return {one["key"]: one["value"] for one in result["figures"]}


@pytest.mark.parametrize(("command", "args"), QUESTIONS, ids=[command for command, _ in QUESTIONS])
@pytest.mark.parametrize("person", ["李雷", "韩梅梅", "陈组长", "王经理", "周总"])
def test_the_rows_of_every_number_sum_to_it(seen: World, person: str, command: str, args: dict[str, Any]) -> None:
    if command == "customer.show" and person == "韩梅梅":
        assert seen.refused(person, command, **args).code == "not_found"
        return
    if person == "韩梅梅":
        args = {key: value for key, value in args.items() if key != "person"}
    for key, value in figures(seen, person, command, **args).items():
        opened = seen.run(person, command, **args, part=key).result
        assert opened is not None
        (number,) = opened["figures"]
        assert number["value"] == value
        assert Decimal(value) == sum(Decimal(item["share"]) for item in opened["items"])
        assert opened["total"] == len(opened["items"])


@pytest.mark.parametrize(("command", "args"), QUESTIONS, ids=[command for command, _ in QUESTIONS])
def test_every_number_that_is_not_nothing_has_a_button_that_opens_it(
    seen: World, command: str, args: dict[str, Any]
) -> None:
    reply = seen.run("周总", command, **args)
    assert reply.result is not None
    shown = [one for one in reply.result["figures"] if one["value"] not in (0, "0.00")][:4]
    opened = [button for button in reply.buttons if "part" in button.args]
    assert [button.args["part"] for button in opened] == [one["key"] for one in shown]
    for button, one in zip(opened, shown, strict=True):
        answer = seen.run("周总", button.command, **button.args).result
        assert answer is not None
        assert answer["figures"][0]["value"] == one["value"]


def test_what_is_owed_is_due_or_not_and_money_on_its_way_is_apart(busy: World) -> None:
    owed = figures(busy, "李雷", "customer.show", ref="西溪基因", about="debt")
    assert owed == {
        "outstanding": "19400.00", "overdue": "0.00", "not_due": "19400.00", "paid": "3000.00", "in_transit": "500.00",
    }  # fmt: skip
    customer = busy.run("李雷", "customer.show", ref="西溪基因").result
    assert customer is not None
    assert customer["outstanding_total"] == owed["outstanding"]
    busy.later(days=30)
    assert figures(busy, "李雷", "customer.show", ref="西溪基因", about="debt")["overdue"] == "0.00"
    busy.later(days=1)
    assert figures(busy, "李雷", "customer.show", ref="西溪基因", about="debt")["overdue"] == "19400.00"
    busy.load("receivables: {due_days: 60}")
    assert figures(busy, "李雷", "customer.show", ref="西溪基因", about="debt")["not_due"] == "19400.00"


def test_what_came_too_much_is_counted_against_the_rest(busy: World) -> None:
    asked = busy.refused("李雷", "payment.create", ref="SO20261123-0002", amount=20000)
    busy.run("李雷", "payment.create", ref="SO20261123-0002", amount=20000, confirmed=getattr(asked, "confirm"))  # noqa: B009
    busy.run("钱会计", "approval.approve", ref="PM20261123-0003")
    assert figures(busy, "李雷", "customer.show", ref="西溪基因", about="debt")["outstanding"] == "-600.00"


def test_a_member_of_the_sea_is_told_the_owner_only_where_the_sea_tells_it(busy: World) -> None:
    told = busy.run("韩梅梅", "ask.who", ref="西溪基因").result
    assert told is not None
    assert (told["owner"]["name"], told["last"], told["team"]) == ("李雷", None, [])
    busy.load("seas: [{name: 华东公海, members: [华东组], admins: [王经理], show_owner: false}]")
    untold = busy.run("韩梅梅", "ask.who", ref="西溪基因").result
    assert untold is not None
    assert (untold["status"], untold["owner"]) == ("owned", None)
    assert busy.refused("赵六", "ask.who", ref="西溪基因").code == "not_found"


def test_who_sees_it_reads_who_spoke_last_and_when(busy: World) -> None:
    busy.run("李雷", "team.add", ref="西溪基因", person="吴客服")
    known = busy.run("陈组长", "ask.who", ref="西溪基因").result
    assert known is not None
    assert (known["owner"]["name"], known["last"]["person"]["name"], known["last"]["method"]) == (
        "李雷",
        "李雷",
        "拜访",
    )
    assert [one["name"] for one in known["team"]] == ["吴客服"]


def test_a_superior_asks_whom_somebody_meets(seen: World) -> None:
    result = seen.run("陈组长", "ask.agenda", period="this_week", person="李雷").result
    assert result is not None
    assert [(one["at"][:10], one["title"]) for one in result["items"]] == [
        ("2026-11-23", f"已拜访：{SAID}"), ("2026-11-25", "寄样品"), ("2026-11-26", "跟进 杭州西溪基因有限公司"),
    ]  # fmt: skip
    assert seen.refused("韩梅梅", "ask.agenda", person="李雷").code == "forbidden"


def test_what_came_back_says_why_to_those_above_in_full(seen: World) -> None:
    above = seen.run("陈组长", "ask.returned", period="today").result
    beside = seen.run("李雷", "ask.returned", period="today").result
    assert above is not None and beside is not None
    assert above["items"][0]["reason"].startswith("预算不足（")
    assert (beside["items"][0]["reason"], beside["items"][0]["person"]["name"]) == ("预算不足", "韩梅梅")
    assert seen.run("赵六", "ask.returned", period="today").result["items"] == []  # type: ignore[index]
    assert [row.reason_out for row in seen.rows(Ownership, Ownership.reason_out.is_not(None))] == ["return"]


def test_nobody_wrote_and_who_did_not(busy: World) -> None:
    busy.later(days=8)
    silent = busy.run("陈组长", "ask.neglected", what="people").result
    assert silent is not None
    assert {one["name"] for one in silent["items"]} == {"李雷"}  # 韩梅梅 owns nothing any more
    assert silent["items"][0]["last_at"].startswith("2026-11-23")
    mine = busy.run("李雷", "ask.neglected", what="customers").result
    assert mine is not None
    assert [one["name"] for one in mine["items"]] == ["杭州西溪基因有限公司"]


def test_who_closed_what_is_credited_at_the_event(busy: World) -> None:
    busy.run("陈组长", "customer.transfer", ref="西溪基因", to="韩梅梅")
    team = busy.run("陈组长", "ask.deals", period="today").result
    assert team is not None
    assert [(one["name"], one["amount"], one["value"]) for one in team["items"]] == [("李雷", "22400.00", "2 单")]
    assert figures(busy, "陈组长", "ask.deals", period="today")["wins"] == 1

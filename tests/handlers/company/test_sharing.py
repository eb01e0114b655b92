"""Sharing: by record, by owner, by department, by condition; it adds, it ends; it is not passed on (E.7)."""

import random
from contextlib import suppress

import pytest
from world import World

from handlers.company import sharing
from models.company.share import Share, Shared
from models.customers.customer import TeamMember
from models.errors import Conflict

XIXI = "杭州西溪基因有限公司"


def seen(world: World, person: str, plural: str = "customers") -> set[str]:
    return {item["code"] for item in world.items(person, plural)}


def names(world: World, person: str) -> set[str]:
    return {item["name"] for item in world.items(person, "customers")}


def test_a_shared_record_is_seen_with_all_that_hangs_on_it_and_not_changed(world: World) -> None:
    world.run("李雷", "contact.create", ref="西溪基因", name="黄蓉", phone="13712340001")
    assert (XIXI in names(world, "何师傅"), seen(world, "何师傅", "contacts")) == (False, set())
    world.run("李雷", "share.add", ref="西溪基因", to="何师傅")
    assert (XIXI in names(world, "何师傅"), len(seen(world, "何师傅", "contacts"))) == (True, 1)
    assert world.refused("何师傅", "customer.update", ref="西溪基因", level="A").code == "forbidden"
    world.run("李雷", "share.remove", ref="西溪基因")
    assert (XIXI in names(world, "何师傅"), seen(world, "何师傅", "contacts")) == (False, set())
    assert not [*world.rows(Shared), *world.rows(Share)]


def test_read_write_changes_the_record_but_neither_whose_it_is_nor_who_else_sees_it(world: World) -> None:
    world.run("李雷", "share.add", ref="西溪基因", to="何师傅", access="读写")
    world.run("何师傅", "customer.update", ref="西溪基因", level="A")
    for command in ("customer.transfer", "customer.assign", "share.add"):
        assert world.refused("何师傅", command, ref="西溪基因", to="赵六").code == "forbidden"


@pytest.mark.parametrize(
    ("giver", "what"),
    [("李雷", {"owner": "李雷"}), ("王经理", {"department": "华东组"}), ("周总", {"condition": "级别=A 地区=杭州"})],
)
def test_many_at_once(world: World, giver: str, what: dict[str, str]) -> None:
    world.run("李雷", "customer.update", ref="西溪基因", level="A", region="杭州")
    world.run(giver, "share.add", **what, to="仓储部")  # type: ignore[arg-type]
    assert XIXI in names(world, "何师傅")
    assert "北京燕山化工有限公司" not in names(world, "何师傅")
    made = world.run("李雷", "customer.create", name="绍兴鉴湖酒业", region="杭州").result or {}
    world.run("李雷", "customer.update", ref=made["code"], level="A")
    assert made["code"] in seen(world, "何师傅"), "what comes later is shared, too"
    assert seen(world, "何师傅", "leads") == set(), "customers were shared, not leads"
    assert not [code for code in seen(world, "赵六") if code == made["code"]], "with that department alone"


def test_who_may_share_what(world: World) -> None:
    for person, what in (
        ("韩梅梅", {"owner": "李雷"}), ("韩梅梅", {"department": "华东组"}), ("王经理", {"condition": "级别=A"}),
        ("陈组长", {"department": "华北组"}),
    ):  # fmt: skip
        refusal = world.refused(person, "share.add", **what, to="何师傅")
        assert refusal.code == "forbidden", (person, what)
    assert world.refused("周总", "share.add", condition="电话=138", to="何师傅").code == "invalid_argument"
    assert world.refused("赵六", "share.add", ref="西溪基因", to="赵六").code == "not_found"


def test_shares_and_places_in_a_team_end_on_their_day(world: World) -> None:
    world.run("李雷", "share.add", ref="西溪基因", to="何师傅", until="2026-11-25")
    world.run("李雷", "team.add", ref="西溪基因", person="吴客服", until="2026-11-25")
    for hours, expected in ((61.9, True), (0.2, False)):  # the end of the third day is midnight, 62 hours from now
        world.later(hours=hours)
        with world.context(None) as ctx:
            sharing.end_grants(ctx)
            ctx.write_history()
        assert [XIXI in names(world, person) for person in ("何师傅", "吴客服")] == [expected, expected]
    assert not [*world.rows(Share), *world.rows(TeamMember)]
    assert (
        world.refused("李雷", "share.add", ref="西溪基因", to="何师傅", until="2026-11-01").code == "invalid_argument"
    )


def test_the_approver_sees_the_document_for_thirty_days_after_the_decision(world: World) -> None:
    lines = [{"product": "显微镜", "quantity": 1, "discount": 0.96}]
    order = (world.run("李雷", "order.create", ref="西溪基因", lines=lines, approver="吴客服").result or {})["code"]
    for days, expected in ((40, True), (29, True), (2, False)):
        if days == 29:
            world.run("吴客服", "approval.approve", ref=order)
        world.later(days=days)
        with world.context(None) as ctx:
            sharing.end_grants(ctx)
        assert (order in seen(world, "吴客服", "orders")) == expected, days


def test_whatever_is_granted_takes_nothing_away(world: World) -> None:
    """A long random series of grants: nobody's list of anything gets shorter (domain.md E.7)."""
    chance = random.Random(7)
    people = ["王经理", "陈组长", "李雷", "韩梅梅", "赵六", "钱会计", "何师傅", "吴客服"]
    places = ["华东组", "华北组", "财务部", "仓储部"]
    watched = ("customers", "leads", "contacts", "follow_ups", "history", "orders")
    before = {(person, plural): seen(world, person, plural) for person in people for plural in watched}
    for _ in range(25):
        what = chance.choice(
            [
                {"ref": chance.choice(["西溪基因", "紫金材料", "燕山化工", "海纳", "高峰", "罗兰"])},
                {"owner": chance.choice(people), "noun": chance.choice(["customer", "lead"])},
                {"department": chance.choice(places), "noun": chance.choice(["customer", "lead"])},
                {"condition": chance.choice(["级别=A", "地区=上海"])},
            ]
        )
        given = {"to": chance.choice([*people, *places]), "access": chance.choice(["read", "read_write"])}
        with suppress(Conflict):  # given already
            world.run("周总", "share.add", **what, **given)  # type: ignore[arg-type]
        after = {key: seen(world, *key) for key in before}
        assert all(before[key] <= after[key] for key in before)
        before = after

"""Help, who am I, search and the duplicate check."""

import pytest
from world import World

from handlers.permits import ROLES
from handlers.registry import COMMANDS
from models.query_log import QueryLog


def test_help_names_every_area_and_what_one_may_do(world: World) -> None:
    reply = world.run("李雷", "help")
    assert reply.result is not None
    assert [topic["title"] for topic in reply.facts["topics"]][:2] == ["线索", "客户和公海"]
    shown = {example for topic in reply.facts["topics"] for example in topic["examples"]}
    assert [topic["examples"][0][:2] for topic in reply.facts["topics"]][-1] == "撤销", "what one may need next"
    allowed = {command["name"] for command in reply.result["commands"]}
    assert shown == {command.examples[0] for command in COMMANDS if command.name in allowed}
    assert allowed == {command.name for command in COMMANDS if command.needs in ROLES["staff"]}
    everything = world.run("周总", "help").result
    assert everything is not None
    assert len(everything["commands"]) == len(COMMANDS)


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("登记线索", "lead.register"), ("领取客户", "customer.claim"), ("写跟进", "follow_up.add"),
        ("下单", "order.create"), ("退回公海", "customer.return"), ("查重", "check_duplicate"), ("撤销", "undo"),
        ("转交审批", "approval.hand_over"), ("登记回款？", "payment.create"),
    ],
)  # fmt: skip
def test_how_is_it_said(world: World, topic: str, name: str) -> None:
    reply = world.run("李雷", "help", topic=topic)
    assert reply.template == "help_topic"
    assert reply.result is not None
    assert reply.result["commands"][0] == name
    assert reply.facts["examples"]


def test_an_unknown_topic_says_what_to_do(world: World) -> None:
    refusal = world.refused("李雷", "help", topic="飞上月球")
    assert refusal.code == "not_found"
    assert "帮助" in refusal.next_step


def test_who_am_i(world: World) -> None:
    facts = world.run("李雷", "whoami").facts
    assert facts["person"]["name"] == "李雷"
    assert facts["person"]["manager"]["name"] == "陈组长"
    assert ["可领取的公海", "华东公海"] in facts["counts"]
    assert ["负责客户", "1"] in facts["counts"]
    assert "回款" in world.run("钱会计", "whoami").facts["scope"]


def found(world: World, person: str, q: str) -> set[tuple[str, str]]:
    result = world.run(person, "search", q=q).result
    assert result is not None
    return {(item["noun"], item["code"]) for item in result["items"]}


def test_search_by_part_of_a_name_code_and_phone(world: World) -> None:
    assert found(world, "李雷", "西溪") == {("customer", "C000006")}
    assert found(world, "李雷", "c000006") == {("customer", "C000006")}
    assert found(world, "李雷", "南浔") == {("lead", "L000003")}
    assert found(world, "李雷", "135 8888 0003") == {("lead", "L000003")}
    assert found(world, "李雷", "0571-55550004") == {("customer", "C000006")}
    world.run("李雷", "contact.create", ref="西溪基因", name="黄蓉", phone="13712340005")
    assert found(world, "李雷", "13712340005") == {("customer", "C000006"), ("contact", "K000001")}
    assert found(world, "李雷", "黄蓉") == {("contact", "K000001")}
    assert found(world, "李雷", "%") == set()


def test_search_stays_within_sight_and_behind_masks(world: World) -> None:
    assert found(world, "赵六", "西溪") == set()
    assert found(world, "赵六", "C000006") == set()
    assert found(world, "李雷", "海纳") == {("customer", "C000001")}
    assert found(world, "李雷", "021-55550001") == set(), "a masked phone is not found by its value"
    assert found(world, "李雷", "13588880001") == set()
    assert found(world, "王经理", "021-55550001") == {("customer", "C000001")}
    assert "查重" in str(world.run("李雷", "search", q="13588880001").facts)


def check(world: World, person: str, q: str) -> list[dict[str, object]]:
    result = world.run(person, "check_duplicate", q=q).result
    assert result is not None
    return list(result["items"])


def test_duplicates_in_ones_own_sea_tell_so_much_and_no_more(world: World) -> None:
    (pooled,) = check(world, "李雷", "海纳生物")
    assert (pooled["state"], pooled["code"], pooled["brief"]) == ("pooled", "C000001", "华东公海·可领取")
    (owned,) = check(world, "李雷", "南京紫金材料有限公司")
    assert owned["brief"] == "韩梅梅负责"
    assert owned["code"] == ""
    assert set(owned) == {"noun", "name", "code", "state", "owner", "brief"}
    assert check(world, "李雷", "燕山化工") == [], "not a sea of his"
    (mine,) = check(world, "陈组长", "紫金材料")
    assert str(mine["brief"]).startswith("韩梅梅负责·")
    assert mine["code"] == "C000007"


def test_a_sea_that_does_not_show_owners(world: World) -> None:
    world.load("people: [{name: 林七, department: 华北组}]")
    (owned,) = check(world, "林七", "燕山化工")
    assert owned["owner"] is None
    assert owned["brief"] == "已有负责人"


def test_duplicates_by_phone_also_hidden_ones_and_leads(world: World) -> None:
    assert [item["name"] for item in check(world, "李雷", "021 5555 0001")] == ["上海海纳生物科技有限公司"]
    (lead,) = check(world, "李雷", "13588880001")
    assert (lead["noun"], lead["brief"]) == ("lead", "华东线索池·可领取")
    assert check(world, "赵六", "13588880003") == []
    assert check(world, "李雷", "完全没有的公司") == []


def test_sixty_an_hour(world: World) -> None:
    for _ in range(60):
        world.run("李雷", "check_duplicate", q="海纳")
    refusal = world.refused("李雷", "check_duplicate", q="海纳")
    assert (refusal.code, refusal.status) == ("limit_reached", 429)
    assert "60" in refusal.detail
    assert "11:00" in refusal.next_step
    assert len(world.rows(QueryLog)) == 60
    world.run("韩梅梅", "check_duplicate", q="海纳")
    world.later(hours=1, seconds=1)
    world.run("李雷", "check_duplicate", q="海纳")
    assert world.refused("李雷", "check_duplicate", q="海").code == "invalid_argument"

"""Hidden numbers: how each field is shown, and looking at one without claiming."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from world import World

from handlers.customers.revealing import Look, refusal
from handlers.presenting import veiled
from models.company.pool_rules import LeadPoolRules, PoolRules, SeaRules
from models.errors import CompanyFileError, HaitunError, Limit
from models.history import History

NUMBER = "021-55550001"
OPEN = SeaRules(reveal=True, reveal_daily_limit=2)
LOOK = Look("海纳", "华东公海", "领取 C000001", OPEN, is_enabled=True, is_member=True, is_unread=False, has_phone=True)


def sea(world: World, said: str) -> None:
    world.load(f"seas:\n  - {{name: 华东公海, {said}}}\n")


def pool(world: World, said: str) -> None:
    world.load(f"lead_pools:\n  - {{name: 华东线索池, {said}}}\n")


def shown(world: World, person: str, name: str) -> Any:
    (item,) = [one for one in world.items(person, "customers", "sea") if name in one["name"]]
    return item


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_enabled": False}, "已停用"),
        ({"is_member": False}, "不是华东公海的成员"),
        ({"is_unread": True}, "没有权限"),
        ({"has_phone": False}, "没有留电话"),
        ({"rules": SeaRules()}, "领取后才能看"),
        ({"frozen": "客户要求不要联系"}, "已冻结"),
        ({"seen": 2}, "不能再看"),
    ],
)
def test_each_refusal_says_why_and_what_to_do(changes: dict[str, Any], words: str) -> None:
    denied = refusal(replace(LOOK, **changes))
    assert denied is not None
    assert words in denied.title
    assert denied.next_step


def test_what_is_shown_anyway_is_not_rationed() -> None:
    assert refusal(replace(LOOK, seen=1)) is None
    assert refusal(replace(LOOK, rules=SeaRules(fields={"phone": "show"}), seen=99)) is None


def test_a_list_of_hidden_fields_and_modes_for_single_ones() -> None:
    assert PoolRules().veils == {"phone": "mask", "email": "hide", "wechat": "hide", "address": "hide"}
    rules = LeadPoolRules(hidden_fields=("phone", "wechat"), fields={"phone": "show", "email": "mask"})
    assert rules.veils == {"wechat": "hide", "email": "mask"}


@pytest.mark.parametrize(
    ("name", "value", "mask"),
    [
        ("phone", "13812348000", "138****8000"),
        ("email", "zhang.wei@haina.example", "z****@haina.example"),
        ("email", "li@haina.example", "****@haina.example"),
        ("wechat", "haina_2026", "ha****"),
        ("address", "张江路1号", "张江****"),
        ("wechat", "abc", "****"),
    ],
)
def test_a_mask_leaves_little_and_hiding_nothing(name: str, value: str, mask: str) -> None:
    assert veiled(name, value, "mask") == mask
    assert veiled(name, value, "hide") == "已隐藏"
    assert veiled(name, value, "show") == value
    assert veiled(name, None, "hide") is None


def test_members_see_each_field_as_the_sea_says(world: World) -> None:
    sea(world, "fields: {phone: hide, address: mask}")
    item = shown(world, "李雷", "海纳")
    assert (item["phone"], item["address"]) == ("已隐藏", "张江****")
    assert shown(world, "王经理", "海纳")["phone"] == NUMBER
    sea(world, "fields: {phone: show}")
    assert shown(world, "李雷", "海纳")["phone"] == NUMBER
    assert shown(world, "李雷", "海纳")["address"] == "已隐藏"


def test_an_unknown_mode_is_an_error_of_its_line(world: World) -> None:
    with pytest.raises(CompanyFileError):
        sea(world, "fields: {phone: blur}")


def test_a_look_shows_the_number_to_this_person_alone(world: World) -> None:
    sea(world, "reveal: true")
    reply = world.run("李雷", "customer.reveal", ref="海纳")
    assert reply.result is not None
    assert reply.result["phone"] == NUMBER
    assert reply.result["address"] == "已隐藏"
    for person in ("李雷", "韩梅梅"):
        assert shown(world, person, "海纳")["phone"] == "021****0001"
        assert world.items(person, "customers", phone=NUMBER) == []
        assert NUMBER not in str(world.items(person, "history"))
        assert NUMBER not in str(world.run(person, "search", q="海纳"))


def test_the_day_has_a_ration_and_the_same_number_counts_once(world: World) -> None:
    sea(world, "reveal: true, reveal_daily_limit: 1")
    for _ in range(3):
        world.run("李雷", "customer.reveal", ref="海纳")
    denied = world.refused("李雷", "customer.reveal", ref="云谷")
    assert isinstance(denied, Limit)
    assert "最多看 1 个号码，今天已看 1 个" in denied.detail
    world.run("韩梅梅", "customer.reveal", ref="云谷")
    world.later(days=1)
    world.run("李雷", "customer.reveal", ref="云谷")


def test_looks_at_the_same_moment_do_not_pass_the_ration(world: World) -> None:
    sea(world, "reveal: true, reveal_daily_limit: 1")

    def look(name: str) -> bool:
        try:
            world.run("李雷", "customer.reveal", ref=name)
        except HaitunError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(look, ("海纳", "云谷"))) == [False, True]


def test_every_look_is_known_to_the_admins_of_the_sea(world: World) -> None:
    sea(world, "reveal: true")
    pool(world, "reveal: true, admins: [赵六]")
    world.run("李雷", "customer.reveal", ref="海纳")
    world.run("李雷", "lead.reveal", ref="方敏")
    assert len(world.rows(History, History.event.in_(("customer.revealed", "lead.revealed")))) == 2
    seen = {entry["event"] for entry in world.items("王经理", "history")}
    assert "customer.revealed" in seen
    looks = [entry for entry in world.items("赵六", "history") if entry["event"] == "lead.revealed"]
    assert [entry["actor"]["name"] for entry in looks] == ["李雷"]


def test_an_admin_sees_it_without_a_ration(world: World) -> None:
    sea(world, "reveal: true, reveal_daily_limit: 0")
    reply = world.run("王经理", "customer.reveal", ref="海纳")
    assert reply.result is not None
    assert reply.result["phone"] == NUMBER
    assert not world.rows(History, History.event == "customer.revealed")


def test_a_number_of_a_pool_is_looked_at_as_well(world: World) -> None:
    assert "领取后才能看" in world.refused("李雷", "lead.reveal", ref="方敏").title
    pool(world, "reveal: true, reveal_daily_limit: 1, fields: {phone: hide}")
    card = world.run("李雷", "lead.show", ref="方敏")
    assert [button.text for button in card.buttons] == ["领取", "查看电话"]
    assert card.result is not None
    assert card.result["phone"] == "已隐藏"
    looked = world.run("李雷", "lead.reveal", ref="方敏")
    assert looked.result is not None
    assert looked.result["phone"] == "13588880001"
    assert world.refused("赵六", "lead.reveal", ref="方敏").status == 404


def test_what_is_protected_is_left_out_of_the_holding_limit(world: World) -> None:
    sea(world, "holding_limit: 1, holding_excludes: [protected]")
    assert "现在有 1 个" in world.refused("李雷", "customer.claim", ref="海纳").detail
    world.run("李雷", "customer.protect", ref="西溪", days=5)
    world.run("李雷", "customer.claim", ref="海纳")

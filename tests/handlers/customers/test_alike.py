"""Customers that are like a new one: blocked, asked about or told, by the company's rules and by the door (E.8)."""

import threading
from typing import Any

import pytest
from world import World

from models.customers.customer import Contact, Customer
from models.errors import CompanyFileError, Duplicate, HaitunError, NeedsConfirmation

CODE = "91110000802100433B"
NEW = "杭州西溪基因股份有限公司"


def asked(world: World, who: str, name: str, **args: Any) -> NeedsConfirmation:
    found = world.refused(who, "customer.create", name=name, **args)
    assert isinstance(found, NeedsConfirmation)
    return found


def test_the_same_brand_in_the_same_place_is_asked_about_once(world: World) -> None:
    question = asked(world, "李雷", NEW)
    assert "杭州西溪基因有限公司" in question.question and "李雷负责" in question.question
    assert asked(world, "李雷", NEW).confirm == question.confirm
    with pytest.raises(NeedsConfirmation):
        world.run("李雷", "customer.create", name="杭州西溪基因集团", confirmed=question.confirm)
    reply = world.run("李雷", "customer.create", name=NEW, confirmed=question.confirm)
    assert reply.result and reply.result["name"] == NEW
    assert len(world.rows(Customer, Customer.core_key == "西溪基因", Customer.region_key == "杭州")) == 2


def test_of_a_foreign_one_the_name_is_masked_and_nobody_is_named(world: World) -> None:
    question = asked(world, "李雷", "北京燕山化工股份有限公司")
    said = f"{question.question} {question.card}"
    assert "北京******公司" in said and not [
        word for word in ("北京燕山化工有限公司", "赵六", "C000008") if word in said
    ]


def test_a_branch_elsewhere_is_told(world: World) -> None:
    notes = world.run("李雷", "customer.create", name="苏州西溪基因有限公司").facts["notes"]
    assert notes == ["看起来相似：杭州西溪基因有限公司（李雷负责·还没有跟进）"]
    assert world.run("李雷", "customer.create", name="苏州燕山化工有限公司").facts["notes"] == [], "not known to him"


def test_traditional_characters_and_width_are_the_same_name(world: World) -> None:
    assert isinstance(world.refused("李雷", "customer.create", name="杭州西溪基因有限公司　"), Duplicate)
    assert isinstance(world.refused("李雷", "customer.create", name="上海海納生物科技有限公司"), Duplicate)


def test_people_may_be_called_alike(world: World) -> None:
    world.run("李雷", "customer.create", name="王伟", kind="individual")
    world.run("李雷", "customer.create", name="王伟集团", kind="individual")


def test_a_credit_code_is_given_once_and_doubted_aloud(world: World) -> None:
    world.run("李雷", "customer.update", ref="西溪基因", uscc=CODE.lower())
    found = world.refused("赵六", "customer.create", name="完全另一个名字", uscc=CODE)
    assert isinstance(found, Duplicate) and "西溪" not in f"{found.title}{found.detail}{found.next_step}{found.facts}"
    assert isinstance(world.refused("韩梅梅", "customer.update", ref="紫金材料", uscc=CODE), Duplicate)
    world.run("李雷", "customer.update", ref="西溪基因", uscc=CODE)
    doubted = world.run("韩梅梅", "customer.update", ref="紫金材料", uscc="91350211M0000XUF46").facts["notes"]
    assert "校验位" in doubted[0]
    assert world.refused("李雷", "customer.update", ref="西溪基因", uscc="9111").code == "invalid_argument"


def test_a_rename_is_asked_about_but_not_against_itself(world: World) -> None:
    world.run("李雷", "customer.update", ref="西溪基因", name=NEW)
    row = world.row(Customer, Customer.id == 6)
    assert (row.core_key, row.region_key) == ("西溪基因", "杭州")
    refused = world.refused("韩梅梅", "customer.update", ref="紫金材料", name="杭州西溪基因有限公司")
    assert isinstance(refused, NeedsConfirmation)


def test_the_company_sets_the_levels(world: World) -> None:
    world.load("duplicates: {customer: [{fields: [name], comparator: strong, level: block, doors: {import: warn}}]}")
    assert isinstance(world.refused("李雷", "customer.create", name=NEW), Duplicate)
    reply = world.run("李雷", "customer.create", door="import", name=NEW)
    assert "看起来相似" in str(reply.facts["notes"]), "nobody is there to confirm a line of a file"
    world.load("duplicates: {tell: [department, days]}")
    (owned,) = (world.run("李雷", "check_duplicate", q="南京紫金材料有限公司").result or {})["items"]
    assert owned["brief"] == "韩梅梅负责·华东组·还没有跟进"


@pytest.mark.parametrize(
    "rule",
    [
        "{customer: [{fields: [name], comparator: same, level: warn}]}",
        "{customer: [{fields: [uscc], level: block, doors: {import: inform}}]}",
        "{lead: [{fields: [uscc], against: leads, level: warn}]}",
    ],
)
def test_what_unique_keys_hold_no_rule_loosens(world: World, rule: str) -> None:
    with pytest.raises(CompanyFileError, match="第 1 行"):
        world.load(f"duplicates: {rule}")


RACES: list[tuple[str, dict[str, Any], type[Any], Any]] = [
    ("customer.create", {"name": "嘉兴南湖试剂有限公司"}, Customer, Customer.name_key == "嘉兴南湖试剂有限公司"),
    ("customer.update", {"ref": "西溪基因", "uscc": CODE}, Customer, Customer.uscc == CODE),
    (
        "contact.create",
        {"ref": "西溪基因", "name": "黄蓉", "phone": "13700002222"},
        Contact,
        Contact.phone == "13700002222",
    ),
]


@pytest.mark.parametrize(("command", "args", "model", "made"), RACES, ids=[race[0] for race in RACES])
def test_the_second_of_two_writers_is_told(
    world: World, command: str, args: dict[str, Any], model: type[Any], made: Any
) -> None:
    world.run("李雷", "customer.claim", ref="云谷")
    refusals: list[HaitunError] = []

    def write(number: int) -> None:
        own = args | ({"ref": ("西溪基因", "云谷")[number % 2]} if command == "customer.update" else {})
        try:
            world.run("李雷", command, **own)
        except HaitunError as refusal:
            refusals.append(refusal)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.rows(model, made)) == 1
    assert all(isinstance(refusal, Duplicate) for refusal in refusals)
    assert len(refusals) >= 3

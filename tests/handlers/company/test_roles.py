"""Roles of the company's own: what they may do and whose records they see, from a company file (domain.md E.7)."""

import pytest
from world import World

from models.company.grants import read
from models.company.people import Person, Sight, Superior
from models.errors import CompanyFileError

ROLES = """
roles:
  - {name: 销售助理, like: staff, may_not: [customer.transfer, "*.delete", payment.create], scope: department}
  - {name: 审计, only: ["customer.show"], scope: all}
  - {name: 回款专员, scopes: {payment: all, customer: [华北组]}}
  - {name: staff, scopes: {payment: self}}
people:
  - {name: 韩梅梅, department: 华东组, role: 销售助理, wecom: HanMM}
  - {name: 吴客服, department: 总经办, role: 审计, duties: [service, order_admin], manager: 周总, wecom: wukefu}
  - {name: 何师傅, department: 仓储部, role: 回款专员, duties: [warehouse], wecom: heshifu}
"""


def names(world: World, person: str, plural: str = "customers") -> set[str]:
    return {item["name"] for item in world.items(person, plural)}


def test_what_a_role_may_not_do_is_refused_with_its_name(world: World) -> None:
    world.run("李雷", "customer.transfer", ref="西溪基因", to="韩梅梅")
    world.load(ROLES)
    refusal = world.refused("韩梅梅", "customer.transfer", ref="西溪基因", to="李雷")
    assert (refusal.code, "销售助理" in refusal.detail) == ("forbidden", True)
    world.run("韩梅梅", "customer.update", ref="西溪基因", level="A")
    said = world.run("韩梅梅", "help").result or {}
    assert "customer.transfer" not in [command["name"] for command in said["commands"]]
    assert world.refused("吴客服", "customer.update", ref="西溪基因", level="B").code == "forbidden"
    world.run("吴客服", "customer.show", ref="西溪基因")


def test_whose_records_a_role_sees(world: World) -> None:
    before = names(world, "韩梅梅")
    world.load(ROLES)
    assert names(world, "韩梅梅") - before == {"杭州西溪基因有限公司"}, "a colleague's of the same department"
    assert len(names(world, "吴客服")) == len(names(world, "周总")), "all, what lies in seas as well"
    assert names(world, "何师傅") == {"北京燕山化工有限公司"}, "a department that is named"
    assert world.refused("韩梅梅", "customer.update", ref="西溪基因", level="A").code == "forbidden", (
        "seen, not changed"
    )


def test_a_scope_of_one_noun_is_of_that_noun(world: World) -> None:
    lines = [{"product": "显微镜", "quantity": 1, "discount": 0.96}]
    order = (world.run("李雷", "order.create", ref="西溪基因", lines=lines, approver="陈组长").result or {})["code"]
    world.run("陈组长", "approval.approve", ref=order)
    world.run("李雷", "payment.create", ref=order, amount=10)
    world.load(ROLES)
    assert len(world.items("何师傅", "payments")) == 1
    assert world.items("何师傅", "orders") == []


def test_without_roles_nothing_is_said_of_anybody(world: World) -> None:
    assert {person.grants for person in world.rows(Person)} == {None}
    assert {row.noun for row in world.rows(Sight)} == {"*"}


def test_a_role_that_is_taken_back_takes_its_grants_along(world: World) -> None:
    world.load(ROLES)
    assert read(world.person("吴客服").grants).everything == ("*",)
    world.load("people: [{name: 吴客服, department: 总经办, role: staff}]")
    assert (world.person("吴客服").custom_role, world.person("吴客服").role) == (None, "staff")
    assert names(world, "吴客服") == set()


def test_superiors_see_as_far_down_as_the_company_says(world: World) -> None:
    world.load(
        "people: [{name: 何师傅, department: 仓储部, manager: 李雷}, {name: 李雷, department: 华东组, manager: 韩梅梅}]"
    )
    depth = (Superior.person_id == world.person("何师傅").id,)
    assert len(world.rows(Superior, *depth)) > 3
    world.load("superior_depth: 1")
    assert {row.superior_id for row in world.rows(Superior, *depth)} == {
        world.person("何师傅").id, world.person("李雷").id
    }  # fmt: skip
    world.load("superior_depth: null")
    assert len(world.rows(Superior, *depth)) > 3


def test_what_is_confidential_is_not_the_teams(world: World) -> None:
    lines = [{"product": "显微镜", "quantity": 1, "discount": 0.96}]
    world.run("李雷", "order.create", ref="西溪基因", lines=lines, approver="陈组长")
    world.run("李雷", "team.add", ref="西溪基因", person="赵六")
    assert len(world.items("赵六", "orders")) == 1
    world.load("confidential: [order]")
    assert [len(world.items(person, "orders")) for person in ("赵六", "李雷", "王经理")] == [0, 1, 1]
    world.load("confidential: []")
    assert len(world.items("赵六", "orders")) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{name: admin}", "管理员"),
        ("{name: staff, like: staff}", "自带"),
        ("{name: 助理, may_not: [转移]}", "转移"),
        ("{name: 助理, scope: [火星组]}", "火星组"),
        ("{name: 助理, scope: everything}", "scope"),
        ("{name: 助理, scopes: {spaceship: all}}", "spaceship"),
        ("{name: 助理, fields: {customer: {name: masked}}}", "name"),
        ("{name: 助理, fields: {customer: {phone: hidden}}}", "phone"),
        ("{name: 助理, colour: red}", "colour"),
    ],
)
def test_a_wrong_role_is_named_by_its_line(world: World, line: str, said: str) -> None:
    with pytest.raises(CompanyFileError) as caught:
        world.load(f"departments: []\nroles:\n  - {line}\n")
    assert (caught.value.line, said in str(caught.value)) == (3, True), caught.value


def test_an_unknown_role_of_a_person_is_named_by_its_line(world: World) -> None:
    with pytest.raises(CompanyFileError) as caught:
        world.load("people:\n  - {name: 何师傅, role: 船长}\n")
    assert (caught.value.line, "船长" in str(caught.value)) == (2, True)

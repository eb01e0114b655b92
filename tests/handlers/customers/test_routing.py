"""Which sea or pool a record goes to: what was said, the rules, the owner's department, the default (E.1.2)."""

from typing import Any

import pytest
from world import World

from models.company.routing import Route, Routing
from models.customers.customer import Customer
from models.errors import CompanyFileError, Invalid
from models.sales.lead import Lead

ROUTING = """
routing:
  rules:
    - {region: [北京, 天津], sea: 华北公海, pool: 华北线索池}
    - {industry: 医药, level: A, sea: 华东公海, priority: 1}
  default_sea: 华东公海
"""


def sea_of(world: World, person: str, name: str, **more: Any) -> str | None:
    reply = world.run(person, "customer.create", name=name, **more)
    home: str | None = (reply.result or {})["home_sea"]
    return home


def test_the_first_match_by_priority() -> None:
    routing = Routing(
        rules=(
            Route(region=("上海",), sea=1),
            Route(industry=("医",), priority=1, sea=2),
            Route(source=("展会",), pool=3),
        )
    )
    assert routing.of("sea", {"region": "上海市"}) == 1
    assert routing.of("sea", {"region": "上海市", "industry": "医药"}) == 2
    assert routing.of("pool", {"region": "上海市", "source": "展会"}) == 3
    assert routing.of("sea", {"region": None}) is None


def test_rules_go_before_the_department_and_what_is_said_before_the_rules(world: World) -> None:
    world.load(ROUTING)
    assert sea_of(world, "李雷", "嘉兴南湖试剂有限公司") == "华东公海"
    assert sea_of(world, "李雷", "天津海河药业有限公司", region="天津市") == "华北公海"
    assert sea_of(world, "李雷", "北京西山药业有限公司", region="北京", industry="医药", level="A") == "华东公海"
    assert sea_of(world, "李雷", "北京东山药业有限公司", region="北京", sea="华东公海") == "华东公海"
    world.run("李雷", "lead.register", name="周航", phone="13712340003", region="天津")
    assert world.row(Lead, Lead.name == "周航").home_pool_id == 2


def test_the_default_takes_what_nothing_else_does_and_without_it_one_is_asked(world: World) -> None:
    refused = world.refused("钱会计", "customer.create", name="嘉兴南湖试剂有限公司")
    assert isinstance(refused, Invalid)
    assert refused.next_step == "请说明公海"
    world.load(ROUTING)
    assert sea_of(world, "钱会计", "嘉兴南湖试剂有限公司") == "华东公海"


def test_a_converted_lead_goes_by_the_rules(world: World) -> None:
    world.load(ROUTING)
    world.run("李雷", "lead.update", ref="高峰", region="天津")
    world.run("李雷", "lead.convert", ref="高峰")
    assert world.row(Customer, Customer.name.contains("南浔")).home_sea_id == 2


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("    - {region: 北京}", "sea 或 pool"),
        ("    - {sea: 华北公海}", "条件"),
        ("    - {region: 北京, sea: 西北公海}", "西北公海"),
    ],
)
def test_a_wrong_rule_names_its_line(world: World, line: str, named: str) -> None:
    with pytest.raises(CompanyFileError, match=named) as wrong:
        world.load(f"routing:\n  rules:\n{line}\n")
    assert wrong.value.line == 3

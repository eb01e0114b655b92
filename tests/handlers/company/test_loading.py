"""A company from a file: all or nothing, twice is once, and errors that name their line."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import world as small
from world import NOW, SECRET_KEY, World

from models.company.people import ChannelAccount, Person, Sight, Superior
from models.company.robot import Robot
from models.company.rule import Rule
from models.customers.customer import Customer
from models.customers.ownership import Ownership
from models.customers.sea import Sea, SeaReach
from models.db import Database
from models.errors import CompanyFileError
from models.history import History
from models.money.product import Product
from models.outbox import Outbox
from models.rows import fetch_all
from models.sales.lead import Lead
from models.sealed import Seal
from models.tables import metadata

WRONG = [
    ("sales_process:\n  - {name: 报价}\n", 2, "probability"),
    ("sales_process:\n  - {name: 报价, probability: 30}\n  - {name: 报价, probability: 50}", 3, "两次"),
    ("sales_process:\n  - {name: 报价, probability: 30}\n  - {name: 赢单, probability: 100}", 3, "赢单"),
    ("sales_process:\n  - {name: 报价, probability: 130}", 2, "probability"),
    ("peple: []", 1, "peple"),
    ("people:\n  - {name: 新人, department: 没有部}", 2, "没有部"),
    ("people:\n  - name: 新人\n    department: 销售部\n    role: boss", 4, "boss"),
    ("people:\n  - {name: 新人}", 2, "department"),
    ("people:\n  - {name: 新人, department: 销售部, wecom: LILEI}", 2, "李雷"),
    ("people:\n  - {name: 新人, department: 销售部, mobile: '12'}", 2, "电话"),
    ("people:\n  - {name: 新人, department: 销售部}\n  - {name: 新人, department: 销售部}", 3, "两次"),
    ("people:\n  - {name: 李雷, manager: 李雷}", 2, "自己"),
    ("people:\n  - {name: 李雷, manager: 韩梅梅}\n  - {name: 韩梅梅, manager: 李雷}", 2, "环"),
    ("departments:\n  - {name: 销售部, parent: 华东组}", 2, "上级部门"),
    ("seas:\n  - name: 华东公海\n    holding_limit: 多", 3, "holding_limit"),
    ("seas:\n  - name: 华东公海\n    members: [华东组,\n      无名组]", 4, "无名组"),
    ("seas:\n  - {name: 华东公海, cooldown_days: true}", 2, "true"),
    ("products:\n  - {code: P009, name: 显微镜, price: 1}", 2, "P001"),
    ("products:\n  - {code: P009, name: 天平, price: 1.999}", 2, "price"),
    ("robots:\n  - name: 群\n    kind: wecom\n    url: https://x.cn/a\n    topics:\n      - lead.lost", 6, "lead.lost"),
    ("robots:\n  - {name: 群, kind: feishu, url: 'https://x.cn/a'}", 2, "feishu"),
    ("robots:\n  - {name: 群, kind: wecom, url: 'ftp://x.cn'}", 2, "https"),
    ("robots:\n  - {name: 群, kind: wecom, url: 'https://x.cn/a', only: {departments: [无]}}", 2, "无"),
    ("discounts:\n  - {role: staff, min_rate: 1.2}", 2, "min_rate"),
    ("approval_flows:\n  - {subject: order, when: 'price > 3', steps: [{duty: finance}]}", 2, "price"),
    ("approval_flows:\n  - {subject: order, steps: [{people: [没有人]}]}", 2, "没有人"),
    ("approval_flows:\n  - {subject: order, steps: [{mode: any}]}", 2, "approver"),
    ("won_when: [signed]", 1, "signed"),
    ("quiet_hours: 夜里", 1, "21:00-08:30"),
    ("calendar: {holidays: [2026-13-01]}", 1, "holidays"),
    ("customers:\n  - {name: 甲公司, owner: 没有人}", 2, "没有人"),
    ("customers:\n  - {name: 甲公司, sea: 西海}", 2, "西海"),
    ("customers:\n  - {name: 甲公司}", 2, "sea"),
    ("customers:\n  - {name: 甲公司, sea: 华东公海}\n  - {name: 甲 公司, sea: 华东公海}", 3, "两次"),
    ("customers:\n  - {name: 甲公司, sea: 华东公海, owned_at: '2026-11-01'}", 2, "owner"),
    ("leads:\n  - {title: 总监, pool: 华东线索池}", 2, "phone"),
    ("leads:\n  - {name: 甲, pool: 无池}", 2, "无池"),
    ("departments: [\n  {name: 甲", 2, "YAML"),
    ("people:\n  - {name: 甲, name: 乙}", 2, "两次"),
    ("a: &a [*a]", 1, "引用"),
    ("- 1", 1, "公司文件"),
    ('departments:\n  - {name: "a\\0b"}', 2, "字符"),
    ("departments:\n  - {name: a\x07}", 2, "字符"),
    ("[" * 3000, 1, "嵌套"),
    ("products:\n  - {code: P9, name: 天平, price: 1, stock: 99999999999999999999}", 2, "stock"),
    ("seas:\n  - {name: 华东公海, cooldown_days: 1000000000}", 2, "cooldown_days"),
    ("seas:\n  - {name: 华东公海, warn_before_days: [-3]}", 2, "warn_before_days"),
    ("customers:\n  - {name: 甲公司, owner: 李雷, owned_at: '9999-12-31T00:00:00Z'}", 2, "年份"),
    ("", 1, "公司文件"),
]


@pytest.mark.parametrize(("text", "line", "word"), WRONG, ids=[f"{text[:30]}" for text, _, _ in WRONG])
def test_a_wrong_file_names_its_line_and_changes_nothing(shared_world: World, text: str, line: int, word: str) -> None:
    before = dump(shared_world)
    with pytest.raises(CompanyFileError) as error:
        shared_world.load("departments: [{name: 新部门}]\n" + text if text[:4] in ("cust", "lead") else text)
    assert error.value.line == line + (text[:4] in ("cust", "lead"))
    assert word in str(error.value)
    assert dump(shared_world) == before


def dump(world: World) -> dict[str, list[tuple[object, ...]]]:
    with world.database.transaction() as db:
        return {table.name: [tuple(row) for row in db.execute(table.select())] for table in metadata.sorted_tables}


def test_twice_is_once_and_nobody_hears_of_it(world: World) -> None:
    before = dump(world)
    assert world.load(small.COMPANY) == "已载入：没有新内容"
    world.later(days=3)
    world.load(small.COMPANY)
    assert dump(world) == before
    assert world.rows(History) == []
    assert world.rows(Outbox) == []


def test_owned_customers_start_their_clock_and_ledger(world: World) -> None:
    own = world.row(Customer, Customer.name == "南京紫金材料有限公司")
    assert own.sea_id is None
    assert own.home_sea_id == world.row(Sea, Sea.name == "华东公海").id
    assert own.owned_at == own.clock_at == datetime.fromisoformat("2026-11-10T09:00:00+08:00")
    assert own.reclaim_at == datetime.fromisoformat("2026-11-26T02:00:00+08:00")  # the night after day 15
    period = world.row(Ownership, Ownership.noun == "customer", Ownership.record_id == own.id)
    assert (period.how, period.owner_id, period.pool_id) == ("load", own.owner_id, own.home_sea_id)
    assert period.started_at == own.owned_at
    lead = world.row(Lead, Lead.name == "高峰")
    assert lead.status == "pending"
    assert lead.reclaim_at == datetime.fromisoformat("2026-12-01T02:00:00+08:00")
    assert world.row(Lead, Lead.name == "方敏").status == "unassigned"


def test_what_is_there_is_left_alone_and_what_is_not_said_stays(world: World) -> None:
    world.load("customers: [{name: 上海海纳生物科技有限公司, owner: 李雷, phone: '021-99999999'}]")
    customer = world.row(Customer, Customer.name == "上海海纳生物科技有限公司")
    assert customer.owner_id is None
    assert customer.phone == "021-55550001"
    world.load("people: [{name: 李雷, mobile: '13900000022'}]")
    person = world.person("李雷")
    assert person.mobile == "13900000022"
    assert person.department_id == world.person("韩梅梅").department_id
    world.load("products: [{code: p001, name: 显微镜, price: 1300}]")
    product = world.row(Product, Product.code == "P001")
    assert (product.price_fen, product.unit, product.aliases) == (130000, "台", ["光学显微镜"])


def test_a_converted_lead_does_not_come_back(world: World) -> None:
    world.run("李雷", "lead.convert", ref="高峰")
    world.load(small.COMPANY)
    assert [row.status for row in world.rows(Lead, Lead.name == "高峰")] == ["converted"]


def test_a_changed_rule_is_a_new_version_and_moves_the_deadlines(world: World) -> None:
    world.later(days=1)
    world.load("seas: [{name: 华东公海, reclaim_after_days: 20}]")
    sea = world.row(Sea, Sea.name == "华东公海")
    old, new = world.rows(Rule, Rule.subject == f"sea/{sea.id}")
    assert new.version == old.version + 1
    assert new.body == old.body | {"reclaim_after_days": 20}
    own = world.row(Customer, Customer.name == "南京紫金材料有限公司")
    assert own.reclaim_at == datetime.fromisoformat("2026-12-01T02:00:00+08:00")


def test_superiors_follow_the_tree(world: World) -> None:
    names = {person.id: person.name for person in world.rows(Person)}
    superior = {person.name: names.get(person.superior_id or 0) for person in world.rows(Person)}
    assert superior == {
        "周总": None, "王经理": "周总", "陈组长": "王经理", "李雷": "陈组长", "韩梅梅": "陈组长", "赵六": "王经理",
        "钱会计": "周总", "孙出纳": "周总", "何师傅": "周总", "吴客服": "周总", "郑离职": "陈组长",
    }  # fmt: skip
    chain = world.rows(Superior, Superior.person_id == world.person("李雷").id)
    assert sorted((row.depth, names[row.superior_id]) for row in chain) == [
        (0, "李雷"), (1, "陈组长"), (2, "王经理"), (3, "周总"),
    ]  # fmt: skip
    seen = world.rows(Sight, Sight.viewer_id == world.person("陈组长").id)
    assert {names[row.person_id] for row in seen} == {"陈组长", "李雷", "韩梅梅", "郑离职"}


def test_the_head_of_the_admins_department_gains_nothing_by_it(world: World) -> None:
    world.load("people: [{name: 总裁办主任, department: 总经办, role: dept_manager}]")
    head = world.person("总裁办主任")
    assert world.person("周总").superior_id == head.id
    names = {person.id: person.name for person in world.rows(Person)}
    seen = {names[row.person_id] for row in world.rows(Sight, Sight.viewer_id == head.id)}
    assert seen == {"总裁办主任", "周总", "吴客服"}  # not 钱会计, who reports to the admin for want of a head


def test_who_left_leads_nobody_and_claims_nothing(world: World) -> None:
    world.load("people: [{name: 陈组长, active: false}]")
    assert world.person("李雷").superior_id == world.person("王经理").id
    reach = {row.person_id for row in world.rows(SeaReach)}
    assert world.person("陈组长").id not in reach
    assert world.person("郑离职").id not in reach


def test_accounts_are_folded_moved_and_removed(world: World) -> None:
    accounts = {(row.platform, row.account) for row in world.rows(ChannelAccount)}
    assert ("wecom", "hanmm") in accounts
    world.load("people: [{name: 李雷, wecom: LiLei2, dingtalk: null}]")
    own = world.rows(ChannelAccount, ChannelAccount.person_id == world.person("李雷").id)
    assert [(row.platform, row.account) for row in own] == [("wecom", "lilei2")]


def test_a_robots_secret_is_sealed_once(world: World) -> None:
    first = world.rows(Robot)
    world.load(small.COMPANY)
    assert world.rows(Robot) == first
    opened = Seal(SECRET_KEY, "robot").open(first[1].sealed)
    assert b"SECmoney" in opened
    assert b"SECmoney" not in first[1].sealed
    departments = first[0].department_ids
    with world.database.transaction() as db:
        assert {p.name for p in fetch_all(db, Person, Person.department_id.in_(departments))} >= {"李雷", "韩梅梅"}


def test_numbers_stay_as_they_were_written(world: World) -> None:
    world.load("people: [{name: 卓一航, department: 销售部, dingtalk: 0571, wecom: 12_3}]")
    own = world.rows(ChannelAccount, ChannelAccount.person_id == world.person("卓一航").id)
    assert {row.account for row in own} == {"0571", "12_3"}


def test_a_thousand_customers_take_no_more_statements_than_a_few(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "customers:\n" + "".join(f"  - {{name: 第{n}试剂厂, owner: 李雷}}\n" for n in range(1000))
    asked: list[str] = []
    execute = psycopg.Cursor.execute

    def counted(cursor: Any, query: Any, *values: Any, **how: Any) -> Any:
        asked.append(str(query))
        return execute(cursor, query, *values, **how)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    assert world.load(text) == "已载入：客户 1000"
    assert 0 < len(asked) < 60
    assert all(row.reclaim_at for row in world.rows(Customer, Customer.owner_id == world.person("李雷").id))


def test_the_demo_company_loads_into_an_empty_database(database: Database) -> None:
    path = Path(__file__).parents[3] / "deploy" / "demo.yaml"
    text = path.read_text(encoding="utf-8").replace("{sandbox}", "http://127.0.0.1:8000/sandbox")
    for days in range(40):
        text = text.replace(f"{{ago:{days}}}", (NOW - timedelta(days=days)).isoformat())
    assert "部门 6" in small.load(database, text)
    assert small.load(database, text) == "已载入：没有新内容"

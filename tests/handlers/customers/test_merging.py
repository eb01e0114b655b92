"""Two customers become one, and two again: nothing is lost, whatever happened meanwhile (domain.md E.8 Merge, I9)."""

from typing import Any

import pytest
from sqlalchemy import select
from world import World

from handlers.reply import Reply
from models.customers.activity import FollowUp, Todo
from models.customers.customer import Contact, Customer, CustomerAlias, TeamMember
from models.customers.ownership import Ownership
from models.errors import Conflict, Duplicate, Forbidden, NeedsConfirmation
from models.outbox import Outbox
from models.tables import metadata

GROWS = {"history", "outbox", "sent_card", "inbox", "query_log", "code_counter"}
STAMPS = {"version", "updated_at"}
LINES = [{"product": "显微镜", "quantity": 2, "discount": 0.96}]
SAID = "客户认可方案，下周要正式报价和交期"


def merge(world: World, who: str, **args: Any) -> Reply:
    asked = world.refused(who, "customer.merge", **args)
    assert isinstance(asked, NeedsConfirmation), asked
    return world.run(who, "customer.merge", confirmed=asked.confirm, **args)


def tables(world: World) -> dict[str, list[dict[str, Any]]]:
    found = {}
    with world.database.transaction() as db:
        for table in metadata.sorted_tables:
            if table.name not in GROWS:
                kept = [column for column in table.c if column.name not in STAMPS]
                found[table.name] = sorted((dict(row._mapping) for row in db.execute(select(*kept))), key=repr)
    return found


@pytest.fixture
def two(world: World) -> World:
    """云谷 is 李雷's, with all that can hang on a customer; 紫金 is 韩梅梅's."""
    world.run("李雷", "customer.claim", ref="云谷")
    world.run("李雷", "contact.create", ref="云谷", name="黄蓉", phone="13700002222", title="总监")
    world.run("韩梅梅", "contact.create", ref="紫金", name="蓉儿", phone="13700002222")
    world.run("李雷", "contact.create", ref="云谷", name="郭靖", phone="13700003333")
    world.run("李雷", "todo.create", ref="云谷", title="寄样品", due_at="2026-11-24T15:00:00+08:00")
    world.run("李雷", "team.add", ref="云谷", person="赵六", access="read_write")
    world.run("韩梅梅", "team.add", ref="紫金", person="赵六")
    world.run("李雷", "customer.update", ref="云谷", level="A", address="金鸡湖大道1号")
    world.run("韩梅梅", "customer.update", ref="紫金", level="B")
    world.run("李雷", "customer.alias", ref="云谷", alias="谷医")
    world.later(hours=1)
    return world


def test_what_hangs_on_one_hangs_on_the_other(two: World) -> None:
    two.run("李雷", "follow_up.add", ref="云谷", content=SAID)
    merge(two, "陈组长", ref="云谷", into="紫金")
    master = two.row(Customer, Customer.id == 7)
    assert (master.level, master.address, master.phone) == ("B", "金鸡湖大道1号", "0512-55550002")
    assert [c.customer_id for c in two.rows(Contact)] == [7, 7]
    assert [a.customer_id for a in two.rows(CustomerAlias)] == [7, 7]
    assert [two.row(TeamMember).customer_id, two.row(FollowUp).record_id, two.row(Todo).record_id] == [7, 7, 7]
    assert [(c.name, c.title) for c in two.rows(Contact)] == [("蓉儿", "总监"), ("郭靖", None)]
    assert two.row(TeamMember).access == "read_write"
    assert master.owner_id == two.person("李雷").id, "his follow-up was the last that counted"
    assert [p.reason_out for p in two.rows(Ownership, Ownership.record_id.in_((2, 7)))][:2].count("merge") == 2
    told = {row.person_id for row in two.rows(Outbox, Outbox.topic == "customer.merged")}
    assert told == {two.person("李雷").id, two.person("韩梅梅").id}


def test_its_code_and_names_lead_to_the_master(two: World) -> None:
    merge(two, "陈组长", ref="云谷", into="紫金")
    for ref in ("C000002", "苏州云谷医疗器械有限公司", "云谷", "谷医", "紫金"):
        assert (two.run("陈组长", "customer.show", ref=ref).result or {})["code"] == "C000007", ref
    assert two.refused("李雷", "customer.create", name="苏州云谷医疗器械有限公司").code == "duplicate"
    renamed = two.refused("陈组长", "customer.update", ref="紫金", name="苏州云谷医疗器械有限公司")
    assert isinstance(renamed, Duplicate) and "拆开" in renamed.next_step
    assert two.api_view("周总", "customers", "C000002") is None
    assert [item["code"] for item in two.items("周总", "customers", "mine")] == []


def test_the_owner_who_followed_up_last_or_whom_an_admin_picks(two: World) -> None:
    picked = two.refused("陈组长", "customer.merge", ref="云谷", into="紫金", owner="赵六")
    assert isinstance(picked, Forbidden)
    merge(two, "周总", ref="云谷", into="紫金", owner="赵六")
    assert two.row(Customer, Customer.id == 7).owner_id == two.person("赵六").id


def test_a_pooled_one_goes_to_the_owner_of_the_other(two: World) -> None:
    merge(two, "王经理", ref="东港", into="太湖")
    assert two.row(Customer, Customer.id == 4).sea_id is not None
    merge(two, "周总", ref="西溪基因", into="海纳")
    row = two.row(Customer, Customer.id == 1)
    assert (row.owner_id, row.sea_id) == (two.person("李雷").id, None) and row.reclaim_at is not None


@pytest.mark.parametrize("who", ["李雷", "韩梅梅", "赵六"])
def test_who_owns_one_of_them_alone_may_not(two: World, who: str) -> None:
    refused = two.refused(who, "customer.merge", ref="C000002", into="C000007")
    assert refused.code in ("forbidden", "not_found")


def test_not_while_something_is_undecided(two: World) -> None:
    two.run("李雷", "order.create", ref="云谷", lines=LINES)
    refused = two.refused("陈组长", "customer.merge", ref="云谷", into="紫金")
    assert isinstance(refused, Conflict) and "正在审批" in refused.detail


def test_fields_are_taken_where_it_is_said(two: World) -> None:
    merge(two, "陈组长", ref="云谷", into="紫金", take="级别、电话")
    assert two.row(Customer, Customer.id == 7).level == "A"
    assert two.refused("陈组长", "customer.merge", ref="海纳", into="紫金", take="味道").code != "not_found"


def test_apart_again_is_as_before(two: World) -> None:
    two.run("李雷", "follow_up.add", ref="云谷", content=SAID)
    two.run("李雷", "customer.update", ref="云谷", uscc="91110000802100433B")
    was = tables(two)
    merge(two, "陈组长", ref="云谷", into="紫金")
    assert tables(two) != was
    two.later(days=29)
    two.run("陈组长", "customer.unmerge", ref="云谷")
    now = tables(two)
    for table, rows in was.items():
        assert now[table] == rows, table
    assert two.refused("陈组长", "customer.unmerge", ref="C000002").code == "not_found"


def test_what_happened_since_stays_with_the_master(two: World) -> None:
    merge(two, "陈组长", ref="云谷", into="紫金")
    two.later(days=1)
    two.run("陈组长", "customer.transfer", ref="紫金", to="赵六")
    two.run("赵六", "customer.update", ref="紫金", address="新街口2号")
    two.run("赵六", "follow_up.add", ref="紫金", content=SAID)
    two.run("周总", "customer.unmerge", ref="C000002")
    other, master = two.row(Customer, Customer.id == 2), two.row(Customer, Customer.id == 7)
    assert (master.owner_id, master.address) == (two.person("赵六").id, "新街口2号")
    assert (other.owner_id, other.address) == (two.person("李雷").id, "金鸡湖大道1号")
    open_ones = two.rows(Ownership, Ownership.ended_at.is_(None), Ownership.noun == "customer")
    assert {row.record_id: row.owner_id for row in open_ones if row.record_id in (2, 7)} == {
        2: other.owner_id,
        7: master.owner_id,
    }
    assert two.row(FollowUp).record_id == 7


def test_what_is_known_of_it_is_known_of_the_master(two: World) -> None:
    two.run("韩梅梅", "customer.update", ref="紫金", phone="025-55550006")
    merge(two, "陈组长", ref="云谷", into="紫金")
    refused = two.refused("陈组长", "lead.register", name="某人", phone="0512-55550002")
    assert isinstance(refused, Duplicate) and "C000007" in refused.title
    items = (two.run("陈组长", "check_duplicate", q="0512-55550002").result or {})["items"]
    assert [item["code"] for item in items] == ["C000007"]
    lead = two.run("李雷", "lead.register", name="洪七", company="苏州云谷医疗器械有限公司").result or {}
    assert (two.run("陈组长", "lead.convert", ref=lead["code"]).result or {})["customer"]["code"] == "C000007"


def test_thirty_days(two: World) -> None:
    merge(two, "陈组长", ref="云谷", into="紫金")
    two.later(days=31)
    refused = two.refused("陈组长", "customer.unmerge", ref="C000002")
    assert isinstance(refused, Conflict) and "30 天" in refused.detail


def test_a_chain_comes_apart_from_its_end(two: World) -> None:
    merge(two, "王经理", ref="东港", into="太湖")
    merge(two, "周总", ref="太湖", into="紫金")
    assert (two.run("周总", "customer.show", ref="C000003").result or {})["code"] == "C000007"
    assert isinstance(two.refused("周总", "customer.unmerge", ref="C000003"), Conflict)
    two.run("周总", "customer.unmerge", ref="C000004")
    two.run("周总", "customer.unmerge", ref="C000003")
    assert two.rows(Customer, Customer.merged_into_id.is_not(None)) == []

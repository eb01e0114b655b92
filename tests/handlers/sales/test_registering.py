"""Leads come in: one handle is enough, a known phone is refused with no more told than one may see."""

import threading
from typing import Any

from sqlalchemy import select
from world import World

from models.customers.ownership import Ownership
from models.errors import Duplicate, Forbidden, HaitunError, MissingArgument, NeedsConfirmation
from models.outbox import Outbox
from models.sales.lead import Lead


def test_a_rep_registers_and_owns(world: World) -> None:
    reply = world.run(
        "李雷", "lead.register", name="张三", phone="138-0013-8000", company="嘉兴南湖试剂厂", source="展会"
    )
    lead = world.row(Lead, Lead.phone == "13800138000")
    assert reply.result and reply.result["code"] == lead.code and reply.result["owner"]["name"] == "李雷"
    assert lead.status == "pending" and lead.owner_id == lead.creator_id == world.person("李雷").id
    assert reply.result["home_pool"] == "华东线索池" and reply.result["pool"] is None
    assert reply.result["reclaim_at"] == "2026-12-01T02:00:00+08:00", "the night after day 7"
    period = world.row(Ownership, Ownership.noun == "lead", Ownership.record_id == lead.id)
    assert period.how == "create" and period.ended_at is None
    (told,) = world.rows(Outbox, Outbox.topic == "lead.registered")
    assert told.kind == "robot" and told.facts["name"] == "张三" and "13800138000" not in str(told.facts)


def test_any_one_handle_is_enough_and_none_is_asked_for(world: World) -> None:
    handles: list[dict[str, Any]] = [
        {"name": "甲"},
        {"company": "乙公司"},
        {"wechat": "wx_bing"},
        {"email": "ding@example.com"},
    ]
    for handle in handles:
        world.run("李雷", "lead.register", **handle)
    asked = world.refused("李雷", "lead.register", source="展会")
    assert isinstance(asked, MissingArgument) and asked.field == "name"


def test_into_a_pool_it_waits_there_masked_for_members(world: World) -> None:
    reply = world.run("王经理", "lead.register", name="孙立", phone="13366667777", wechat="sunli", pool="华东线索池")
    assert reply.result and reply.result["status"] == "unassigned" and reply.result["owner"] is None
    assert reply.result["phone"] == "13366667777", "the pool's admin sees it"
    seen = world.api_view("韩梅梅", "leads", reply.result["code"])
    assert seen and seen["phone"] == "133****7777" and seen["wechat"] == "已隐藏" and seen["name"] == "孙立"
    assert world.items("韩梅梅", "leads", phone="13366667777") == [], "what is hidden is not searched by its value"
    assert world.api_view("赵六", "leads", reply.result["code"]) is None
    assert isinstance(world.refused("赵六", "lead.register", name="丙", pool="华东线索池"), Forbidden)


def test_a_phone_is_registered_once(world: World) -> None:
    mine = world.run("李雷", "lead.register", name="张三", phone="13800138000").result
    assert mine
    again = world.refused("李雷", "lead.register", name="张三丰", phone="138 0013 8000")
    assert isinstance(again, Duplicate) and "已存在" in again.title and mine["code"] in again.title
    boss = world.refused("王经理", "lead.register", phone="13800138000")
    assert "由李雷负责" in boss.detail
    other = world.refused("赵六", "lead.register", phone="13800138000")
    assert "已存在" in other.title
    assert not any(word in f"{other.title}{other.detail}{other.next_step}" for word in ("张三", "李雷", mine["code"]))
    pooled = world.refused("韩梅梅", "lead.register", phone="13588880001")
    assert "华东线索池" in pooled.detail and "领取线索" in pooled.next_step


def test_a_customers_phone_is_a_duplicate_too(world: World) -> None:
    own = world.refused("李雷", "lead.register", name="某人", phone="0571-55550004")
    assert isinstance(own, Duplicate) and "杭州西溪基因" in own.title and "新增联系人" in own.next_step
    world.run("李雷", "contact.create", ref="西溪基因", name="黄蓉", phone="13700002222")
    assert isinstance(world.refused("李雷", "lead.register", phone="13700002222"), Duplicate)
    hidden = world.refused("韩梅梅", "lead.register", phone="010-55550005")
    assert isinstance(hidden, Duplicate) and "燕山" not in f"{hidden.title}{hidden.detail}{hidden.next_step}"


def test_a_closed_leads_phone_is_told_to_who_sees_it(world: World) -> None:
    world.run("李雷", "lead.void", ref="高峰", reason="重复")
    notes = world.run("李雷", "lead.register", name="高先生", phone="13588880003").facts["notes"]
    assert any("L000003" in note and "已作废" in note for note in notes)
    assert isinstance(world.refused("周总", "lead.restore", ref="L000003"), Duplicate)
    world.run("李雷", "lead.void", ref="高先生", reason="重复")
    assert world.run("赵六", "lead.register", name="高先生", phone="13588880003").facts["notes"] == []


def test_the_company_sets_what_a_customers_phone_does(world: World) -> None:
    rule = "{fields: [phone], against: customers, level: %s}"
    world.load("duplicates: {lead: [" + rule % "warn" + "]}")
    asked = world.refused("李雷", "lead.register", name="某人", phone="0571-55550004")
    assert isinstance(asked, NeedsConfirmation) and "西溪基因" in asked.question
    hidden = world.refused("韩梅梅", "lead.register", name="某人", phone="010-55550005")
    assert isinstance(hidden, NeedsConfirmation) and "燕山" not in hidden.question
    world.run("李雷", "lead.register", name="某人", phone="0571-55550004", confirmed=asked.confirm)
    world.load("duplicates: {lead: [" + rule % "inform" + "]}")
    notes = world.run("韩梅梅", "lead.register", name="某人", phone="010-55550005").facts["notes"]
    assert notes == [], "not hers to see"


def test_what_looks_alike_is_only_told(world: World) -> None:
    reply = world.run("李雷", "lead.register", name="新人", company="杭州西溪基因有限公司")
    assert any("杭州西溪基因有限公司" in note for note in reply.facts["notes"])
    foreign = world.run("李雷", "lead.register", company="北京燕山化工有限公司")
    assert foreign.facts["notes"] == [], "of what one may not see nothing is said"


def test_one_of_many_writers_wins(world: World) -> None:
    refusals: list[HaitunError] = []

    def register(person: str) -> None:
        try:
            world.run(person, "lead.register", name="抢", phone="13900001111")
        except HaitunError as refusal:
            refusals.append(refusal)

    threads = [threading.Thread(target=register, args=(name,)) for name in ["李雷", "韩梅梅"] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.rows(Lead, Lead.phone == "13900001111")) == 1
    assert len(refusals) == 7 and all(isinstance(refusal, Duplicate) for refusal in refusals)


def test_a_change_of_phone_is_checked_as_well(world: World) -> None:
    assert isinstance(world.refused("李雷", "lead.update", ref="高峰", phone="13588880001"), Duplicate)
    reply = world.run("李雷", "lead.update", ref="高峰", phone="13588889999", title="站长")
    assert reply.result and reply.result["phone"] == "13588889999" and reply.result["title"] == "站长"
    with world.database.transaction() as db:
        assert db.execute(select(Lead.title).where(Lead.name == "高峰")).scalar_one() == "站长"


def test_lists_by_scene(world: World) -> None:
    assert {lead["name"] for lead in world.items("李雷", "leads", "mine")} == {"高峰"}
    assert {lead["name"] for lead in world.items("李雷", "leads", "todo")} == {"高峰"}
    assert {lead["name"] for lead in world.items("王经理", "leads", "subordinates")} == {"高峰", "罗兰"}
    assert {lead["name"] for lead in world.items("李雷", "leads", "pool")} == {"方敏"}
    listed = world.run("李雷", "lead.list", pool="华东线索池").result
    assert listed and [lead["name"] for lead in listed["items"]] == ["方敏"] and listed["total"] == 1
    assert world.run("周总", "lead.list", scene="all", status="pending").facts["total"] == 2
    shown = world.run("李雷", "lead.show", ref="13588880003")
    assert shown.result and shown.result["name"] == "高峰", "one's own lead is found by its number"
    assert world.refused("李雷", "lead.show", ref="13588880001").status == 404, "a masked number finds nothing"

"""A lead becomes a customer: attached where there is one, made where there is none."""

from typing import Any

from world import World

from models.customers.activity import Todo
from models.customers.customer import Contact, Customer
from models.customers.ownership import Ownership
from models.errors import Conflict, Forbidden, MissingArgument
from models.history import History
from models.outbox import Outbox
from models.sales.lead import Lead
from models.sales.opportunity import Opportunity


def register(world: World, person: str = "李雷", **fields: Any) -> str:
    return str((world.run(person, "lead.register", **fields).result or {})["code"])


def test_a_new_customer_with_its_contact(world: World) -> None:
    code = register(world, name="张三", phone="13800138000", company="嘉兴南湖试剂厂", title="采购", region="嘉兴")
    world.run(
        "李雷", "follow_up.add", ref=code, content="电话沟通了采购预算,下次带样品过去", next_at="2026-11-25T15:00"
    )
    reply = world.run("李雷", "lead.convert", ref=code, opportunity=True)
    customer = world.row(Customer, Customer.name == "嘉兴南湖试剂厂")
    assert customer.owner_id == world.person("李雷").id and customer.region == "嘉兴" and customer.sea_id is None
    assert customer.reclaim_at is not None and customer.last_follow_up_at is not None
    contact = world.row(Contact, Contact.customer_id == customer.id)
    assert (contact.name, contact.phone, contact.title) == ("张三", "13800138000", "采购")
    lead = world.row(Lead, Lead.name == "张三")
    assert lead.status == "converted" and lead.customer_id == customer.id and lead.reclaim_at is None
    of_lead = world.row(Ownership, Ownership.noun == "lead", Ownership.record_id == lead.id)
    of_customer = world.row(Ownership, Ownership.noun == "customer", Ownership.record_id == customer.id)
    assert (of_lead.how, of_lead.reason_out) == ("create", "convert")
    assert (of_customer.how, of_customer.reason_out) == ("convert", None)
    assert world.row(Todo).noun == "customer", "what is open moves along"
    assert reply.facts["attached"] is False and reply.facts["opportunity"]["code"] == "O000001"
    assert world.row(Opportunity).customer_id == customer.id
    events = [entry.event for entry in world.rows(History, History.command == "lead.convert")]
    assert events == ["customer.created", "lead.converted"]
    listed = world.run("李雷", "follow_up.list", ref=customer.code).result
    assert listed and listed["total"] == 1, "its past is shown with the customer"


def test_attached_by_name_or_phone(world: World) -> None:
    by_name = register(world, name="杨过", phone="13700003333", company="杭州西溪基因有限公司")
    reply = world.run("李雷", "lead.convert", ref=by_name)
    assert reply.facts["attached"] and reply.facts["customer"]["name"] == "杭州西溪基因有限公司"
    world.run("李雷", "lead.register", name="程英", wechat="chengying")
    named = world.run("李雷", "lead.convert", ref="程英", customer="西溪基因")
    assert named.facts["attached"] and named.facts["contact"]["name"] == "程英"
    assert len(world.rows(Contact)) == 2 and len(world.rows(Customer)) == 8


def test_not_into_somebody_elses_customer(world: World) -> None:
    hidden = register(world, name="小龙女", company="北京燕山化工有限公司")
    refused = world.refused("李雷", "lead.convert", ref=hidden)
    assert isinstance(refused, Conflict) and "赵六" not in f"{refused.title}{refused.detail}{refused.next_step}"
    pooled = register(world, name="李莫愁", company="上海海纳生物科技有限公司")
    refused = world.refused("李雷", "lead.convert", ref=pooled)
    assert "先「领取" in refused.next_step
    seen = world.refused("李雷", "lead.convert", ref=pooled, customer="海纳")
    assert isinstance(seen, Forbidden)
    assert {lead.status for lead in world.rows(Lead, Lead.name.in_(["小龙女", "李莫愁"]))} == {"pending"}


def test_people_share_names(world: World) -> None:
    first = register(world, name="王先生", phone="13900008888")
    second = register(world, name="王先生", phone="13900009999")
    world.run("李雷", "lead.convert", ref=first)
    reply = world.run("李雷", "lead.convert", ref=second)
    names = {customer.name for customer in world.rows(Customer, Customer.kind == "individual")}
    assert names == {"王先生", "王先生（尾号9999）"} and not reply.facts["attached"]


def test_without_a_name_it_asks_for_the_customer(world: World) -> None:
    code = register(world, phone="13900007777")
    assert isinstance(world.refused("李雷", "lead.convert", ref=code), MissingArgument)
    reply = world.run("李雷", "lead.convert", ref=code, customer="西溪基因")
    assert reply.facts["contact"]["phone"] == "13900007777"


def test_a_superior_converts_and_the_owner_hears(world: World) -> None:
    world.run("王经理", "lead.convert", ref="高峰")
    assert world.row(Customer, Customer.name == "湖州南浔质检站").owner_id == world.person("李雷").id
    (told,) = world.rows(Outbox, Outbox.topic == "lead.converted")
    assert told.person_id == world.person("李雷").id

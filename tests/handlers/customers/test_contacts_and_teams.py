"""Contacts are unique by phone inside a customer; team members read, or read and write."""

from typing import Any

from world import World

from models.customers.customer import Contact, TeamMember
from models.errors import Conflict, Duplicate, Forbidden, NeedsConfirmation
from models.history import History
from models.outbox import Outbox


def test_a_contact_of_a_customer(world: World) -> None:
    reply = world.run("李雷", "contact.create", ref="西溪基因", name="黄蓉", phone="137 0000 2222", title="采购总监")
    assert reply.result and reply.result["customer"]["name"] == "杭州西溪基因有限公司"
    assert reply.result["owner"]["name"] == "李雷" and reply.result["phone"] == "13700002222"
    again = world.refused("李雷", "contact.create", ref="西溪基因", name="蓉儿", phone="13700002222")
    assert isinstance(again, Duplicate) and "黄蓉" in again.detail
    assert world.refused("赵六", "contact.create", ref="西溪基因", name="郭靖").status == 404
    assert isinstance(world.refused("李雷", "contact.create", ref="海纳", name="郭靖"), Forbidden), "in the sea"
    assert [item["name"] for item in world.items("李雷", "contacts", "mine")] == ["黄蓉"]
    assert [item["name"] for item in world.items("王经理", "contacts", "subordinates")] == ["黄蓉"]
    assert world.items("韩梅梅", "contacts") == [] and len(world.items("李雷", "contacts", phone="13700002222")) == 1


def test_elsewhere_the_number_is_only_told(world: World) -> None:
    world.run("李雷", "contact.create", ref="西溪基因", name="黄蓉", phone="13700002222")
    world.run("李雷", "customer.claim", ref="海纳")
    reply = world.run("李雷", "contact.create", ref="海纳", name="黄蓉", phone="13700002222")
    assert "西溪基因" in reply.facts["notes"][0] and len(world.rows(Contact)) == 2
    lead = world.run("李雷", "contact.create", ref="海纳", name="高峰", phone="13588880003")
    assert "转换线索" in lead.facts["notes"][0]


def test_elsewhere_is_asked_about_or_refused_where_the_company_says_so(world: World) -> None:
    world.run("李雷", "contact.create", ref="西溪基因", name="黄蓉", phone="13700002222")
    again: dict[str, Any] = {"ref": "紫金", "name": "黄蓉", "phone": "13700002222"}
    rule = "{fields: [phone], against: other_contacts, level: %s}"
    world.load("duplicates: {contact: [" + rule % "block" + "]}")
    assert isinstance(world.refused("韩梅梅", "contact.create", **again), Duplicate)
    world.load("duplicates: {contact: [" + rule % "warn" + "]}")
    asked = world.refused("韩梅梅", "contact.create", **again)
    assert isinstance(asked, NeedsConfirmation) and "西溪" not in asked.question
    world.run("韩梅梅", "contact.create", confirmed=asked.confirm, **again)


def test_into_the_team_and_out(world: World) -> None:
    world.run("李雷", "team.add", ref="西溪基因", person="赵六")
    (told,) = world.rows(Outbox)
    assert told.person_id == world.person("赵六").id and "团队" in told.facts["title"]
    assert world.api_view("赵六", "customers", "C000006"), "a member sees it"
    assert isinstance(world.refused("赵六", "team.add", ref="西溪基因", person="韩梅梅"), Forbidden)
    same = world.refused("李雷", "team.add", ref="西溪基因", person="赵六")
    assert isinstance(same, Conflict) and "读写" in same.next_step
    world.run("李雷", "team.add", ref="西溪基因", person="赵六", access="read_write")
    assert world.row(TeamMember).access == "read_write"
    assert isinstance(world.refused("李雷", "team.add", ref="西溪基因", person="李雷"), Conflict)
    world.run("赵六", "team.remove", ref="西溪基因", person="赵六")
    assert world.rows(TeamMember) == [] and world.api_view("赵六", "customers", "C000006") is None
    assert isinstance(world.refused("李雷", "team.remove", ref="西溪基因", person="赵六"), Conflict)
    entries = [(h.event, h.ref) for h in world.rows(History)]
    assert entries == [("team.added", "C000006"), ("team.added", "C000006"), ("team.removed", "C000006")]

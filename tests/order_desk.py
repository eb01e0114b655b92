"""Small words for the stories about orders and approvals."""

from typing import Any

from world import World

from models.base import Json
from models.company.approval import Approval, ApprovalTask
from models.company.people import Person
from models.history import History
from models.outbox import Outbox


def line(product: str, quantity: object = 1, **more: Any) -> Json:
    return {"product": product, "quantity": quantity, **more}


def order(world: World, person: str = "李雷", *lines: Json, ref: str = "西溪基因", **more: Any) -> str:
    """Places an order and gives its code."""
    reply = world.run(person, "order.create", ref=ref, lines=list(lines) or [line("显微镜", 3)], **more)
    return str((reply.result or {})["code"])


def seen(world: World, code: str, plural: str = "orders") -> Json:
    found = world.api_view("周总", plural, code)
    assert found is not None, code
    return found


def status(world: World, code: str, plural: str = "orders") -> str:
    return str(seen(world, code, plural)["status"])


def turns(world: World, code: str, plural: str = "orders") -> list[str]:
    """Whose turn it is."""
    return [person["name"] for person in seen(world, code, plural)["approvers"]]


def told(world: World, name: str, topic: str) -> list[Outbox]:
    """Messages about this topic to this person."""
    person = world.person(name)
    return world.rows(Outbox, Outbox.person_id == person.id, Outbox.topic == topic, Outbox.kind == "message")


def heard(world: World, topic: str) -> list[Outbox]:
    """What groups were told about this topic."""
    return world.rows(Outbox, Outbox.kind == "robot", Outbox.topic == topic)


def events(world: World, code: str) -> list[str]:
    return [row.event for row in world.rows(History, History.ref == code)]


def approval(world: World, code: str) -> Approval:
    """The newest approval of a document."""
    return world.rows(Approval, Approval.ref == code)[-1]


def tasks(world: World, code: str) -> list[tuple[str, str]]:
    """Name and state of each task of the newest approval."""
    names = {person.id: person.name for person in world.rows(Person)}
    rows = world.rows(ApprovalTask, ApprovalTask.approval_id == approval(world, code).id)
    return [(names[row.approver_id], row.status) for row in rows]

"""Ten people go through every list, object, command, total and history entry: nobody reaches what is not his.

Who may see what is written down here once more, in plain words over names, and not asked from the permit office.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from world import World

from handlers.args import slot_of
from handlers.command import Command
from handlers.registry import BY_NAME, COMMANDS, NOUNS
from handlers.reply import Reply
from models.base import Json
from models.errors import HaitunError

EVERYONE = ("周总", "王经理", "陈组长", "李雷", "韩梅梅", "赵六", "钱会计", "孙出纳", "何师傅", "吴客服")
SIGHT = {name: {name} for name in EVERYONE} | {
    "周总": {*EVERYONE, "郑离职"},
    "王经理": {"王经理", "陈组长", "李雷", "韩梅梅", "赵六", "郑离职"},
    "陈组长": {"陈组长", "李雷", "韩梅梅", "郑离职"},
}
SEAS = {"陈组长": "华东", "李雷": "华东", "韩梅梅": "华东", "赵六": "华北", "王经理": "华东华北"}
POOL_ADMIN = {"周总", "王经理"}
FINANCE = {"钱会计", "孙出纳"}
NOWHERE = {
    "customer": "C999999", "lead": "L999999", "order": "SO20261123-9999", "payment": "PM20261123-9999",
    "approval": "AP20261123-9999", "todo": "T999999", "contact": "K999999",
    "opportunity": "O999999",
}  # fmt: skip
GIVEN: dict[str, Any] = {
    "alias": "北方化工",
    "into": "C000001",
    "subject": "calendar",
    "reason": "客户没有预算",
    "to": "韩梅梅",
    "person": "韩梅梅",
    "content": "电话沟通了采购预算，下周给方案",
    "title": "回访",
    "question": "交期能保证吗",
    "answer": "能",
    "due_at": "2026-11-25T09:00:00+08:00",
    "name": "林月",
    "amount": "10",
    "tags": ["VIP"],
    "lines": [{"product": "显微镜", "quantity": 1}],
    "q": "燕山",
    "report": "performance",
    "sea": "华北公海",
    "pool": "华北线索池",
}
WIDER = {
    "customer.claim",
    "lead.claim",
    "ask.who",
}  # also find the records of one's own seas and pools (contract.md, Chat)


@pytest.fixture(scope="module")
def busy(shared_world: World) -> Iterator[World]:
    """Both groups have worked: contacts, follow-ups, todos, orders in every state, a payment, something in the sea."""
    world = shared_world
    for person, customer, manager, number in (("李雷", "西溪基因", "陈组长", 1), ("赵六", "燕山化工", "王经理", 2)):
        world.run(person, "contact.create", ref=customer, name=f"联系{number}", phone=f"1361234000{number}")
        world.run(person, "follow_up.add", ref=customer, content=f"{person}的秘密跟进内容和报价讨论")
        world.run(person, "opportunity.create", ref=customer, name=f"{person}的商机", amount=5000)
        world.run(person, "todo.create", title=f"{person}的待办", due_at="2026-11-24T09:00:00+08:00", ref=customer)
        for _ in range(2):
            world.run(person, "order.create", ref=customer, lines=[{"product": "显微镜", "quantity": 2}])
        code = world.items(person, "orders", "mine")[0]["code"]
        world.run(manager, "approval.approve", ref=code)
        world.run(person, "payment.create", ref=code, amount=100)
    world.run("李雷", "team.add", ref="西溪基因", person="吴客服", access="read")
    world.run("韩梅梅", "customer.claim", ref="东港检测")
    world.run("韩梅梅", "follow_up.add", ref="东港检测", content="东港的负责人电话是13612340009，约了下周见面")
    world.run("韩梅梅", "customer.update", ref="东港检测", phone="13612340008")
    world.run("韩梅梅", "customer.return", ref="东港检测", reason="没预算")
    yield world


def everything(world: World, plural: str) -> list[Json]:
    return world.items("周总", plural)


def sees_customer(person: str, customer: Json) -> bool:
    if person == "周总":
        return True
    if customer["owner"] is None:
        return str(customer["sea"])[:2] in SEAS.get(person, "")
    return customer["owner"]["name"] in SIGHT[person] or (
        customer["name"] == "杭州西溪基因有限公司" and person == "吴客服"
    )


def visible(world: World, person: str, plural: str) -> set[str]:
    """The codes that this person may see, by the rules as people would say them."""
    customers = {item["code"]: item for item in everything(world, "customers")}
    owned = {code for code, c in customers.items() if sees_customer(person, c) and (c["owner"] or person == "周总")}

    def may(item: Json) -> bool:
        if person == "周总":
            return True
        match plural:
            case "customers":
                return sees_customer(person, item)
            case "leads":
                pool = (item["pool"] or "")[:2]
                return (
                    item["owner"]["name"] in SIGHT[person]
                    if item["owner"]
                    else bool(pool and pool in SEAS.get(person, ""))
                )
            case "contacts" | "opportunities":
                return item["customer"]["code"] in owned
            case "follow_ups":
                return item["person"]["name"] in SIGHT[person] or item["about"]["code"] in owned
            case "todos":
                return item["person"]["name"] in SIGHT[person] or item["creator"]["name"] == person
            case "orders":
                return item["owner"]["name"] in SIGHT[person] or item["customer"]["code"] in owned
            case "payments":
                return person in FINANCE or item["owner"]["name"] in SIGHT[person] or item["customer"]["code"] in owned
            case "approvals":
                mine = item["subject"] == "payment" and person in FINANCE
                return mine or item["submitter"]["name"] in SIGHT[person]
            case "notices":
                return bool(item["recipient"]["name"] == person)
            case "robots":
                return False
            case _:
                return True

    return {item["code"] for item in everything(world, plural) if may(item)}


@pytest.mark.parametrize("plural", [noun.plural for noun in NOUNS if noun.plural != "history"])
@pytest.mark.parametrize("person", EVERYONE)
def test_lists_and_objects_hold_what_one_may_see_and_nothing_else(busy: World, person: str, plural: str) -> None:
    expected = visible(busy, person, plural)
    assert {item["code"] for item in busy.items(person, plural)} == expected
    for scene in busy.noun(plural).scenes:
        assert {item["code"] for item in busy.items(person, plural, scene)} <= expected, scene


def takes(command: Command) -> tuple[str, ...]:
    """The nouns of its `ref`."""
    slot = slot_of(command.args, "ref") if "ref" in command.args.model_fields else None
    return slot.nouns if slot is not None and slot.kind == "ref" else ()


def arguments(command: Command, ref: str) -> dict[str, Any]:
    needed = [name for name, field in command.args.model_fields.items() if field.is_required() and name != "ref"]
    return {name: GIVEN[name] for name in needed} | {"ref": ref} | ({"to": "韩梅梅"} if "to" in needed else {})


@pytest.mark.parametrize("command", [command.name for command in COMMANDS if takes(command)])
@pytest.mark.parametrize("person", EVERYONE)
def test_a_foreign_ref_is_answered_like_one_that_does_not_exist(busy: World, person: str, command: str) -> None:
    found = BY_NAME[command]
    for noun in takes(found):
        plural = next(known.plural for known in NOUNS if known.name == noun)
        foreign = {item["code"]: item for item in everything(busy, plural)}
        mine = visible(busy, person, plural)
        for code in mine | (approvable(busy, person) if command.startswith("approval.") else set()):
            foreign.pop(code, None)
        nothing = busy.tried(person, command, **arguments(found, NOWHERE[noun]))
        assert isinstance(nothing, HaitunError), nothing
        for code, item in foreign.items():
            if command in WIDER and (item.get("home_sea") or item.get("home_pool") or "")[:2] in SEAS.get(person, ""):
                continue
            answer = busy.tried(person, command, **arguments(found, code))
            assert isinstance(answer, HaitunError), f"{person} did {command} to {code}"
            same = [said.replace(code, "?") for said in words(answer)]
            assert same == [said.replace(NOWHERE[noun], "?") for said in words(nothing)]
            assert answer.code == nothing.code


def approvable(world: World, person: str) -> set[str]:
    """What an approval may be called by: itself, its document, and the order of a payment that one sees."""
    documents = visible(world, person, "orders") | visible(world, person, "payments")
    approvals = {item["code"] for item in everything(world, "approvals") if item["ref"] in documents}
    payments = [item for item in everything(world, "payments") if item["code"] in documents]
    return documents | approvals | {item["order"]["code"] for item in payments}


def words(refusal: HaitunError) -> list[str]:
    return [refusal.title, refusal.detail, refusal.next_step]


@pytest.mark.parametrize("person", EVERYONE)
def test_a_foreign_name_is_not_found_either(busy: World, person: str) -> None:
    seen = visible(busy, person, "customers")
    for item in everything(busy, "customers"):
        if item["code"] not in seen:
            for command in ("customer.show", "customer.explain", "follow_up.list"):
                answer = busy.tried(person, command, ref=item["name"])
                assert isinstance(answer, HaitunError)
                assert answer.code == "not_found", f"{person} {command} {item['name']}"
            found = busy.tried(person, "search", q=item["name"])
            assert isinstance(found, Reply)
            assert item["code"] not in str(found.result)


@pytest.mark.parametrize("person", EVERYONE)
def test_history_shows_what_one_did_and_what_happened_to_what_one_sees(busy: World, person: str) -> None:
    mine = set()
    for plural in (
        "customers",
        "leads",
        "orders",
        "payments",
        "approvals",
        "contacts",
        "follow_ups",
        "todos",
        "opportunities",
    ):
        mine |= visible(busy, person, plural)
    for entry in busy.items(person, "history"):
        actor = entry["actor"]["name"] if entry["actor"] else None
        assert actor in SIGHT[person] or entry["ref"] in mine, entry


def phones_of_others(world: World, person: str) -> set[str]:
    """Numbers that this person must not read anywhere: of records that he does not see, or sees masked."""
    if person == "周总":
        return set()
    hidden = {"13612340009"} if person not in ("韩梅梅", "陈组长", "王经理") else set()
    for plural, home in (("customers", "sea"), ("leads", "pool"), ("contacts", "-")):
        seen = visible(world, person, plural)
        for item in everything(world, plural):
            pooled = item.get(home) is not None
            if item["phone"] and (item["code"] not in seen or (pooled and person not in POOL_ADMIN)):
                hidden.add(item["phone"])
    return hidden


@pytest.mark.parametrize("person", EVERYONE)
def test_no_hidden_phone_in_anything_that_one_can_read(busy: World, person: str) -> None:
    hidden = phones_of_others(busy, person)
    read = [str(busy.items(person, noun.plural)) for noun in NOUNS]
    for command in COMMANDS:
        if command.reads and not takes(command):
            needed = arguments(command, "")
            needed.pop("ref")
            if "ref" in command.args.model_fields:
                continue
            answer = busy.tried(person, command.name, **needed)
            read.append(str(answer) + (str(words(answer)) if isinstance(answer, HaitunError) else ""))
    for item in everything(busy, "customers"):
        read += [str(busy.tried(person, name, q=item["name"])) for name in ("check_duplicate", "search")]
        read += [str(busy.tried(person, name, ref=item["code"])) for name in ("customer.show", "follow_up.list")]
    text = re.sub(r"\s", "", "".join(read))
    assert not [phone for phone in hidden if phone in text]


@pytest.mark.parametrize("person", EVERYONE)
def test_totals_count_what_is_listed(busy: World, person: str) -> None:
    for scene in busy.noun("customers").scenes:
        reply = busy.tried(person, "customer.list", scene=scene)
        assert isinstance(reply, Reply)
        assert reply.result is not None
        assert reply.result["total"] == len(busy.items(person, "customers", scene)), scene
    orders = busy.items(person, "orders")
    for customer in busy.items(person, "customers"):
        if customer["owner"] is None:
            continue
        listed = [
            float(o["amount"])
            for o in orders
            if o["customer"]["code"] == customer["code"] and o["status"] == "approved"
        ]
        assert float(customer["order_total"]) == sum(listed), customer["name"]


@pytest.mark.parametrize("person", EVERYONE)
def test_reports_and_lists_of_somebody_else_need_sight(busy: World, person: str) -> None:
    for other in EVERYONE:
        answer = busy.tried(person, "report.show", report="performance", person=other)
        assert isinstance(answer, Reply) == (other in SIGHT[person]), other
        for command, plural in (("todo.list", "todos"), ("follow_up.list", "follow_ups")):
            told = busy.tried(person, command, person=other)
            if isinstance(told, Reply):
                codes = {item["code"] for item in (told.result or {}).get("items", [])}
                assert codes <= visible(busy, person, plural), (command, other)

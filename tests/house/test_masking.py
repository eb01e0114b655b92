"""Fields that a role may not read, in everything that leaves: lists, cards, search, history, notices, API (E.7)."""

import json
from typing import Any

import pytest
from access_world import SECRETS, Sample, prepare
from world import World

from bot.api.reads import page
from handlers import notices
from handlers.context import Notice
from handlers.customers.customer_view import CUSTOMER, present
from handlers.finding import find
from handlers.masking import MASKED
from handlers.registry import NOUNS
from handlers.reply import Reply
from models.errors import BadRequest
from models.outbox import Outbox

ROLES = """
roles:
  - {name: 实习, like: dept_manager, fields: {
      customer: {phone: masked, address: none, amount: none}, contact: {phone: masked, email: none, wechat: masked},
      lead: {phone: masked}, order: {amount: none}, payment: {amount: none}, approval: {amount: none}}}
  - {name: 只看电话, fields: {customer: {phone: read}}}
people:
  - {name: 陈组长, department: 华东组, role: 实习, wecom: chenzz}
  - {name: 李雷, department: 华东组, role: 只看电话, wecom: lilei}
"""
AMOUNTS = ("2304", "500.00")
LEAD_PHONE = "13588880003"


@pytest.fixture(scope="module")
def samples(shared_world: World) -> dict[str, Sample]:
    made = prepare(shared_world)
    shared_world.run("李雷", "customer.update", ref="西溪基因", address="文三路1号")
    shared_world.load(ROLES)
    return made


def test_every_noun_with_such_a_field_is_masked() -> None:
    for noun in NOUNS:
        columns = {column.key for column in noun.model.__table__.c}
        told = {"phone", "email", "wechat", "address", "amount_fen"} & columns
        assert not told or noun.name in MASKED, f"{noun.name}: put @masked({noun.name!r}) on its present"


def everything(world: World, person: str) -> str:
    shown: list[Any] = [world.items(person, noun.plural) for noun in NOUNS]
    for said in ("西溪基因", "黄蓉", "C000006", "SO20261123-0001", "高峰"):
        reply = world.tried(person, "search", q=said)
        shown.append([reply.facts, reply.result] if isinstance(reply, Reply) else [])
    for command, ref in (
        ("customer.show", "西溪基因"), ("lead.show", "高峰"), ("order.show", "SO20261123-0001"),
        ("customer.explain", "西溪基因"), ("check_duplicate", "西溪基因"), ("approval.list", ""), ("order.list", ""),
    ):  # fmt: skip
        args: dict[str, Any] = {"q": ref} if command == "check_duplicate" else {"ref": ref} if ref else {}
        reply = world.tried(person, command, **args)
        assert isinstance(reply, Reply), reply
        shown.append([reply.facts, reply.result])
    return json.dumps(shown, ensure_ascii=False, default=str)


def test_nothing_hidden_is_shown_anywhere(shared_world: World, samples: dict[str, Sample]) -> None:
    hidden = (*SECRETS, LEAD_PHONE, "文三路1号", *AMOUNTS)
    assert [secret for secret in hidden if secret not in everything(shared_world, "王经理")] == []
    assert [secret for secret in hidden if secret in everything(shared_world, "陈组长")] == []
    assert "135****0003" in everything(shared_world, "陈组长")


@pytest.mark.parametrize(
    ("plural", "name", "value"),
    [
        ("customers", "phone", "0571-55550004"), ("contacts", "phone", SECRETS[0]), ("contacts", "email", SECRETS[1]),
        ("contacts", "wechat", SECRETS[2]), ("leads", "phone", LEAD_PHONE), ("orders", "amount", "2304"),
    ],
)  # fmt: skip
def test_it_is_not_asked_for_by_its_value(
    shared_world: World, samples: dict[str, Sample], plural: str, name: str, value: str
) -> None:
    noun = next(noun for noun in NOUNS if noun.plural == plural)
    with shared_world.context("王经理") as ctx:
        assert page(ctx, noun, {name: value})["items"]
    with shared_world.context("陈组长") as ctx, pytest.raises(BadRequest):
        page(ctx, noun, {name: value})


def test_it_is_not_found_by_its_value(shared_world: World, samples: dict[str, Sample]) -> None:
    for phone in (SECRETS[0], LEAD_PHONE, "0571-55550004"):
        counts = [
            len((shared_world.run(person, "search", q=phone).result or {})["items"]) for person in ("王经理", "陈组长")
        ]
        assert counts[0] > counts[1] == 0, phone
    assert shared_world.refused("陈组长", "lead.show", ref=LEAD_PHONE).code == "not_found"


def test_what_may_only_be_read_is_not_changed(shared_world: World, samples: dict[str, Sample]) -> None:
    refusal = shared_world.refused("李雷", "customer.update", ref="西溪基因", phone="0571-11112222")
    assert (refusal.code, "电话" in refusal.detail) == ("forbidden", True)
    shared_world.run("李雷", "customer.update", ref="西溪基因", level="B")


def test_a_notice_is_written_for_its_reader(shared_world: World, samples: dict[str, Sample]) -> None:
    readers = [shared_world.person(name).id for name in ("陈组长", "王经理")]
    with shared_world.context("李雷") as ctx:
        customer = find(ctx, CUSTOMER, "西溪基因")
        facts = {"customer": present(ctx, [customer])[0], "items": present(ctx, [customer])}
        ctx.tell(Notice("masking", "customers/customer", facts, customer.code, tuple(readers)))
        notices.post(ctx)
    told = {row.person_id: json.dumps(row.facts) for row in shared_world.rows(Outbox, Outbox.topic == "masking")}
    assert [told[reader].count(SECRETS[3]) for reader in readers] == [0, 2]

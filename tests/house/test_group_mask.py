"""Whatever stands in a notice, a group reads code, name, who, what and when, and amounts where its robot says so."""

import json
from typing import Any

import pytest
from world import World

from bot.showing import shown
from cards.text import plain
from handlers import notices
from handlers.context import Notice
from models.base import Json
from models.company.robot import TOPICS
from models.outbox import Outbox

PHONE, LANDLINE, MAIL = "18912345678", "0571-55550004", "xixi@private.example"
WECHAT, ADDRESS, NOTE, AMOUNT = "wx_xixi_private", "张江路1号3幢", "客户说预算砍半", "54321.00"
SECRETS = (PHONE, LANDLINE, MAIL, WECHAT, ADDRESS, NOTE)


def record(**more: Any) -> Json:
    """A record with everything that a group must not read."""
    return {
        "code": "C000006", "name": f"西溪 {PHONE} {MAIL}", "phone": PHONE, "email": MAIL, "wechat": WECHAT,
        "address": ADDRESS, "note": NOTE, "amount": AMOUNT, **more,
    }  # fmt: skip


HOSTILE: Json = record(
    who=record(name="李雷"), by=record(name="王经理"), approvers=[record(name="王经理")], customer=record(),
    sea=f"华东公海 {LANDLINE}", pool=f"华东线索池 {MAIL}", source=f"电话 {PHONE}", at="2026-11-23T10:00:00+08:00",
    deadline="2026-11-26T02:00:00+08:00", day="2026-11-23", subject="order", order="SO20261123-0001",
    scope=record(name="华东组"), counts=[["新线索", "3"], [f"来自 {PHONE}", "1"]], money=[["订单", AMOUNT]],
    ranking=[record(name="李雷", value="3 单")], reason=NOTE, contact=record(), content=NOTE, phone=PHONE,
    order_total=AMOUNT, items=[record()],
)  # fmt: skip


@pytest.mark.parametrize("given", ["group", "facts", "groups"])
@pytest.mark.parametrize("amounts", [False, True])
@pytest.mark.parametrize("topic", TOPICS)
def test_a_group_reads_what_its_least_privileged_member_may(
    shared_world: World, topic: str, amounts: bool, given: str
) -> None:
    group = f"{topic} {amounts} {given}群"
    url = "http://127.0.0.1:1/cgi-bin/webhook/send?key=mask"
    robot = json.dumps({"name": group, "kind": "wecom", "url": url, "amounts": amounts, "topics": [topic]})
    shared_world.load(f"robots: [{robot}]")
    about: Any = {given: [HOSTILE] if given == "groups" else HOSTILE}
    with shared_world.context("周总") as ctx:
        ctx.tell(Notice(topic, "notice", **({"facts": {}} | about), ref="C000006", key=f"mask {topic} {group}"))
        notices.post(ctx)
    row = shared_world.row(Outbox, Outbox.account == group)
    said = json.dumps(row.facts, ensure_ascii=False) + plain(shown(row.template, row.facts))
    assert not [secret for secret in SECRETS if secret in said], said
    assert (AMOUNT in said or "54,321" in said) == amounts

"""What leaves: the requests of both channels and of the group robots."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from bot.channels.base import Channel, PlatformError
from bot.channels.budget import Budget
from bot.channels.dingtalk_api import DingTalkClient
from bot.channels.dingtalk_channel import DingTalkChannel
from bot.channels.http import Http
from bot.channels.robots import RobotChannel, RobotTarget, robot_budget_key
from bot.channels.wecom import WeComChannel
from bot.channels.wecom_api import WeComClient
from cards.card import Card, CardButton, CardField

from .fake import CARD_TEMPLATE, Asked, Fake, MemoryTokenStore, dingtalk_account, wecom_account

OK = {"errcode": 0, "errmsg": "ok"}
TALK = Card(title="没有找到")
RECORD = Card(title="海豚科技", fields=(CardField("负责人", "李雷"),))
BUTTONS = Card(title="订单待审批", buttons=(CardButton("同意", "k1", "primary"), CardButton("驳回", "k2", "danger")))


def wecom(fake: Fake, budget: Budget | None = None) -> WeComChannel:
    account = wecom_account(fake.url)
    return WeComChannel(account, WeComClient(account, Http(), MemoryTokenStore()), budget=budget)


def dingtalk(fake: Fake, **given: Any) -> DingTalkChannel:
    account = dingtalk_account(fake.url, **given)
    return DingTalkChannel(account, DingTalkClient(account, Http(), MemoryTokenStore()))


def asked(fake: Fake) -> Asked:
    calls = fake.calls()
    assert len(calls) == 1
    return calls[0]


def test_both_are_channels(fake: Fake) -> None:
    channels: list[Channel] = [wecom(fake), dingtalk(fake)]
    assert [channel.name for channel in channels] == ["wecom", "dingtalk"]


# ------------------------------------------------------------------ WeCom


@pytest.mark.parametrize(
    ("card", "msgtype", "form"),
    [(TALK, "text", "text"), (RECORD, "markdown", "markdown"), (BUTTONS, "template_card", "card")],
)
def test_wecom_sends_each_form(fake: Fake, card: Card, msgtype: str, form: str) -> None:
    fake.queue({**OK, "msgid": "m1", "response_code": "rc1"})
    receipt = wecom(fake).send("lilei", card, card_key="task-1", idempotency_key="k")
    call = asked(fake)
    assert (call.method, call.path, call.query) == ("POST", "/cgi-bin/message/send", {"access_token": "token-1"})
    assert (call.body["touser"], call.body["agentid"], call.body["msgtype"]) == ("lilei", 1000002, msgtype)
    assert (receipt.message_id, receipt.response_code, receipt.form) == ("m1", "rc1", form)
    if form == "card":
        assert call.body["template_card"]["task_id"] == "task-1"


def test_wecom_text_is_the_fallback_and_names_what_may_be_typed(fake: Fake) -> None:
    fake.queue(OK)
    assert wecom(fake).send_text("lilei", BUTTONS, idempotency_key="k").form == "text"
    assert "同意" in asked(fake).body["text"]["content"]


def test_wecom_recognises_a_retry_and_not_the_same_words_sent_on_purpose(fake: Fake) -> None:
    fake.queue(OK)
    channel = wecom(fake)
    for key in ("a", "a", "b"):
        channel.send("lilei", TALK, card_key="c", idempotency_key=key)
    first, retry, other = (json.dumps(call.body) for call in fake.calls())
    assert first == retry != other
    body = fake.calls()[0].body
    assert body["enable_duplicate_check"] == 1
    assert 900 <= body["duplicate_check_interval"] < 1800


@pytest.mark.parametrize(
    ("answer", "code", "remedy"),
    [
        ({**OK, "invaliduser": "LiLei|other"}, "invaliduser", "drop"),
        ({**OK, "unlicenseduser": "lilei"}, "unlicensed", "config"),
    ],
)
def test_wecom_says_ok_and_names_the_only_recipient_as_bad(fake: Fake, answer: Any, code: str, remedy: str) -> None:
    fake.queue(answer)
    with pytest.raises(PlatformError) as caught:
        wecom(fake).send("lilei", TALK, card_key="c", idempotency_key="k")
    assert (caught.value.code, caught.value.remedy) == (code, remedy)


def test_somebody_elses_bad_id_is_not_ours(fake: Fake) -> None:
    sample = Path(__file__).parents[1] / "payloads" / "wecom" / "api_responses" / "message_send_ok.json"
    fake.queue(json.loads(sample.read_text()))
    receipt = wecom(fake).send("lilei", TALK, card_key="c", idempotency_key="k")
    assert (receipt.message_id, receipt.response_code) == ("xxxx", "xyzxyz")


def test_wecom_drops_beyond_thirty_a_minute_so_they_are_not_sent(fake: Fake, redis: "Redis") -> None:
    budget = Budget(redis)
    budget.take("warm-up", 1, 1)
    redis.hset("{haitun-budget}:epoch", "born", "0")
    fake.queue(OK)
    channel = wecom(fake, budget)
    for number in range(30):
        channel.send("lilei", TALK, card_key="c", idempotency_key=str(number))
    with pytest.raises(PlatformError) as caught:
        channel.send("LILEI", TALK, card_key="c", idempotency_key="31")
    assert (caught.value.code, caught.value.remedy) == ("budget", "later")
    assert 1 <= caught.value.wait <= 60
    channel.send("other", TALK, card_key="c", idempotency_key="k")
    assert len(fake.calls()) == 31


def test_a_refused_message_gives_its_slot_back(fake: Fake, redis: "Redis") -> None:
    channel = wecom(fake, Budget(redis))
    fake.queue({"errcode": 60020, "errmsg": "from ip: 192.0.2.1"})
    for number in range(20):
        with pytest.raises(PlatformError, match="60020"):
            channel.send("lilei", TALK, card_key="c", idempotency_key=str(number))


def test_wecom_updates_a_card_with_its_code(fake: Fake) -> None:
    fake.queue({**OK, "invaliduser": []})
    wecom(fake).update("lilei", Card(title="订单", closed="已同意"), card_key="t", response_code="rc1")
    call = asked(fake)
    assert call.path == "/cgi-bin/message/update_template_card"
    assert (call.body["userids"], call.body["agentid"], call.body["response_code"]) == (["lilei"], 1000002, "rc1")
    assert bool(call.body.get("button")) != bool(call.body.get("template_card"))


@pytest.mark.parametrize(
    ("code", "remedy"), [(40058, "fallback"), (987654, "fallback"), (45009, "later"), (60020, "config")]
)
def test_a_spent_code_asks_for_a_fresh_card(fake: Fake, code: int, remedy: str) -> None:
    fake.queue({"errcode": code, "errmsg": "x"})
    with pytest.raises(PlatformError) as caught:
        wecom(fake).update("lilei", BUTTONS, card_key="t", response_code="rc1")
    assert caught.value.remedy == remedy


def test_wecom_recalls_and_proves_itself(fake: Fake) -> None:
    fake.queue({**OK, "name": "海豚"})
    channel = wecom(fake)
    channel.recall("m1")
    assert fake.calls()[0].body == {"msgid": "m1"}
    assert "1000002" in channel.probe()
    assert (fake.calls()[1].path, fake.calls()[1].query["agentid"]) == ("/cgi-bin/agent/get", "1000002")
    with pytest.raises(PlatformError):
        channel.reply("session", TALK, idempotency_key="k")


def test_wechatpys_api_groups_go_the_same_way(fake: Fake) -> None:
    fake.queue({**OK, "userid": "lilei", "name": "李雷"})
    client = WeComClient(wecom_account(fake.url), Http(), MemoryTokenStore())
    assert client.user.get("lilei")["name"] == "李雷"
    assert client.access_token == "token-1"
    assert client.fetch_access_token()["access_token"] == "token-1"
    assert asked(fake).query == {"userid": "lilei", "access_token": "token-1"}
    with pytest.raises(TypeError):
        client.media.upload("image", b"x")


# ------------------------------------------------------------------ DingTalk

DELIVERED = {
    "success": True,
    "result": {"outTrackId": "c1", "deliverResults": [{"success": True, "carrierId": "q/1=="}]},
}


def test_dingtalk_delivers_a_card_once_per_key(fake: Fake) -> None:
    fake.queue(DELIVERED)
    receipt = dingtalk(fake).send("1002", BUTTONS, card_key="c1", idempotency_key="k")
    call = asked(fake)
    assert (call.method, call.path) == ("POST", "/v1.0/card/instances/createAndDeliver")
    assert call.headers["x-acs-dingtalk-access-token"] == "token-1"
    body = call.body
    assert (body["outTrackId"], body["cardTemplateId"], body["openSpaceId"]) == (
        "c1",
        CARD_TEMPLATE,
        "dtv1.card//IM_ROBOT.1002",
    )
    assert (body["callbackType"], body["callbackRouteKey"]) == ("HTTP", dingtalk_account().route_key)
    assert body["imRobotOpenDeliverModel"] == {"spaceType": "IM_ROBOT", "robotCode": "dingrobot"}
    assert body["imRobotOpenSpaceModel"]["supportForward"] is False
    params = body["cardData"]["cardParamMap"]
    assert all(isinstance(value, str) for value in params.values())
    assert '"id":"k1"' in json.dumps(params).replace(" ", "").replace("\\", "")
    assert (receipt.message_id, receipt.form) == ("q/1==", "card")


def test_in_stream_mode_a_card_calls_back_through_the_stream(fake: Fake) -> None:
    fake.queue(DELIVERED, {"success": True})
    channel = dingtalk(fake, mode="stream")
    channel.send("1002", BUTTONS, card_key="c1", idempotency_key="k")
    assert asked(fake).body["callbackType"] == "STREAM"
    assert "callbackRouteKey" not in asked(fake).body
    channel.register_callback("https://haitun.example")
    assert len(fake.calls()) == 1


def test_a_delivery_that_failed_behind_a_200_asks_for_text(fake: Fake) -> None:
    failed = {"success": True, "result": {"deliverResults": [{"success": False, "errorMsg": "x"}]}}
    fake.queue(failed, {"success": False})
    for _ in range(2):
        with pytest.raises(PlatformError) as caught:
            dingtalk(fake).send("1002", BUTTONS, card_key="c1", idempotency_key="k")
        assert caught.value.remedy in ("fallback", "later")


def test_a_card_that_exists_is_a_repeat_that_succeeded(fake: Fake) -> None:
    fake.queue({"code": "param.cardAlreadyExist", "message": "x"}, status=400)
    assert dingtalk(fake).send("1002", BUTTONS, card_key="c1", idempotency_key="k").form == "card"


def test_dingtalk_sends_messages_without_buttons_by_the_robot(fake: Fake) -> None:
    fake.queue({"processQueryKey": "p1", "invalidStaffIdList": [], "flowControlledStaffIdList": []})
    channel = dingtalk(fake)
    assert channel.send("1002", RECORD, card_key="c", idempotency_key="k").message_id == "p1"
    assert channel.send_text("1002", BUTTONS, idempotency_key="k").form == "text"
    record, text = fake.calls()
    for call in (record, text):
        assert call.path == "/v1.0/robot/oToMessages/batchSend"
        assert (call.body["robotCode"], call.body["userIds"]) == ("dingrobot", ["1002"])
        assert isinstance(call.body["msgParam"], str)
    assert "李雷" in json.loads(record.body["msgParam"])["text"]
    assert "同意" in json.loads(text.body["msgParam"])["content"]


@pytest.mark.parametrize(
    ("answer", "code", "remedy"),
    [
        ({"processQueryKey": "p", "invalidStaffIdList": ["1002"]}, "invalidStaffId", "drop"),
        ({"processQueryKey": "p", "flowControlledStaffIdList": ["1002"]}, "flowControlled", "later"),
    ],
)
def test_a_200_that_names_the_recipient_is_an_error(fake: Fake, answer: Any, code: str, remedy: str) -> None:
    fake.queue(answer)
    with pytest.raises(PlatformError) as caught:
        dingtalk(fake).send("1002", TALK, card_key="c", idempotency_key="k")
    assert (caught.value.code, caught.value.remedy) == (code, remedy)


def test_dingtalk_groups(fake: Fake) -> None:
    fake.queue({"processQueryKey": "p/1"}, DELIVERED, {"successResult": []})
    channel = dingtalk(fake)
    sent = channel.send_to_group("cid/1==", RECORD, card_key="c")
    card = channel.send_to_group("cid/1==", BUTTONS, card_key="c")
    channel.recall(sent.message_id)
    channel.recall("p/9")
    message, delivered, group_recall, person_recall = fake.calls()
    assert (message.path, message.body["openConversationId"]) == ("/v1.0/robot/groupMessages/send", "cid/1==")
    assert delivered.body["openSpaceId"] == "dtv1.card//IM_GROUP.cid/1=="
    assert delivered.body["imGroupOpenDeliverModel"] == {"robotCode": "dingrobot"}
    assert card.form == "card"
    assert group_recall.path == "/v1.0/robot/groupMessages/recall"
    assert group_recall.body == {"robotCode": "dingrobot", "processQueryKeys": ["p/1"], "openConversationId": "cid/1=="}
    assert person_recall.path == "/v1.0/robot/otoMessages/batchRecall"
    assert person_recall.body["processQueryKeys"] == ["p/9"]


def test_dingtalk_updates_by_key_for_everybody(fake: Fake) -> None:
    fake.queue({"success": True, "result": True})
    dingtalk(fake).update("1002", Card(title="订单", closed="已同意"), card_key="c1", response_code="")
    call = asked(fake)
    assert (call.method, call.path, call.body["outTrackId"]) == ("PUT", "/v1.0/card/instances", "c1")
    assert call.body["cardUpdateOptions"] == {"updateCardDataByKey": True, "updatePrivateDataByKey": True}


def test_the_card_route_is_registered_with_its_secret(fake: Fake) -> None:
    fake.queue({"success": True, "result": {}})
    dingtalk(fake).register_callback("https://haitun.example/")
    call = asked(fake)
    assert call.path == "/v1.0/card/callbacks/register"
    assert call.body == {
        "callbackRouteKey": dingtalk_account().route_key,
        "callbackUrl": "https://haitun.example/callbacks/dingtalk/cards",
        "apiSecret": "card-secret",
        "forceUpdate": True,
    }


def test_a_session_is_answered_on_the_configured_host_only(fake: Fake) -> None:
    fake.queue(OK)
    channel = dingtalk(fake)
    channel.reply(f"{fake.url}/robot/sendBySession?session=abc", RECORD, idempotency_key="k")
    assert (asked(fake).query, asked(fake).body["msgtype"]) == ({"session": "abc"}, "markdown")
    with pytest.raises(PlatformError) as caught:
        channel.reply("https://evil.example/robot/sendBySession?session=abc", RECORD, idempotency_key="k")
    assert caught.value.remedy == "fallback"
    assert len(fake.asked) == 1


def test_dingtalk_proves_itself(fake: Fake) -> None:
    assert "dingkey" in dingtalk(fake).probe()
    assert fake.asked[0].body == {"appKey": "dingkey", "appSecret": "top-secret-app-secret"}


# ------------------------------------------------------------------ group robots


def test_a_wecom_robot(fake: Fake) -> None:
    fake.queue(OK)
    card = Card(title="登记线索", mentions=("lilei",))
    RobotChannel(Http()).post(
        RobotTarget("wecom", f"{fake.url}/cgi-bin/webhook/send?key=abc"), card, idempotency_key="k"
    )
    call = asked(fake)
    assert (call.path, call.query) == ("/cgi-bin/webhook/send", {"key": "abc"})
    assert "<@lilei>" in call.body["markdown"]["content"]


def test_a_dingtalk_robot_signs_names_its_keyword_and_its_key(fake: Fake) -> None:
    fake.queue({"errcode": "0", "errmsg": "ok"})
    robot = RobotTarget("dingtalk", f"{fake.url}/robot/send?access_token=abc", "SECx", "海豚")
    RobotChannel(Http(), clock=lambda: 1_700_000_000.5).post(
        robot, Card(title="登记线索", mentions=("1002",)), idempotency_key="k" * 100
    )
    call = asked(fake)
    stamp = "1700000000500"
    sign = base64.b64encode(hmac.new(b"SECx", f"{stamp}\nSECx".encode(), hashlib.sha256).digest()).decode()
    assert call.query == {"access_token": "abc", "timestamp": stamp, "sign": sign}
    assert "海豚" in json.dumps(call.body["markdown"], ensure_ascii=False)
    assert call.body["at"]["atUserIds"] == ["1002"]
    assert len(call.body["msgUuid"]) == 64


@pytest.mark.parametrize(
    ("kind", "code", "wait"), [("wecom", 45009, 60), ("dingtalk", 130101, 600), ("dingtalk", 410100, 600)]
)
def test_a_throttled_robot_tells_how_long(fake: Fake, kind: Any, code: int, wait: float) -> None:
    fake.queue({"errcode": code, "errmsg": "too fast"})
    with pytest.raises(PlatformError) as caught:
        RobotChannel(Http()).post(RobotTarget(kind, f"{fake.url}/x?key=abc"), TALK, idempotency_key="k")
    assert (caught.value.remedy, caught.value.wait) == ("later", wait)


def test_a_robots_budget_key_holds_no_secret() -> None:
    robot = RobotTarget("wecom", "https://x/cgi-bin/webhook/send?key=abc")
    assert robot_budget_key(robot) == robot_budget_key(RobotTarget("wecom", robot.url, "s", "k"))
    assert "abc" not in robot_budget_key(robot)

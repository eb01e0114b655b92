"""DingTalk: messages, cards, group robots, and their documented refusals."""

from __future__ import annotations

import json
import time

import pytest
import requests

from bot.sandbox.crypto import robot_sign
from bot.sandbox.phones import CannotTap
from bot.sandbox.platform import Platform

from .conftest import Api, Json
from .fakebot import DING_KEY, FakeBot

BUTTONS = [
    {"text": "同意", "color": "blue", "id": "yes", "request": True, "params": {"code": "SO1"}},
    {"text": "驳回", "color": "red", "id": "no", "request": True},
    {"text": "打开", "color": "gray", "url": "https://example.com/"},
]


def new_card(track: str = "card-1", space: str = "IM_ROBOT.1001", **more: object) -> Json:
    full = json.dumps({"msgButtons": BUTTONS}, ensure_ascii=False)
    return {
        "cardTemplateId": "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema",
        "outTrackId": track,
        "callbackType": "HTTP",
        "callbackRouteKey": "route",
        "cardData": {"cardParamMap": {"title": "订单审批", "markdown": "**¥3,420**", "sys_full_json_obj": full}},
        "openSpaceId": f"dtv1.card//{space}",
        "imRobotOpenSpaceModel": {"supportForward": False},
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT"},
        "imGroupOpenSpaceModel": {"supportForward": True},
        "imGroupOpenDeliverModel": {"robotCode": DING_KEY},
        **more,
    }


@pytest.fixture
def routed(api: Api, bot: FakeBot) -> Api:
    route = {
        "callbackRouteKey": "route",
        "callbackUrl": f"{bot.url}/callbacks/dingtalk/cards",
        "apiSecret": bot.card_secret,
    }
    assert api.ding("card/callbacks/register", route)["success"] is True
    return api


def send(api: Api, body: Json, token: str = "ding-token", secret: str = "SECsandbox") -> Json:
    stamp = str(int(time.time() * 1000))
    return api.oapi("robot/send", body, access_token=token, timestamp=stamp, sign=robot_sign(stamp, secret))


def text(content: str, **more: object) -> Json:
    return {"msgtype": "text", "text": {"content": content}, **more}


def test_a_message_is_signed_and_answered_by_its_response(platform: Platform, bot: FakeBot) -> None:
    bot.dingtalk = lambda _: {"msgtype": "markdown", "markdown": {"title": "领取成功", "text": "**已领取** 海豚科技"}}
    answer = platform.phone("dingtalk", "李雷").says("领取 海豚科技")
    assert (answer.status, answer.fault) == (200, "") and "已领取" in answer.text
    (heard,) = bot.seen
    assert not heard.problem and heard.body["senderStaffId"] == "1002" and heard.body["conversationType"] == "1"
    assert (
        heard.body["text"] == {"content": "领取 海豚科技"}
        and "已领取" in platform.phone("dingtalk", "1002").inbox[0].text
    )


def test_in_a_group_the_answer_goes_to_the_group(platform: Platform, bot: FakeBot) -> None:
    bot.dingtalk = lambda _: text("收到")
    answer = platform.phone("dingtalk", "1002").says("帮助", group="钉钉销售群")
    heard = bot.seen[0].body
    assert heard["conversationType"] == "2" and heard["isInAtList"] is True and heard["text"] == {"content": " 帮助"}
    assert heard["conversationId"] == "cidding-token" and answer.text == "收到"
    assert not platform.phone("dingtalk", "1002").inbox


def test_a_session_webhook_lives_ninety_minutes(platform: Platform, api: Api, bot: FakeBot) -> None:
    platform.phone("dingtalk", "1002").says("查客户")
    url = str(bot.seen[0].body["sessionWebhook"])
    assert requests.post(url, json=text("稍后的回答"), timeout=5).json()["errcode"] == 0
    assert platform.phone("dingtalk", "1002").sees("稍后的回答", timeout=0)
    platform.clock.advance(5401)
    assert requests.post(url, json=text("太晚"), timeout=5).json()["errmsg"] == "session.expired"
    assert api.oapi("robot/sendBySession", text("x"), session="?")["errmsg"] == "session.notExisted"


def test_media_arrive_with_a_download_code(platform: Platform, api: Api, bot: FakeBot) -> None:
    phone = platform.phone("dingtalk", "1002")
    for kind in ("picture", "audio", "file", "richText"):
        assert phone.sends(kind).status == 200
    content = bot.seen[0].body["content"]
    assert isinstance(content, dict)
    answer = api.ding("robot/messageFiles/download", {"downloadCode": content["downloadCode"], "robotCode": DING_KEY})
    assert requests.get(str(answer["downloadUrl"]), timeout=5).content.startswith(b"\x89PNG")


def test_a_batch_goes_to_at_most_twenty(platform: Platform, api: Api) -> None:
    body = {"robotCode": DING_KEY, "msgKey": "sampleText", "msgParam": json.dumps({"content": "你好"})}
    answer = api.ding("robot/oToMessages/batchSend", {**body, "userIds": ["1002", "9999"]})
    assert answer["invalidStaffIdList"] == ["9999"] and platform.phone("dingtalk", "1002").sees("你好", timeout=0)
    many = api.ding("robot/oToMessages/batchSend", {**body, "userIds": [str(n) for n in range(21)]})
    assert (many["status"], many["code"]) == (400, "invalidParameter.userIds.overMax") and "requestid" in many
    long = {**body, "userIds": ["1002"], "msgParam": json.dumps({"content": "长" * 8000})}
    assert api.ding("robot/oToMessages/batchSend", long)["code"] == "invalidParameter.msgParam.tooLong"
    plain = {**body, "userIds": ["1002"], "msgParam": {"content": "x"}}
    assert api.ding("robot/oToMessages/batchSend", plain)["code"] == "invalidParameter.msgParam.invalid"
    recalled = api.ding(
        "robot/otoMessages/batchRecall", {"robotCode": DING_KEY, "processQueryKeys": [answer["processQueryKey"]]}
    )
    assert recalled["successResult"] and not platform.phone("dingtalk", "1002").sees("你好", timeout=0)


def test_tokens(platform: Platform, api: Api) -> None:
    assert api.ding("card/instances", {}, token="x")["code"] == "InvalidAuthentication"
    assert api.oapi("topapi/v2/user/get", {"userid": "1002"}, access_token="x")["errcode"] == 40014
    user = api.oapi("topapi/v2/user/get", {"userid": "1002"}, access_token=api.token("dingtalk"))
    assert user["result"] == {"userid": "1002", "unionid": "union-1002", "name": "李雷", "title": "华东组 销售",
                              "active": True, "dept_id_list": [1]}  # fmt: skip
    bad = requests.post(
        f"{platform.own_url}/dingtalk/v1.0/oauth2/accessToken", json={"appKey": DING_KEY, "appSecret": "x"}, timeout=5
    )
    assert bad.status_code == 400 and bad.json()["code"] == "invalidClientIdOrSecret"


def test_a_tap_goes_to_the_registered_route_and_its_answer_to_the_clicker(
    platform: Platform, routed: Api, bot: FakeBot
) -> None:
    routed.ding("card/instances/createAndDeliver", new_card(space="IM_ROBOT.1001;IM_ROBOT.1003"))
    shown = {"cardUpdateOptions": {"updateCardDataByKey": True}, "cardData": {"cardParamMap": {"tips": "已同意"}}}
    bot.cards = lambda _: shown
    phone, other = platform.phone("dingtalk", "王经理"), platform.phone("dingtalk", "韩梅梅")
    card = phone.card("订单审批")
    assert phone.taps(card, "同意").status == 200
    heard = bot.seen[-1]
    content = json.loads(str(heard.body["content"]))
    assert not heard.problem and heard.body["userId"] == "1001" and heard.body["outTrackId"] == "card-1"
    assert content["cardPrivateData"] == {"actionIds": ["yes"], "params": {"code": "SO1"}}
    assert phone.sees("已同意", timeout=0) and not other.sees("已同意", timeout=0)
    update = {"outTrackId": "card-1", "cardData": {"cardParamMap": {"tips": "王经理已同意"}},
              "cardUpdateOptions": {"updateCardDataByKey": True}}  # fmt: skip
    assert routed.ding("card/instances", update, method="PUT")["success"] is True
    assert other.sees("王经理已同意", timeout=0) and other.sees("订单审批", timeout=0)
    with pytest.raises(CannotTap):
        phone.taps(card, "打开")


def test_an_update_without_options_overwrites_the_whole_card(platform: Platform, routed: Api) -> None:
    routed.ding("card/instances/createAndDeliver", new_card())
    update = {"outTrackId": "card-1", "cardData": {"cardParamMap": {"title": "只剩标题"}}}
    routed.ding("card/instances", update, method="PUT")
    (card,) = platform.phone("dingtalk", "1001").inbox
    assert card.body == {"title": "只剩标题"} and not card.buttons


def test_two_seconds_are_a_taps_deadline(platform: Platform, routed: Api, bot: FakeBot) -> None:
    routed.ding("card/instances/createAndDeliver", new_card())
    bot.delays = [2.4]
    phone = platform.phone("dingtalk", "1001")
    answer = phone.taps(phone.card("订单审批"), "同意")
    assert answer.status == 0 and answer.tries == 1 and "2 秒" in answer.fault


def test_one_track_id_is_one_card(platform: Platform, routed: Api) -> None:
    for title in ("订单审批", "另一张"):
        body = new_card(cardData={"cardParamMap": {"title": title}})
        assert routed.ding("card/instances/createAndDeliver", body)["success"] is True
    assert [m.text for m in platform.phone("dingtalk", "1001").inbox] == ["订单审批"] and len(platform.absorbed) == 1
    assert routed.ding("card/instances", new_card())["code"] == "param.cardAlreadyExist"


def test_creating_and_delivering_apart(platform: Platform, routed: Api) -> None:
    assert routed.ding("card/instances", new_card("card-2"))["result"] == "card-2"
    spaces = {"outTrackId": "card-2", "openSpaceId": "dtv1.card//IM_GROUP.cidding-token",
              "imGroupOpenDeliverModel": {"robotCode": DING_KEY}}  # fmt: skip
    assert '"success": true' in json.dumps(routed.ding("card/instances/deliver", spaces)["result"])
    assert [m.text for m in platform.messages if m.group]


BAD_CARDS: dict[str, tuple[Json, str]] = {
    "no track id": (new_card(""), "param.outTrackIdEmpty"),
    "a long track id": (new_card("x" * 101), "param.outTrackIdEmpty"),
    "a number": (new_card(cardData={"cardParamMap": {"count": 1}}), "param.invalid"),
    "no data": (new_card(cardData={}), "param.cardPublicDataEmpty"),
    "another space": (new_card(openSpaceId="IM_ROBOT.1001"), "param.openSpaceIdInvalid"),
    "no deliver model": (
        {k: v for k, v in new_card().items() if k != "imRobotOpenDeliverModel"},
        "param.openDeliverModelEmpty",
    ),
    "no space model": (
        {k: v for k, v in new_card().items() if k != "imRobotOpenSpaceModel"},
        "param.openSpaceModelInvalid",
    ),
    "an unknown route": (new_card(callbackRouteKey="other"), "param.invalid"),
}


@pytest.mark.parametrize("name", BAD_CARDS)
def test_a_card_that_breaks_a_rule_is_a_violation(name: str, platform: Platform, routed: Api) -> None:
    body, code = BAD_CARDS[name]
    assert routed.ding("card/instances/createAndDeliver", body)["code"] == code and len(platform.violations) == 1


def test_a_space_that_cannot_be_reached_hides_behind_a_200(routed: Api) -> None:
    answer = routed.ding("card/instances/createAndDeliver", new_card(space="IM_ROBOT.9999"))
    assert answer["success"] is True and '"success": false' in json.dumps(answer["result"])


def test_a_route_is_replaced_only_by_force(routed: Api) -> None:
    other: Json = {"callbackRouteKey": "route", "callbackUrl": "http://127.0.0.1:9/other"}
    assert routed.ding("card/callbacks/register", other)["code"] == "param.callbackRouteKeyExist"
    assert routed.ding("card/callbacks/register", {**other, "forceUpdate": True})["success"] is True


def test_a_webhook_needs_its_sign_or_its_keyword(platform: Platform, api: Api) -> None:
    assert send(api, text("新线索"))["errcode"] == 0
    assert send(api, text("新线索"), secret="SECother") == {"errcode": 310000, "errmsg": "sign not match"}
    assert api.oapi("robot/send", text("x"), access_token="ding-token")["errmsg"] == "invalid timestamp"
    assert api.oapi("robot/send", text("没有"), access_token="keyword-token")["errmsg"] == "keywords not in content"
    assert api.oapi("robot/send", text("海豚播报"), access_token="keyword-token")["errcode"] == 0
    assert api.oapi("robot/send", text("x"), access_token="unknown")["errcode"] == 400101
    assert send(api, {"msgtype": "image", "image": {"x": "y"}})["errcode"] == 400105


def test_the_21st_message_blocks_a_robot_for_ten_minutes(platform: Platform, api: Api) -> None:
    assert [send(api, text(f"{n}"))["errcode"] for n in range(22)] == [0] * 20 + [130101] * 2
    platform.clock.advance(120)
    assert send(api, text("两分钟后"))["errcode"] == 130101
    platform.clock.advance(500)
    assert send(api, text("十分钟后"))["errcode"] == 0 and len(platform.refusals) == 3


def test_a_uuid_makes_a_retry_safe(platform: Platform, api: Api) -> None:
    for _ in range(2):
        assert send(api, text("只此一次", msgUuid="u-1"))["errcode"] == 0
    assert len(platform.messages) == 1 and len(platform.absorbed) == 1


def test_a_dtmd_button_makes_its_reader_say_it(platform: Platform, api: Api, bot: FakeBot) -> None:
    url = "dtmd://dingtalkclient/sendMessage?content=%E9%A2%86%E5%8F%96%20L000012"
    card = {"title": "新线索", "text": "### 新线索", "btns": [{"title": "领取", "actionURL": url}]}
    send(api, {"msgtype": "actionCard", "actionCard": card})
    (message,) = platform.messages
    platform.phone("dingtalk", "1002").taps(message, "领取")
    assert bot.seen[0].body["text"] == {"content": " 领取 L000012"}


def test_events_are_encrypted_and_must_be_answered_by_success(platform: Platform, bot: FakeBot) -> None:
    heard = platform.dingtalk.event({"EventType": "user_add_org", "userId": ["1002"]})
    assert not heard.fault and bot.seen[0].body["EventType"] == "user_add_org"

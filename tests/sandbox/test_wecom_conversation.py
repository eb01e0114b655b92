"""WeCom: what people say reaches the bot, what it answers reaches them."""

from __future__ import annotations

import time

import pytest

from bot.sandbox.phones import CannotTap
from bot.sandbox.platform import Platform

from .conftest import Api
from .fakebot import FakeBot, text_reply
from .samples import BUTTONS, MULTIPLE, NOTICE, VOTE


def test_a_sentence_arrives_encrypted_and_its_passive_answer_is_shown(platform: Platform, bot: FakeBot) -> None:
    bot.wecom = lambda heard: text_reply(f"收到 {heard['Content']}")
    answer = platform.phone("wecom", "李雷").says("领取 海豚科技", msg_id="4561255354251345929")
    assert (answer.status, answer.passive, answer.tries) == (200, "收到 领取 海豚科技", 1)
    (heard,) = bot.seen
    assert heard.content["FromUserName"] == "lilei" and heard.content["MsgId"] == "4561255354251345929"
    assert [m.text for m in platform.phone("wecom", "lilei").inbox] == ["收到 领取 海豚科技"]


def test_a_failing_bot_is_told_three_times_with_the_same_plaintext(platform: Platform, bot: FakeBot) -> None:
    bot.statuses = [500, 503]
    answer = platform.phone("wecom", "lilei").says("你好")
    assert (answer.status, answer.tries) == (200, 3)
    assert len({str(seen.content) for seen in bot.seen}) == 1 and len(bot.seen) == 3
    bot.statuses = [500, 500, 500]
    assert platform.phone("wecom", "lilei").says("你好").status == 500


def test_five_seconds_without_an_answer_are_a_failure(platform: Platform, bot: FakeBot) -> None:
    bot.delays = [5.4]
    began = time.monotonic()
    answer = platform.phone("wecom", "lilei").says("慢")
    assert (answer.status, answer.tries) == (200, 2)
    assert time.monotonic() - began > 5


def test_a_bot_that_is_not_there_fails_without_an_exception(platform: Platform) -> None:
    platform.bot_url = "http://127.0.0.1:9"
    answer = platform.phone("wecom", "lilei").says("喂")
    assert (answer.status, answer.tries) == (0, 3) and answer.fault


def test_a_passive_answer_with_a_wrong_signature_is_a_violation(platform: Platform, bot: FakeBot) -> None:
    bot.wecom = lambda _: text_reply("x")
    bot.reply_token = "another"
    answer = platform.phone("wecom", "lilei").says("你好")
    assert answer.status == 200 and "signature" in answer.fault and not answer.passive
    assert platform.violations and not platform.phone("wecom", "lilei").inbox


def test_media_places_and_events(platform: Platform, bot: FakeBot) -> None:
    phone = platform.phone("wecom", "lilei")
    for kind in ("image", "voice", "video", "location", "link"):
        assert phone.sends(kind).status == 200
    assert phone.enters().status == 200
    assert [seen.content["MsgType"] for seen in bot.seen] == ["image", "voice", "video", "location", "link", "event"]
    assert bot.seen[-1].content["Event"] == "enter_agent" and "MsgId" not in bot.seen[-1].content


def test_the_url_is_verified(platform: Platform) -> None:
    assert platform.wecom.verify().fault == ""


def test_a_tap_brings_a_fresh_code_that_changes_the_card_once(platform: Platform, api: Api, bot: FakeBot) -> None:
    api.card("wangjl", BUTTONS)
    phone = platform.phone("wecom", "王经理")
    card = phone.card("订单审批")
    assert phone.taps(card, "同意").status == 200
    heard = bot.seen[-1].content
    assert (heard["Event"], heard["EventKey"], heard["TaskId"]) == ("template_card_event", "yes-key", "task-1")
    update = {"userids": ["wangjl"], "agentid": 1000002, "response_code": heard["ResponseCode"],
              "button": {"replace_name": "已同意"}}  # fmt: skip
    assert api.wecom("message/update_template_card", update)["errcode"] == 0
    assert [button.text for button in card.buttons] == ["已同意"]
    with pytest.raises(CannotTap):
        phone.taps(card, "已同意")
    assert api.wecom("message/update_template_card", update)["errcode"] == 40058 and platform.violations


def test_a_code_is_worth_nothing_after_72_hours(platform: Platform, api: Api) -> None:
    code = api.card("wangjl", BUTTONS)["response_code"]
    platform.clock.advance(72 * 3600 + 1)
    platform.tokens["wecom"].expires_at = platform.clock.now() + 60
    update = {"userids": ["wangjl"], "agentid": 1000002, "response_code": code, "button": {"replace_name": "完"}}
    assert api.wecom("message/update_template_card", update)["errcode"] == 40058


def test_a_whole_card_can_be_replaced(platform: Platform, api: Api) -> None:
    code = api.card("wangjl|lilei", BUTTONS)["response_code"]
    new = {**NOTICE, "main_title": {"title": "已由王经理同意"}}
    update = {"userids": ["wangjl", "nobody"], "agentid": 1000002, "response_code": code, "template_card": new}
    assert api.wecom("message/update_template_card", update)["invaliduser"] == ["nobody"]
    assert platform.phone("wecom", "wangjl").sees("已由王经理同意", timeout=0)
    assert not platform.phone("wecom", "lilei").sees("已由王经理同意", timeout=0)


def test_votes_and_selections_come_back(platform: Platform, api: Api, bot: FakeBot) -> None:
    api.card("lilei", VOTE)
    api.card("lilei", MULTIPLE)
    phone = platform.phone("wecom", "lilei")
    phone.submit(phone.card("投票"), {"q": ["b", "c"]})
    assert bot.seen[-1].content["selected q"] == "b c"
    phone.submit(phone.card("填写"), {"stage": ["won"]})
    heard = bot.seen[-1].content
    assert (heard["selected stage"], heard["selected source"]) == ("won", "fair")


def test_a_passive_card_reply_counts_for_menus_only(platform: Platform, api: Api, bot: FakeBot) -> None:
    """90241 lists template_card_menu_event among the events that may be answered, and not template_card_event."""
    menu = {"desc": "更多", "action_list": [{"text": "不再提醒", "key": "mute"}]}
    api.card("lilei", {**BUTTONS, "action_menu": menu})
    bot.wecom = lambda _: (
        "<xml><MsgType>update_button</MsgType><Button><ReplaceName><![CDATA[已处理]]></ReplaceName></Button></xml>"
    )
    phone = platform.phone("wecom", "lilei")
    card = phone.card("订单审批")
    phone.taps(card, "同意")
    assert [button.text for button in card.buttons] == ["同意", "驳回", "不再提醒"]
    phone.taps(card, "不再提醒")
    assert bot.seen[-1].content["Event"] == "template_card_menu_event" and card.buttons[0].text == "已处理"

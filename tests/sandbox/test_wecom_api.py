"""WeCom's API: tokens, limits and error codes, one by one as documented."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from wechatpy.work import WeChatClient

from bot.sandbox.faults import Fault
from bot.sandbox.platform import Platform

from .conftest import Api, Json
from .fakebot import CORP_ID, SECRET
from .samples import BUTTONS, MULTIPLE, NEWS, NOTICE, VOTE


def changed(card: Json, **more: object) -> Json:
    return {**card, **more}


def without(card: Json, name: str) -> Json:
    return {key: value for key, value in card.items() if key != name}


def question(options: int, key: str = "q") -> Json:
    return {"question_key": key, "option_list": [{"id": str(n), "text": "x"} for n in range(options)]}


BAD_CARDS: dict[str, Json] = {
    "unknown type": changed(NOTICE, card_type="another"),
    "no card_action": without(NOTICE, "card_action"),
    "no title": without(NOTICE, "main_title"),
    "seven rows": changed(NOTICE, horizontal_content_list=[{"keyname": str(n)} for n in range(7)]),
    "row without keyname": changed(NOTICE, horizontal_content_list=[{"value": "x"}]),
    "four jumps": changed(NOTICE, jump_list=[{"type": 0, "title": "x"}] * 4),
    "a field of another type": changed(BUTTONS, emphasis_content={"title": "1"}),
    "no picture": without(NEWS, "card_image"),
    "a tall picture": changed(NEWS, card_image={"url": "https://x/", "aspect_ratio": 1.0}),
    "no task id": without(BUTTONS, "task_id"),
    "a task id with a space": changed(BUTTONS, task_id="a b"),
    "a task id of 129": changed(BUTTONS, task_id="a" * 129),
    "no buttons": changed(BUTTONS, button_list=[]),
    "seven buttons": changed(BUTTONS, button_list=[{"text": str(n), "key": str(n)} for n in range(7)]),
    "the same key twice": changed(BUTTONS, button_list=[{"text": "a", "key": "k"}, {"text": "b", "key": "k"}]),
    "a key of 1025 bytes": changed(BUTTONS, button_list=[{"text": "a", "key": "k" * 1025}]),
    "style 5": changed(BUTTONS, button_list=[{"text": "a", "key": "k", "style": 5}]),
    "21 options": changed(VOTE, checkbox=question(21)),
    "no submit button": without(VOTE, "submit_button"),
    "four selectors": changed(MULTIPLE, select_list=[question(1, f"q{n}") for n in range(4)]),
    "a menu without task id": changed(NOTICE, action_menu={"desc": "x", "action_list": [{"text": "a", "key": "a"}]}),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CARDS)
def test_a_card_that_breaks_a_rule_is_a_violation(name: str, platform: Platform, api: Api) -> None:
    assert api.card("lilei", BAD_CARDS[name])["errcode"] == 40058
    assert len(platform.violations) == 1 and not platform.phone("wecom", "lilei").inbox


@pytest.mark.parametrize("card", [NOTICE, NEWS, BUTTONS, VOTE, MULTIPLE], ids=lambda card: str(card["card_type"]))
def test_only_interactive_cards_bring_a_response_code(card: Json, platform: Platform, api: Api) -> None:
    answer = api.card("lilei", card)
    assert ("response_code" in answer) == ("interaction" in str(card["card_type"]))
    assert not platform.violations and platform.phone("wecom", "lilei").inbox[0].body == card


def test_a_task_id_serves_once(platform: Platform, api: Api) -> None:
    assert api.card("lilei", BUTTONS)["errcode"] == 0
    assert api.card("hanmm", BUTTONS)["errcode"] == 40058 and platform.violations


def test_text_is_measured_in_bytes(api: Api) -> None:
    assert api.text("lilei", "海" * 682)["errcode"] == 0
    assert api.text("lilei", "海" * 683)["errcode"] == 45002
    assert api.text("lilei", " ")["errcode"] == 44004


def test_receivers(platform: Platform, api: Api) -> None:
    assert api.text("LiLei|nobody", "你好")["invaliduser"] == "nobody"
    assert api.text("nobody", "你好")["errcode"] == 81013
    assert api.text("", "你好")["errcode"] == 40035
    assert api.text("@all", "开会")["errcode"] == 0
    assert [m.text for m in platform.phone("wecom", "qiankj").inbox] == ["开会"]
    assert api.text("lilei", "你好", agentid=7)["errcode"] == 40056


def test_tokens(platform: Platform, api: Api) -> None:
    assert api.wecom("user/get", method="GET", access_token="", userid="lilei")["errcode"] == 41001
    assert api.wecom("user/get", method="GET", access_token="other", userid="lilei")["errcode"] == 40014
    assert api.wecom("user/get", method="GET", userid="lilei")["name"] == "李雷"
    assert api.wecom("user/get", method="GET", userid="nobody")["errcode"] == 60111
    platform.expire_tokens()
    assert api.wecom("user/get", method="GET", userid="lilei")["errcode"] == 42001
    base = f"{platform.own_url}/wecom/cgi-bin/gettoken"
    wrong = {"corpid": CORP_ID, "corpsecret": "x"}
    assert requests.get(base, params=wrong, timeout=5).json()["errcode"] == 40001
    right = {"corpid": CORP_ID, "corpsecret": SECRET}
    first, second = (requests.get(base, params=right, timeout=5).json()["access_token"] for _ in range(2))
    assert first == second != api.token("wecom")


def test_the_31st_message_of_a_minute_is_swallowed_without_an_error(platform: Platform, api: Api) -> None:
    assert {api.text("lilei", f"第{n}条")["errcode"] for n in range(31)} == {0}
    assert len(platform.phone("wecom", "lilei").inbox) == 30 and len(platform.dropped) == 1
    platform.clock.advance(61)
    api.text("lilei", "一分钟后")
    assert platform.phone("wecom", "lilei").sees("一分钟后", timeout=0)


def test_a_repeat_within_the_duplicate_interval_is_absorbed(platform: Platform, api: Api) -> None:
    for _ in range(2):
        assert api.text("lilei", "只此一次", enable_duplicate_check=1)["errcode"] == 0
    assert len(platform.phone("wecom", "lilei").inbox) == 1 and len(platform.absorbed) == 1
    platform.clock.advance(1801)
    api.text("lilei", "只此一次", enable_duplicate_check=1)
    assert len(platform.phone("wecom", "lilei").inbox) == 2


def test_recall(platform: Platform, api: Api) -> None:
    msgid = api.text("lilei", "发错了")["msgid"]
    assert api.wecom("message/recall", {"msgid": msgid})["errcode"] == 0
    assert not platform.phone("wecom", "lilei").sees("发错了", timeout=0)
    assert api.wecom("message/recall", {"msgid": "unknown"})["errcode"] == 40058


def test_a_group_robot_takes_twenty_a_minute(platform: Platform, api: Api) -> None:
    def send() -> object:
        return api.wecom("webhook/send", {"msgtype": "text", "text": {"content": "播报"}}, key="east-key")["errcode"]

    assert [send() for _ in range(22)] == [0] * 20 + [45009] * 2
    assert len(platform.refusals) == 2
    platform.clock.advance(60)
    assert send() == 0
    assert api.wecom("webhook/send", {"msgtype": "text", "text": {"content": "x"}}, key="other")["errcode"] == 93000


def test_files(platform: Platform, api: Api) -> None:
    query = {"access_token": api.token("wecom"), "type": "file"}
    url = f"{platform.own_url}/wecom/cgi-bin/media/upload"
    answer = requests.post(url, params=query, files={"media": ("a.txt", b"hello file")}, timeout=5).json()
    got = requests.get(
        f"{platform.own_url}/wecom/cgi-bin/media/get",
        params={"access_token": api.token("wecom"), "media_id": answer["media_id"]}, timeout=5,
    )  # fmt: skip
    assert got.content == b"hello file"
    tiny = requests.post(url, params=query, files={"media": ("a.txt", b"12345")}, timeout=5).json()
    assert tiny["errcode"] == 40006


def test_an_unknown_endpoint_is_named(platform: Platform, api: Api) -> None:
    assert api.wecom("message/fly", {})["status"] == 404
    assert "no such endpoint" in platform.violations[0]


def test_wechatpys_own_client_works(platform: Platform) -> None:
    class Client(WeChatClient):  # type: ignore[misc]
        API_BASE_URL = f"{platform.own_url}/wecom/cgi-bin/"

        def fetch_access_token(self) -> Any:
            return self._fetch_access_token(
                url=f"{self.API_BASE_URL}gettoken", params={"corpid": self.corp_id, "corpsecret": self.secret}
            )

    client = Client(CORP_ID, SECRET)
    assert client.message.send_text(1000002, "lilei", "来自 wechatpy")["errcode"] == 0
    assert client.user.get("lilei")["name"] == "李雷"
    assert client.get("department/list")["department"][0]["id"] == 1
    assert platform.phone("wecom", "lilei").sees("来自 wechatpy", timeout=0)


def test_faults_strike_before_or_after_the_effect(platform: Platform, api: Api) -> None:
    path = "/cgi-bin/message/send"
    api.token("wecom")
    platform.faults.answer(path, body={"errcode": 45009, "errmsg": "api freq out of limit"}, times=2)
    assert [api.text("lilei", "x")["errcode"] for _ in range(3)] == [45009, 45009, 0]
    platform.faults.lose_answer(path)
    assert api.text("lilei", "到了但没有回音")["status"] == 502
    assert platform.phone("wecom", "lilei").sees("没有回音", timeout=0)
    platform.faults.add(Fault("/cgi-bin/*", delay=0.3))
    assert platform.faults.pending() == ["/cgi-bin/* × 1"]
    assert api.text("lilei", "慢")["errcode"] == 0 and not platform.faults.pending()


def test_waiting_for_a_call(platform: Platform, api: Api) -> None:
    api.token("wecom")
    mark = platform.mark()
    api.text("lilei", "你好")
    call = platform.wait(lambda call: "你好" in call.text, mark=mark, timeout=1)
    assert call is not None and call.path == "/cgi-bin/message/send" and platform.since(mark) == [call]
    assert platform.wait(lambda call: False, timeout=0.05) is None

"""Faults of the callbacks, and the page's own endpoints."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.sandbox.app import build_sandbox
from bot.sandbox.platform import Platform

from .conftest import Api, config
from .fakebot import FakeBot, text_reply


def act(sandbox: Platform, **body: object) -> requests.Response:
    return requests.post(f"{sandbox.own_url}/act", json=body, timeout=5)


def until(test: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if test():
            return True
        time.sleep(0.02)
    return False


def test_a_dropped_callback_never_arrives(platform: Platform, bot: FakeBot) -> None:
    platform.faults.drop_callback()
    phone = platform.phone("wecom", "lilei")
    assert phone.says("丢了").status == 0 and not bot.seen
    assert phone.says("到了").status == 200 and len(bot.seen) == 1


def test_a_repeated_callback_carries_the_same_id(platform: Platform, bot: FakeBot) -> None:
    platform.faults.repeat_callback(2)
    platform.phone("wecom", "lilei").says("三遍")
    assert len({seen.content["MsgId"] for seen in bot.seen}) == 1 and len(bot.seen) == 3
    platform.faults.repeat_callback(1)
    platform.phone("dingtalk", "1002").says("两遍")
    assert len({seen.body["msgId"] for seen in bot.heard("/callbacks/dingtalk")}) == 1


def test_a_delayed_callback_is_late(platform: Platform) -> None:
    platform.faults.delay_callback(0.4)
    began = time.monotonic()
    assert platform.phone("wecom", "lilei").says("晚").status == 200
    assert time.monotonic() - began > 0.4


def test_the_wire_shows_both_directions_decrypted(platform: Platform, api: Api, bot: FakeBot) -> None:
    bot.wecom = lambda _: text_reply("回答")
    platform.phone("wecom", "lilei").says("问题")
    api.text("lilei", "通知")
    callback, *_, call = platform.wire
    assert callback.direction == "to_bot" and "<Content>问题</Content>" in callback.request
    assert "<Content>回答</Content>" in callback.response
    assert call.direction == "to_platform" and "通知" in call.request and api.token("wecom") not in call.path


def test_the_page_and_its_files(platform: Platform) -> None:
    page = requests.get(f"{platform.own_url}/", timeout=5)
    assert page.status_code == 200 and "script-src 'self'" in page.headers["content-security-policy"]
    assert "<script>" not in page.text and not re.search(r"\son\w+=", page.text)
    for path in re.findall(r'(?:href|src)="(static/[^"]+)"', page.text):
        assert requests.get(f"{platform.own_url}/{path}", timeout=5).status_code == 200, path


def test_the_page_acts_without_waiting(platform: Platform, bot: FakeBot) -> None:
    bot.wecom = lambda _: text_reply("好")
    assert act(platform, platform="wecom", account="lilei", do="say", text="你好").status_code == 202
    assert until(lambda: len(platform.messages) == 2)
    state = requests.get(f"{platform.own_url}/state", timeout=5).json()
    assert [message["body"] for message in state["messages"]] == [{"content": "你好"}, {"content": "好"}]
    assert act(platform, platform="wecom", account="nobody", do="say", text="x").status_code == 404
    assert act(platform, platform="wecom", account="lilei", do="fly").status_code == 400


def test_other_sites_cannot_act(platform: Platform) -> None:
    body = json.dumps({"platform": "wecom", "account": "lilei", "do": "say", "text": "x"})
    form = requests.post(f"{platform.own_url}/act", data=body, headers={"content-type": "text/plain"}, timeout=5)
    assert form.status_code == 400 and not platform.messages


@pytest.mark.parametrize("kind", ["drop", "delay", "repeat", "expire", "busy", "down", "hang", "clear"])
def test_every_fault_button_does_something(kind: str, platform: Platform) -> None:
    answer = requests.post(f"{platform.own_url}/faults", json={"kind": kind, "platform": "dingtalk"}, timeout=5).json()
    assert answer["ok"] and bool(answer["faults"]) == (kind not in ("expire", "clear"))


def test_clearing_forgets_the_phones_and_keeps_the_tokens(platform: Platform, api: Api) -> None:
    api.text("lilei", "你好")
    assert requests.post(f"{platform.own_url}/clear", json={}, timeout=5).json()["ok"]
    assert not platform.messages and not platform.wire
    assert api.text("lilei", "还认得令牌")["errcode"] == 0


def test_the_stream_brings_messages_and_ends_with_the_server(platform: Platform, api: Api) -> None:
    with requests.get(f"{platform.own_url}/events", stream=True, timeout=5) as stream:
        lines = stream.iter_lines(decode_unicode=True)
        assert any("hello" in line for line in lines)
        api.text("lilei", "直播")
        assert any("直播" in line for line in lines)
        platform.close()
        assert list(lines) is not None  # the stream ended by itself


def test_it_can_be_mounted_anywhere(bot: FakeBot) -> None:
    app = Starlette(routes=[Mount("/any/where", build_sandbox(config(bot.url)))])
    assert any(isinstance(route, Mount) and route.path == "/any/where" for route in app.routes)
    assert build_sandbox(config(bot.url)).state.platform.own_url == f"{bot.url}/sandbox"

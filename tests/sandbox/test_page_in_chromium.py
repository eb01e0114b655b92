"""The page in a real browser, with the fake bot behind it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bot.sandbox.config import Persona
from bot.sandbox.platform import Platform

from .conftest import Api
from .fakebot import FakeBot, text_reply
from .samples import BUTTONS, MULTIPLE, NEWS, NOTICE, VOTE

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome: apt-get install chromium")
HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script> [链接](javascript:alert(1)) **粗**'


@pytest.fixture
def page(platform: Platform) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{platform.own_url}/")
        expect(page.locator(".phone")).to_have_count(5)
        yield page
        assert not errors
        browser.close()


def test_typing_tapping_and_the_wire(page: Page, platform: Platform, api: Api, bot: FakeBot) -> None:
    bot.wecom = lambda heard: text_reply("已领取 海豚科技") if heard["MsgType"] == "text" else ""
    lilei, manager = page.locator(".phone[data-who=lilei]"), page.locator(".phone[data-who=wangjl]")
    lilei.get_by_role("button", name="领取 海豚科技").first.click()
    lilei.get_by_role("textbox").press("Enter")
    expect(lilei.locator(".row.self")).to_contain_text("领取 海豚科技")
    expect(lilei.locator(".row").last).to_contain_text("已领取 海豚科技")

    api.card("wangjl", BUTTONS)
    manager.get_by_role("button", name="同意").click()
    expect(manager.locator(".busy")).to_have_count(0)
    code = bot.seen[-1].content["ResponseCode"]
    update = {"userids": ["wangjl"], "agentid": 1000002, "response_code": code, "button": {"replace_name": "已同意"}}
    api.wecom("message/update_template_card", update)
    expect(manager.locator("button.dead")).to_have_text("已同意")
    expect(manager.locator("button.dead")).to_be_disabled()

    page.get_by_role("button", name="报文", exact=True).click()
    expect(page.locator(".exchange").first).to_contain_text("update_template_card")
    page.locator(".exchange", has_text="领取 海豚科技").first.click()
    expect(page.locator(".code").first).to_contain_text("<Content>领取 海豚科技</Content>")


def test_what_an_answer_offers_is_a_chip_away(page: Page, api: Api) -> None:
    api.text("lilei", "没听懂，可以这样说：\n我的客户\n查 海豚科技")
    chips = page.locator(".phone[data-who=lilei] .chips button")
    expect(chips.nth(1)).to_have_text("查 海豚科技")
    chips.nth(1).click()
    expect(page.locator(".phone[data-who=lilei]").get_by_role("textbox")).to_have_value("查 海豚科技")


def test_enter_belongs_to_the_input_method_first(page: Page, bot: FakeBot) -> None:
    box = page.locator(".phone[data-who=lilei]").get_by_role("textbox")
    box.fill("kehu")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(box).to_have_value("kehu")
    box.press("Enter")
    expect(box).to_have_value("")
    expect(page.locator(".phone[data-who=lilei] .row.self")).to_have_count(1)


def test_who_has_no_phone_on_the_desk_is_announced(page: Page, platform: Platform, api: Api) -> None:
    platform.add_person(Persona("何师傅", "仓储部 仓库", "heshifu"))
    page.reload()
    expect(page.locator(".phone")).to_have_count(5)
    expect(page.get_by_text("收到 1 条新消息")).to_have_count(0)
    api.text("heshifu", "待发货 SO20261123-0001")
    expect(page.get_by_text("收到 1 条新消息")).to_be_visible()
    page.get_by_role("button", name="看 TA 的手机").click()
    expect(page.locator(".phone[data-who=heshifu]")).to_contain_text("待发货 SO20261123-0001")
    expect(page.get_by_role("button", name="看 TA 的手机")).to_have_count(0)


def test_the_wire_shows_the_ciphertext_too_and_takes_the_focus(page: Page, platform: Platform, bot: FakeBot) -> None:
    platform.phone("wecom", "lilei").says("领取 海豚科技")
    opener = page.get_by_role("button", name="报文", exact=True)
    opener.press("Enter")
    expect(page.get_by_role("heading", name="报文")).to_be_focused()
    exchange = page.locator(".exchange", has_text="李雷：领取 海豚科技")
    exchange.locator("summary").first.click()
    exchange.locator(".raw summary").click()
    raw = exchange.locator(".raw .code").first
    expect(raw).to_contain_text("msg_signature=")
    expect(raw).to_contain_text("<Encrypt>")
    expect(raw).not_to_contain_text("领取 海豚科技")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_all_five_cards_are_drawn_and_can_be_filled_in(page: Page, api: Api, bot: FakeBot) -> None:
    for card in (NOTICE, NEWS, BUTTONS, VOTE, MULTIPLE):
        api.card("lilei", card)
    lilei = page.locator(".phone[data-who=lilei]")
    expect(lilei.locator(".wcard")).to_have_count(5)
    lilei.get_by_label("C", exact=True).check()
    lilei.locator(".vote_interaction").get_by_role("button", name="提交").click()
    lilei.locator(".multiple_interaction select").first.select_option("won")
    lilei.locator(".multiple_interaction").get_by_role("button", name="提交").click()
    expect(lilei.locator(".busy")).to_have_count(0)
    assert bot.seen[0].content["selected q"] == "a c"
    assert bot.seen[-1].content["selected stage"] == "won"


def test_the_switch_keeps_its_place_over_a_reload(page: Page, platform: Platform, bot: FakeBot) -> None:
    bot.dingtalk = lambda _: {"msgtype": "markdown", "markdown": {"title": "好", "text": "### 已登记\n- 张三"}}
    page.get_by_role("button", name="钉钉", exact=True).click()
    page.locator(".phone[data-who='1002']").get_by_role("textbox").fill("登记线索 张三")
    page.locator(".phone[data-who='1002']").get_by_role("button", name="发送").click()
    expect(page.locator(".phone[data-who='1002'] li")).to_have_text("张三")
    page.reload()
    expect(page.locator(".phone[data-who='1002'] li")).to_have_text("张三")


def test_text_from_the_wire_is_never_markup(page: Page, api: Api) -> None:
    api.text("lilei", HOSTILE)
    body = {"touser": "lilei", "msgtype": "markdown", "agentid": 1000002, "markdown": {"content": HOSTILE}}
    api.wecom("message/send", body)
    rows = page.locator(".phone[data-who=lilei] .row")
    expect(rows).to_have_count(2)
    expect(rows.nth(1).locator("b")).to_have_text("粗")
    assert page.locator(".chat img, .chat script, .chat a[href^=javascript]").count() == 0
    assert page.title().startswith("海豚")


@pytest.mark.parametrize("width", [360, 390, 768, 1024, 1440, 1920])
def test_nothing_sticks_out(width: int, page: Page, api: Api) -> None:
    api.text("@all", "长" * 200 + "a" * 200)
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".phone:visible").count() == (1 if width < 700 else 5)

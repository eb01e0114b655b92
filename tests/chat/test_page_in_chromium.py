"""The page as a phone and a desk see it, in a real browser."""

import shutil

import pytest
from order_desk import line, order
from playwright.sync_api import ConsoleMessage, sync_playwright
from running import House

from bot.page_links import LIFE, seal
from handlers.registry import BY_NAME

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome: apt-get install chromium")
LOADED = "[...document.images].every(image => image.complete && image.naturalWidth > 0) && document.images.length"
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_it_fits_and_breaks_none_of_its_own_rules(house: House) -> None:
    for number in range(3):
        code = order(house.world, "李雷", line("显微镜", number + 1))
        house.world.run("陈组长", "approval.approve", ref=code)
        house.world.later(days=1)
    viewer, asked = house.world.person("陈组长"), {"report": "performance", "department": "华东组"}
    until = house.world.now + LIFE
    link = f"{house.url}/show/{seal(house.parts.settings, viewer, BY_NAME['report.show'], asked, until)}"
    told: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        told.append(message.text)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER)
        for width, height in ((390, 844), (1440, 900)):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.on("console", hear)
            page.goto(link)
            assert page.evaluate(LOADED)
            assert not page.evaluate(WIDE)
            assert page.locator("h1").evaluate("title => getComputedStyle(title).fontWeight") == "600"
            assert page.locator("ol.rows").count() == 2  # the ranking and the orders
            assert page.get_by_role("img").get_attribute("aria-label")
            page.close()
        browser.close()
    assert told == []  # nothing was blocked by the policy, nothing is missing

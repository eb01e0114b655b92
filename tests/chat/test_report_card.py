"""A performance report: one number on a big card, with a picture where there is something to draw."""

import io
import re

import requests
from order_desk import line, order
from phone import Phone
from PIL import Image
from running import House
from world import World

from bot.sandbox.fields import Fields, part, text
from bot.sandbox.records import Message

ASKED = "我这个月业绩"


def sell(world: World, days: int, person: str = "李雷", ref: str = "西溪基因") -> None:
    """One approved order on each of so many days."""
    for number in range(days):
        code = order(world, person, line("显微镜", number + 1), ref=ref)
        world.run("陈组长", "approval.approve", ref=code)
        world.later(days=1)


def asked(house: House) -> Message:
    """The card that answers on WeCom."""
    house.post()  # what the sales had to tell
    mark = house.platform.mark()
    Phone(house, "wecom", "李雷").says(ASKED)
    (message,) = [m for m in house.platform.phone("wecom", "李雷").inbox if m.number > mark]
    return message


def link_of(card: Fields) -> str:
    return text(part(card, "card_action"), "url")


def test_the_number_is_a_text_notice_with_a_link(house: House) -> None:
    sell(house.world, 1)
    card = asked(house).body
    assert card["card_type"] == "text_notice"
    assert card["emphasis_content"] == {"title": "¥1,200.00", "desc": "本月已审核订单"}
    assert link_of(card).startswith(f"{house.url}/show/")


def test_three_days_are_a_news_notice_with_a_picture(house: House) -> None:
    sell(house.world, 3)
    card = asked(house).body
    assert card["card_type"] == "news_notice"
    assert "¥7,200.00" in text(part(card, "main_title"), "desc")
    image = part(card, "card_image")
    answer = requests.get(text(image, "url"), timeout=10)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.format == "PNG"
        assert abs(picture.width / picture.height - float(text(image, "aspect_ratio"))) < 0.01
        assert len(picture.getcolors(100_000) or []) > 3


def test_without_enough_to_draw_there_is_no_picture(house: House) -> None:
    sell(house.world, 1)
    link = link_of(asked(house).body)
    assert requests.get(f"{link}.png", timeout=10).status_code == 404


def test_dingtalk_gets_markdown_with_the_link(house: House) -> None:
    sell(house.world, 3)
    house.post()
    mark = house.platform.mark()
    Phone(house, "dingtalk", "李雷").says(ASKED)
    (message,) = [m for m in house.platform.phone("dingtalk", "李雷").inbox if m.number > mark]
    assert "¥7,200.00" in message.text
    assert re.search(rf"\({house.url}/show/[\w-]+\)", str(message.payload))


def test_the_answer_of_a_repeated_message_is_one_card(house: House) -> None:
    phone, mark = Phone(house, "wecom", "李雷"), house.platform.mark()
    for _ in range(2):
        phone.says(ASKED, msg_id="4711")
    assert len([m for m in phone.new(mark) if "业绩" in m.text]) == 1

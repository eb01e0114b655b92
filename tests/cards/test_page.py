"""Cards as web pages: everything of the card is there, nothing of it is markup, and pictures are pictures."""

import io
from html import escape
from html.parser import HTMLParser

import pytest
from card_samples import CASES, HOSTILE, facts, spoil
from PIL import Image

from cards import html
from cards.card import Card
from cards.chart import SIZE, bar_chart, ceiling, short
from cards.render import render

TAGS = {
    "blockquote", "body", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2", "head", "header", "html", "img",
    "li", "link", "main", "meta", "ol", "p", "section", "span", "strong", "time", "title",
}  # fmt: skip
VOID = {"meta", "link", "img"}


class Reader(HTMLParser):
    """Which tags there are, and whether each is closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    assert {tag for tag, _ in reader.seen} <= TAGS
    return reader


@pytest.mark.parametrize(("name", "number"), CASES)
def test_every_card_is_a_sound_page_also_of_hostile_facts(name: str, number: int) -> None:
    for poison in ("", *HOSTILE):
        given = spoil(facts(name, number), poison) if poison else facts(name, number)
        reader = read(html.page([render(name, given, rows=200)], viewer=poison or "李雷", at="2026-11-23 10:00"))
        names = {key for _, attributes in reader.seen for key in attributes}
        assert not [key for key in names if key.startswith("on") or key in ("style", "srcdoc")]
        assert [attributes["href"] for tag, attributes in reader.seen if tag == "link"] == ["page.css", "icon.svg"]


def test_a_page_is_readable_without_style_and_picture() -> None:
    first, more = (
        Card("本月业绩", tag="11月", lines=("统计到今天",)),
        Card("订单", lines=("1. 海纳 SO20261123-0001\n　¥1.00",)),
    )
    text = html.page([first, more], viewer="李雷", at="10:00", picture="x.png", described="11月1日 ¥1.00")
    reader = read(text)
    images = [attributes for tag, attributes in reader.seen if tag == "img"]
    assert [(image["src"], image["alt"]) for image in images] == [("x.png", "11月1日 ¥1.00")]
    assert [tag for tag, _ in reader.seen if tag in ("h1", "h2")] == ["h1", "h2"]
    assert '<html lang="zh-CN">' in text
    assert '<span class="head">海纳 <span class="code">SO20261123-0001</span></span>' in text


def test_what_one_types_into_a_chat_is_not_said_on_a_page() -> None:
    told = Card("我的客户", hint="回复「查 客户名」看详情"), Card("业绩", hint="只统计已审核的订单")
    pages = [html.page([card], viewer="李雷", at="10:00") for card in told]
    assert "回复" not in pages[0] and "只统计已审核的订单" in pages[1]


def test_the_other_page_says_why() -> None:
    text = html.message("没有<这个>页面", "请重新查询")
    read(text)
    assert escape("没有<这个>页面") in text


@pytest.mark.parametrize("amounts", [[], [0.0], [0.01], [5.0, 0.0, 12_345_678.0], [1.0] * 53])
def test_a_picture_of_any_amounts(amounts: list[float]) -> None:
    drawn = bar_chart([(f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}", a) for number, a in enumerate(amounts)])
    with Image.open(io.BytesIO(drawn)) as picture:
        assert (picture.format, picture.size) == ("PNG", SIZE)
        blue = sum(n for n, colour in picture.getcolors(100_000) or [] if colour == (47, 125, 225))
    assert (blue > 0) == any(amounts)
    assert len(drawn) < 60_000


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 4), (0.5, 0.6), (1, 1), (1.2, 2), (45_000, 60_000), (60_001, 80_000), (99_999, 100_000)]
)
def test_the_axis_ends_round(highest: float, top: float) -> None:
    assert ceiling(highest) == pytest.approx(top)


def test_amounts_are_short() -> None:
    assert [short(amount) for amount in (0, 0.5, 12_000, 1_250_000, 4_000_000)] == ["0", "0.5", "12,000", "1.25M", "4M"]

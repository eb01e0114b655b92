"""Cards as web pages: everything of the card is there, nothing of it is markup, and pictures are pictures."""

import io
import re
from html import escape
from html.parser import HTMLParser

import pytest
from card_samples import CASES, HOSTILE, facts, spoil
from PIL import Image

from cards import html
from cards.card import Card, CardField
from cards.chart import SIZE, bar_chart, ceiling, short
from cards.graph import graph, meters
from cards.graph import short as axis
from cards.render import render

NOW = "2026-11-23T10:00:00+08:00"
TAGS = {
    "blockquote", "body", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2", "head", "header", "html", "img",
    "li", "link", "main", "meta", "ol", "p", "section", "span", "strong", "time", "title",
    "figcaption", "g", "line", "rect", "svg", "text",
}  # fmt: skip
VOID = {"meta", "link", "img", "line", "rect"}


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

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

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
    drawn = graph("订单金额", [("2026-11-01", 1.0), ("2026-11-02", 0.0), ("2026-11-03", 2.5)], NOW)
    text = html.page([first, more], viewer="李雷", at="10:00", pictures=html.Pictures(drawn))
    reader = read(text)
    pictures = [attributes for _, attributes in reader.seen if attributes.get("role") == "img"]
    assert [each["aria-label"] for each in pictures] == ["订单金额：11月1日(周日) ¥1.00，11月3日(周二) ¥2.50"]
    assert [tag for tag, _ in reader.seen if tag in ("h1", "h2")] == ["h1", "h2"]
    assert '<html lang="zh-CN">' in text
    assert '<span class="head">海纳 <span class="code">SO20261123-0001</span></span>' in text


def test_what_is_drawn_is_not_listed_again() -> None:
    card = Card("业绩", fields=(CardField("净回款", "¥40.00"), CardField("订单数", "2 单")))
    paid = meters([("已审核订单", 80.0), ("净回款", 40.0)])
    text = html.page([card], viewer="李雷", at="10:00", pictures=html.Pictures(meters=paid))
    read(text)
    assert text.count("净回款") == 1 and "订单数" in text
    assert re.findall(r'class="part" width="([\d.]+)%"', text) == ["100.0", "50.0"]


@pytest.mark.parametrize("amounts", [[1.0, 0.0], [0.01, 5.0, 12_345_678.0], [1.0] * 53, [0.0, 0.0, 3.0e9]])
def test_a_graph_stays_inside_its_frame(amounts: list[float]) -> None:
    points = [(f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}", a) for number, a in enumerate(amounts)]
    drawn = graph("金额", points, NOW)
    assert drawn is not None and len(drawn.bars) == len(amounts)
    assert all(bar.x >= 0 and bar.x + bar.width <= 100 and bar.y >= 20 for bar in drawn.bars)
    assert all((bar.height > 0) == (amount > 0) for bar, amount in zip(drawn.bars, amounts, strict=True))
    assert len([bar for bar in drawn.bars if bar.peak]) == 1
    assert 1 <= len([bar for bar in drawn.bars if bar.label]) <= 6
    assert all(len(level.text) <= 6 for level in drawn.levels), "the axis has room for so many letters"


@pytest.mark.parametrize("amounts", [[], [5.0], [0.0, 0.0]])
def test_where_a_number_says_it_all_there_is_no_graph(amounts: list[float]) -> None:
    assert graph("金额", [(f"2026-11-0{n + 1}", amount) for n, amount in enumerate(amounts)], NOW) is None


def test_an_axis_says_ten_thousands() -> None:
    amounts = (0, 0.5, 800, 12_000, 20_000, 1_250_000, 300_000_000)
    assert [axis(amount) for amount in amounts] == ["0", "0.5", "800", "1.2万", "2万", "125万", "3亿"]


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

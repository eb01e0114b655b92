"""Cards as a web page: server-rendered, readable without script, style or picture, its style in a file of its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from cards.card import Card, CardField, Emphasis
from cards.graph import Graph, Meter
from cards.text import tag_of, title_of

FOLDER = Path(__file__).parent / "page"
MARKS = 48  # of the watermark: they cover a tall screen, the style leaves the others out
_NUMBERED = re.compile(r"\d+\. (.*)", re.DOTALL)
_CODED = re.compile(r"(.+) ([A-Z]{1,2}[0-9-]{4,})")
_FOR_CHAT = re.compile(r"回复|可回复|说「")


@dataclass(frozen=True)
class Row:
    """One line of a list: what it is, its code, and what is told about it."""

    head: str
    code: str
    rest: str


@dataclass(frozen=True)
class Section:
    """A card in the order in which a page shows it: `rows` is what was numbered, `texts` what was not."""

    title: str
    tag: str
    tone: str
    emphasis: Emphasis | None
    fields: tuple[CardField, ...]
    rows: tuple[Row, ...]
    texts: tuple[str, ...]
    quote: str
    hint: str


@dataclass(frozen=True)
class Pictures:
    """What is drawn: amounts over time, amounts beside each other, and the shares of a ranking's rows."""

    graph: Graph | None = None
    meters: tuple[Meter, ...] = ()
    ranks: tuple[Meter, ...] = ()


def page(cards: Sequence[Card], *, viewer: str, at: str, pictures: Pictures | None = None) -> str:
    """The first card is the page's subject, of which `pictures` show the numbers. `viewer` and `at` (readable) are its
    watermark."""
    first, *more = [_section(card) for card in cards]
    pictures = pictures or Pictures()
    drawn = {meter.name for meter in pictures.meters}
    first = replace(first, fields=tuple(field for field in first.fields if field.name not in drawn))
    shown = {"first": first, "more": more, "viewer": viewer, "at": at, "pictures": pictures}
    return _template("page").render(shown, marks=MARKS)


def message(title: str, text: str) -> str:
    """A page that says why there is nothing to see."""
    return _template("message").render(title=title, text=text)


@cache
def asset(name: str) -> bytes:
    """A file that pages refer to: `page.css`, `icon.svg`."""
    return (FOLDER / name).read_bytes()


def _section(card: Card) -> Section:
    rows, texts = tuple(_rows(card.lines)), tuple(line for line in card.lines if not _NUMBERED.match(line))
    hint = "" if _FOR_CHAT.match(card.hint) else card.hint
    tag = tag_of(card)
    return Section(title_of(card), tag, card.tone, card.emphasis, card.fields, rows, texts, card.quote, hint)


def _rows(lines: Sequence[str]) -> Iterator[Row]:
    for line in lines:
        if found := _NUMBERED.match(line):
            head, _, rest = found[1].partition("\n")
            coded = _CODED.fullmatch(head.strip())
            name, code = (coded[1], coded[2]) if coded else (head.strip(), "")
            yield Row(name, code, rest.strip("　 \n"))


@cache
def _template(name: str) -> Template:
    house = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return house.get_template(f"{name}.html")

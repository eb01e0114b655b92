"""Several leads in one message: one a line, or one behind the other with ； 、 or a space between them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.listening import people_and_places
from bot.listening.bag import read_bag
from bot.listening.normalize import SEPARATORS, Sentence, sentence
from bot.listening.slots import Field

MOBILE = re.compile(r"(?<![\d+])(?:\(?(?:\+|00)?86\)?[ \-]?)?1[3-9](?:[ \-.]?\d){9}(?!\d)")
_ABOUT_LEADS = re.compile(r"线索|潜客|名片|\bleads?\b")
_HEAD = re.compile(
    rf"^.{{0,14}}?(?:线索|潜客|leads?|名片)(?:登记|录入|如下|信息|名单)*(?:{SEPARATORS}|了)*", re.IGNORECASE
)
_FOOT = re.compile(
    r"(?:请|帮我|都|全部|把他们|麻烦)*(?:登记|录入|录|记|加)(?:一下)?(?:成|为|到|进)?(?:线索|潜客)(?:里|库)?[。!]?$"
)
_BULLET = re.compile(r"^(?:\(?\d{1,2}[.、):](?!\d)|[-*•·]|[一二三四五六七八九十]、)\s*")
_TOKEN = re.compile(rf"(?:(?!{SEPARATORS}).)+")
_SHARED = ("source", "pool", "region", "industry", "campaign")


@dataclass
class Leads:
    """One set of arguments each, and what in them means no single value."""

    leads: list[dict[str, Any]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def several_leads(raw: str, fields: tuple[Field, ...], now: datetime) -> Leads | None:
    """None where fewer than two mobiles are named, or nothing says that these are leads."""
    if len(raw) < 22 or not _ABOUT_LEADS.search(raw.lower().replace("線", "线")):
        return None
    lines = [said for line in raw.splitlines() if (said := sentence(line))]
    if sum(len(MOBILE.findall(line.key)) for line in lines) < 2:
        return None
    head, lines = _without_frame(lines)
    found = Leads()
    shared = _read(head, fields, now, Leads()) if head else {}
    for entry in _entries(lines):
        args = _read(entry, fields, now, found)
        if args.get("phone") not in {lead.get("phone") for lead in found.leads}:
            found.leads.append({**{name: shared[name] for name in _SHARED if name in shared}, **args})
    is_one = len(lines) == 1 and any(not {"name", "company"} & lead.keys() for lead in found.leads)
    return None if is_one or not found.leads else found  # two numbers of one person are no two leads


def _without_frame(lines: list[Sentence]) -> tuple[Sentence | None, list[Sentence]]:
    """What stands before the first lead (来源展会 there holds for all), and the lines without 登记线索."""
    first = lines[0]
    mobile = MOBILE.search(first.key)
    head = _HEAD.match(first.key)
    rest = first.cut(head.end()) if head and (mobile is None or head.end() <= mobile.start()) else first
    foot = _FOOT.search(lines[-1].key)
    if foot and len(lines) > 1:
        lines = [*lines[:-1], lines[-1].cut(0, foot.start())]
    if mobile is None:
        return (rest or None), [line for line in lines[1:] if line]
    return None, [line for line in (rest, *lines[1:]) if line]


def _entries(lines: list[Sentence]) -> Iterator[Sentence]:
    """One sentence a lead; a line without a mobile belongs to the one before it."""
    with_mobile = sum(MOBILE.search(line.key) is not None for line in lines)
    if with_mobile < 2:
        yield from _parts(_joined(lines))
        return
    under_way: list[Sentence] = []
    for line in lines:
        line = line.cut(bullet.end()) if (bullet := _BULLET.match(line.key)) else line
        if MOBILE.search(line.key) and any(MOBILE.search(one.key) for one in under_way):
            yield from _parts(_joined(under_way))
            under_way = []
        under_way.append(line)
    yield from _parts(_joined(under_way))


def _joined(lines: list[Sentence]) -> Sentence:
    return Sentence(" ".join(line.text for line in lines), " ".join(line.key for line in lines))


def _parts(said: Sentence) -> Iterator[Sentence]:
    if len(MOBILE.findall(said.key)) < 2:
        yield said
        return
    pieces = [piece for piece in _split(said, r"[;。]") if piece]
    if sum(MOBILE.search(piece.key) is not None for piece in pieces) < 2:
        pieces = list(_by_person(said))
    yield from pieces


def _split(said: Sentence, pattern: str) -> Iterator[Sentence]:
    start = 0
    for match in re.finditer(pattern, said.key):
        yield said.cut(start, match.start())
        start = match.end()
    yield said.cut(start)


def _by_person(said: Sentence) -> Iterator[Sentence]:
    """A new lead begins with a name, or a phone, once the one before has its phone."""
    mobiles = [match.span() for match in MOBILE.finditer(said.key)]
    begin, has_mobile, companies = 0, False, 0
    for start, end in sorted(mobiles + list(_words(said.key, mobiles))):
        is_mobile, word = (start, end) in mobiles, said.key[start:end]
        is_company = not is_mobile and people_and_places.is_company(word)
        is_person = not is_mobile and not is_company and people_and_places.is_person(word)
        if has_mobile and (is_mobile or is_person or (is_company and companies)):
            yield said.cut(begin, start)
            begin, has_mobile, companies = start, False, 0
        has_mobile, companies = has_mobile or is_mobile, companies + is_company
    yield said.cut(begin)


def _words(key: str, mobiles: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What stands between the phones, word by word."""
    edges = [0, *(index for span in mobiles for index in span), len(key)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        yield from (match.span() for match in _TOKEN.finditer(key, start, end))


def _read(said: Sentence, fields: tuple[Field, ...], now: datetime, found: Leads) -> dict[str, Any]:
    bag = read_bag(said, fields, now)
    found.unread += [doubt.said for doubt in bag.doubts.values()]
    if bag.leftover:
        found.unread.append(bag.leftover)
    return bag.values

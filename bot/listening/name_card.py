"""A pasted business card or e-mail signature: one person, a line for each thing that is known of him."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.listening import people_and_places
from bot.listening.normalize import Sentence, sentence
from bot.listening.slots import EMAIL, PHONE, WECHAT
from models.normal import normal_phone

FEWEST_LINES = 3
_ASKED = re.compile(
    r"^(?:请|帮我|麻烦|把)*(?:登记|录入|录|新增|添加|加|记|create|register)?(?:一下|一条|一个|条|个|新|这张|这个|张)*(?:线索|名片|lead)"
    r"[:。!,\s]*"
)
_SKIPPED = re.compile(
    r"(?:best regards|kind regards|regards|thanks.*|thank you.*|祝好|此致|敬礼|顺颂商祺|商祺|谢谢|多谢|名片"
    r"|发自.*|sent from.*|[-=_*~ ]+"
    r"|(?:您好|你好|hi|hello|dear).*)[\s!,。.]*"
    r"|(?:主题|subject|日期|date|收件人|to|抄送|cc|时间|传真|fax|f|网址|网站|官网|web|website|url|qq|邮编|zip)\s?[:.\s].*"
    r"|(?:https?://|www\.)\S+|\d{6}"
)
_LABELS = {
    "name": "姓名|联系人|name|称呼|发件人|from",
    "phone": "手机号?|联系电话|电话|移动电话|办公电话|座机|直线|mobile|cell|phone|tel|mob|m|t|p",
    "email": "电子邮箱|邮箱|邮件|e-?mail|mail|e",
    "wechat": "微信号?|wechat|weixin|wx",
    "company": "公司名?称?|单位|企业|company",
    "title": "职务|职位|岗位|职称|title|position",
    "note": "地址|公司地址|address|addr?|a|主营|业务|备注",
}
_LABELLED = re.compile("|".join(rf"(?P<{name}>{words})(?:\s?[:.]\s?|\s+(?=[+\d(]))" for name, words in _LABELS.items()))
_LATIN_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z.]*){1,2}")
_LATIN_JOB = re.compile(
    r".*(?:manager|director|engineer|president|officer|sales|buyer|executive|assistant|ceo|cto|cfo|founder)"
)
_FROM = re.compile(rf"(?:发件人|from)\s?:\s?(?P<name>[^<:@]*?)\s?<?(?P<email>{EMAIL})>?")


@dataclass
class Card:
    """`is_asked`: the message itself says that it is to be registered."""

    args: dict[str, Any] = field(default_factory=dict)
    is_asked: bool = False
    notes: list[str] = field(default_factory=list)

    def put(self, name: str, value: str) -> None:
        self.args.setdefault(name, value)


def read_card(raw: str) -> Card | None:
    """None unless somebody (or a company) and a way to reach him stand on lines of their own."""
    lines = [said for line in raw.splitlines() if (said := sentence(line))]
    if len(lines) < FEWEST_LINES:
        return None
    card = Card()
    asked = _ASKED.match(lines[0].key)
    if asked:
        card.is_asked = lines[0].key.strip(" :。!,") != "名片"
        lines[0] = lines[0].cut(asked.end())
    for line in lines:
        _read_line(card, line)
    reachable = {"phone", "email", "wechat"} & card.args.keys()
    if not reachable or not {"name", "company"} & card.args.keys():
        return None
    if card.notes:
        card.args["note"] = "，".join(card.notes)
    return card


def _read_line(card: Card, line: Sentence) -> None:
    if not line or _SKIPPED.fullmatch(line.key):
        return
    if sender := _FROM.fullmatch(line.key):
        card.put("email", sender["email"])
        if people_and_places.is_person(sender["name"]):
            card.put("name", line.text[slice(*sender.span("name"))])
        return
    labels = [*_starts(line.key)]
    if not labels:
        _read_pieces(card, line)
        return
    _read_pieces(card, line.cut(0, labels[0][0]))
    for (_, value, name), following in zip(labels, [*labels[1:], (len(line.key), 0, "")], strict=True):
        _labelled(card, name, line.cut(value, following[0]))


def _starts(key: str) -> Iterator[tuple[int, int, str]]:
    """Each label: where it begins, where its value does, and what it is of."""
    position = 0
    while match := _LABELLED.search(key, position):
        position = match.end()
        before = key[: match.start()]
        if not before or re.search(r"[\s,|/;]$", before):
            yield match.start(), match.end(), match.lastgroup or ""


def _labelled(card: Card, name: str, value: Sentence) -> None:
    if not value:
        return
    if name == "phone":
        _phones(card, value)
    elif name == "email" and (mail := re.search(EMAIL, value.key)):
        card.put("email", mail[0])
    elif name == "wechat" and re.fullmatch(f"{WECHAT}|{PHONE}", value.key):
        card.put("wechat", value.text)
    elif name == "note":
        card.notes.append(value.text)
    elif name in ("name", "company", "title"):
        card.put(name, value.text)


def _phones(card: Card, said: Sentence) -> None:
    """The mobile is his; a landline only where he has none, else it is noted."""
    for match in re.finditer(PHONE, said.key):
        phone, had = normal_phone(match[0]), card.args.get("phone")
        if phone is None or phone == had:
            continue
        if had is None or ("-" in had and "-" not in phone):
            card.args["phone"] = phone
            card.notes += [f"座机 {had}"] if had else []
        else:
            card.notes.append(f"{'座机' if '-' in phone else '另一个手机'} {phone}")


def _read_pieces(card: Card, line: Sentence) -> None:
    """A line without a label: what is on it shows what it is."""
    _phones(card, line)
    if mail := re.search(EMAIL, line.key):
        card.put("email", mail[0])
    rest = Sentence(*(re.sub(f"{EMAIL}|{PHONE}", lambda m: " " * len(m[0]), one) for one in (line.text, line.key))).cut(
        0
    )
    if not rest:
        return
    if people_and_places.is_company(rest.key):
        card.put("company", rest.text)
    elif _LATIN_JOB.fullmatch(rest.key):
        card.put("title", rest.text)
    elif _LATIN_NAME.fullmatch(rest.text):
        card.put("name", rest.text) if "name" not in card.args else card.notes.append(rest.text)
    else:
        _pieces_of(card, rest)


def _pieces_of(card: Card, line: Sentence) -> None:
    pieces = [line.cut(*match.span()) for match in re.finditer(r"[^\s,|/;]+", line.key)]
    known = [_kind(piece.key) for piece in pieces]
    if not any(known):
        card.notes.append(line.text)
        return
    for piece, name in zip(pieces, known, strict=True):
        if name:
            card.put(name, piece.text)


def _kind(key: str) -> str:
    if people_and_places.is_company(key) and not people_and_places.is_region(key):
        return "company"
    if people_and_places.is_job(key):
        return "title"
    is_place = people_and_places.is_region(key) or people_and_places.is_address(key)
    return "name" if people_and_places.is_person(key) and not key.isascii() and not is_place else ""

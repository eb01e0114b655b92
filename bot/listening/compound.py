"""One sentence, several things (domain.md D2): 今天拜访华东电气王总，想要 20 台打印机，预算 8 万，周五报价。

Only read here: whom, how to reach him, what is wanted, for how much, and what comes next. The desk asks first.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.listening import numbers, people_and_places
from bot.listening.dates import find_moments, find_no_day, instant
from bot.listening.lines import read_lines
from bot.listening.normalize import Sentence
from bot.listening.numbers import Doubt
from bot.listening.slots import CODE, PHONE, is_name
from bot.listening.visit_words import MEETING, WITH, Opening, split_contact
from models.normal import normal_phone

_CLAUSE = re.compile(r"(?:[,;。!?]|\s)+")
_WANTED = re.compile(
    r"(?:^|[\s,;。\0]|他们?|对方|客户|计划|打算|有意|确定)(?:想要|想买|想订|想采购|想上|想换|需要|需求|要采购|要买|要订|要求|采购|订购|要|订|买|换|上)(?=[\s\d一二两三四五六七八九十百]|[^\s,;。]{1,12}\d)"
)
_BUDGET = re.compile(r"(?:预算|总价|总额|金额|总共|一共|合计|报价金额|合同额)(?:是|为|大概|大约|约|在|有|:)?\s?")
_MONEY = re.compile(rf"(?:{numbers.MONEY})(?![台个套件月号日点天\d%])")
_NEGATIVE = re.compile(
    r"(?:预算|总价|总额|金额)(?:是|为|:)?\s?(?P<said>[-负]\s?[\d一二两三四五六七八九十百千万亿.]+\s?[万wk]?)"
)
_EITHER = re.compile(r"\s?(?:或者?|还是|要么|到|至|-)\s?")
_PLAN = re.compile(
    r"(?:之?前|左右|要|会|去|需要|得|我|再|给他们?|给对方|给客户|提醒我|\s|的时候|上门|务必)*(?P<what>[^\s,;。!?\0]{1,20})"
)
_NO_PLAN = re.compile(r"(?:用|左右|以后|说|的会|成立|开业)")


@dataclass
class Visit:
    """What was read, under the names of `visit.log`; `doubts` are what was said but means no single value."""

    args: dict[str, Any] = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)


def read_visit(said: Sentence, now: datetime) -> Visit | None:
    """None where it tells of no meeting, or of nothing from which more than a follow-up would be made."""
    opening = _opening(said)
    if opening is None or re.search("登记|录入|线索库", said.key):
        return None
    visit = Visit()
    rest = _who(visit, said, opening)
    rest = _phone(visit, rest)
    rest = _wants(visit, rest)
    rest = _amount(visit, rest)
    _reminder(visit, rest, now)
    if opening.method:
        visit.args["method"] = opening.method
    visit.args["content"] = said.text
    return visit if _is_several(visit, opening) else None


def _is_several(visit: Visit, opening: Opening) -> bool:
    """A follow-up with a date is a follow-up; with a way to reach somebody, or a deal in sight, it is more."""
    told = visit.args.keys() | visit.doubts.keys()
    deal, planned = {"wants", "amount"} & told, "remind_at" in told
    if not {"ref", "contact"} & told:
        return False
    if not opening.is_meeting:
        return "ref" in told and "wants" in told and ("amount" in told or planned)
    return "phone" in told or len(deal) > 1 or (bool(deal) and (planned or "contact" in told))


def _opening(said: Sentence) -> Opening | None:
    """The words that tell of the meeting, and where whom one met begins and ends."""
    for shape in (WITH, MEETING):
        if match := shape.match(said.key):
            return Opening.of(match)
    first = _CLAUSE.split(said.key, 1)[0]
    cut = split_contact(first)
    is_known = cut is not None and people_and_places.is_company(first[: cut[0]])
    return Opening("", 0, len(first), len(first), is_meeting=False) if is_known else None


def _who(visit: Visit, said: Sentence, opening: Opening) -> Sentence:
    """The customer and the person there; what is left has them blanked."""
    start, end = opening.start, opening.end
    if opening.is_open:
        end = _end_of_who(said.key, start)
    _split_who(visit, said.cut(start, end))
    rest = _blanked(said, 0, max(end, opening.behind))
    if "contact" not in visit.args and (met := MEETING_PERSON.search(rest.key)):
        visit.args["contact"] = said.text[met.start("contact") : met.end("contact")]
        rest = _blanked(rest, *met.span())
    return rest


MEETING_PERSON = re.compile(
    r"(?:(?:见了|见到|见|联系人|找|和|跟|与)(?:了|是|他们|:)?(?:[\u4e00-\u9fff]{0,4}(?:部|总监|经理|主管|负责人)的?)??"
    r"|老板姓|[\s,;。\0])"
    rf"(?P<contact>{people_and_places.PERSON})(?=[\s,;。\0]|$|谈|聊|沟通|吃饭|说|\d)"
)


def _end_of_who(key: str, start: int) -> int:
    """Up to a separator, a phone, or the first word that begins something else."""
    stop = re.compile(
        rf"[,;。!?:、]|\s(?![a-z])(?!的)(?!(?:{people_and_places.PERSON})(?:[\s,;。\d]|$))|(?<![a-z])\s(?=\d)|{PHONE}"
        r"|(?<=[\u4e00-\u9fff])(?:想要|想买|需要|要(?=[\d一二两三四五六七八九十])|预算|谈了|聊了|聊|沟通|说|回来|电话(?=\d))"
    ).search(key, start)
    return stop.start() if stop else len(key)


def _split_who(visit: Visit, who: Sentence) -> None:
    """华东电气王总 is a customer and a person; 王总 alone a person; 华东电气 alone a customer."""
    who = who.cut(len(noun[0])) if (noun := re.match(r"(?:客户|线索)(?=..)", who.key)) else who
    who = who.cut(0, tail.start()) if (tail := re.search(r"(?:了|一下|下|那边|那里|公司里)$", who.key)) else who
    if code := re.match(CODE, who.key):
        visit.args["ref"] = who.text[: code.end()]
        who = who.cut(code.end())
    if not who:
        return
    if people_and_places.is_person(who.key) and not people_and_places.is_company(who.key):
        visit.args["contact"] = who.text
    elif (cut := split_contact(who.key)) and is_name(who.cut(0, cut[0])):
        visit.args.setdefault("ref", who.cut(0, cut[0]).text)
        visit.args["contact"] = who.text[cut[1] :]
    elif is_name(who):
        visit.args.setdefault("ref", who.text)


def _phone(visit: Visit, rest: Sentence) -> Sentence:
    match = re.search(PHONE, rest.key)
    phone = normal_phone(match[0]) if match else None
    if match and phone is not None:
        visit.args["phone"] = phone
        labelled = re.search(r"(?:联系)?(?:电话|手机|号码|座机)(?:号码?)?[:是为\s]*$", rest.key[: match.start()])
        return _blanked(rest, labelled.start() if labelled else match.start(), match.end())
    if wrong := re.search(r"(?<![\d.])1[3-9]\d{6,12}(?!\d)|(?<=电话)\s?\d{5,}", rest.key):
        visit.doubts["phone"] = Doubt(wrong[0], "不是完整的电话号码")
        return _blanked(rest, *wrong.span())
    return rest


def _wants(visit: Visit, rest: Sentence) -> Sentence:
    """What is wanted, with its quantities; an unsure quantity stays in the text and is marked."""
    match = _WANTED.search(rest.key)
    if match is None:
        return rest
    budget = _BUDGET.search(rest.key, match.end())
    end = budget.start() if budget else len(rest.key)
    found = read_lines(_blanked(Sentence(rest.text[:end], rest.key[:end]), 0, match.end()))
    lines = [{"product": line["product"], "quantity": line["quantity"]} for line in found.lines]
    if found.doubt is not None:
        visit.unsure.append(found.doubt.said)
    elif lines:
        visit.args["wants"] = lines
        for start, stop in found.spans:
            rest = _blanked(rest, start, stop)
    return _blanked(rest, *match.span())


def _amount(visit: Visit, rest: Sentence) -> Sentence:
    if negative := _NEGATIVE.search(rest.key):
        visit.doubts["amount"] = Doubt(negative["said"], "不对，金额要大于 0")
        return _blanked(rest, *negative.span())
    label = _BUDGET.search(rest.key)
    match = _MONEY.match(rest.key, label.end()) if label else None
    if label is None or match is None:
        return rest
    amount = numbers.money(match[0])
    either = _EITHER.match(rest.key, match.end())
    other = _MONEY.match(rest.key, either.end()) if either else None
    if other is not None:
        amount, match = Doubt(rest.text[match.start() : other.end()], "只能有一个"), other
    if isinstance(amount, Doubt):
        visit.doubts["amount"] = amount
    elif amount is not None:
        visit.args["amount"] = numbers.plain(amount)
    return _blanked(rest, label.start(), match.end())


def _reminder(visit: Visit, rest: Sentence, now: datetime) -> None:
    """The first thing that is to be done on a day ahead."""
    if wrong := find_no_day(rest.key):
        visit.doubts["remind_at"] = Doubt(rest.text[slice(*wrong)], "日历上没有这一天")
        return
    for _, end, moment in find_moments(rest.key, now):
        when = instant(moment, now)
        what = _PLAN.match(rest.key, end)
        title = rest.text[slice(*what.span("what"))] if what else ""
        if when <= now or not title or _NO_PLAN.match(title):
            continue
        visit.args["remind_at"] = when.isoformat(timespec="seconds")
        visit.args["remind_title"] = title
        return


def _blanked(said: Sentence, start: int, end: int) -> Sentence:
    return Sentence(*(f"{one[:start]}{chr(0) * (end - start)}{one[end:]}" for one in (said.text, said.key)))

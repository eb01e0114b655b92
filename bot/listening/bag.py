"""`{...}`: the remaining arguments of a command in any order — by label, by kind, by shape, by position."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.listening import numbers, people_and_places
from bot.listening.dates import find_moments, instant
from bot.listening.lines import read_lines
from bot.listening.normalize import SEPARATORS, Sentence
from bot.listening.numbers import Doubt
from bot.listening.slots import CODE, EMAIL, PHONE, Field, is_name, looks_back, meanings, read, ref_value, shape

_TAKEN = "\0"
_SPLIT = re.compile(rf"(?:(?![/:~])(?:{SEPARATORS})|\0|(?<![\d])/|/(?![\d\u4e00-\u9fff年月日号台]))+")
_CATCH_ALL = ("note", "comment", "reason", "content", "title", "question")
_BARE_NUMBER = re.compile(r"[\d.,\s%¥x×*@]+[万wk千百元块折]*")  # a price or rate that nothing claimed is no note
_BEFORE = r"(?:和|还有|另外|从|是|叫|在|由|来自|通过|他是|她是|一家|我们|客户|的|用|走|给|到|为|要|记得|记着|别忘了?|同时|并且?)"
_AFTER = r"(?:的|了|来的|到的|到账的?|付的|那边|方式|渠道|认识的|过来的|打的|来|公司|给的|打过来的?|转的|吧|推荐的|介绍的)"
_LINK = (
    rf"(?:\s*[:=]{SEPARATORS}*|{SEPARATORS}*(?:改成|改为|改到|设为|设成|调成|调到|调整为|换成|更新为|变成|就是|是|为|叫){SEPARATORS}*"
    rf"|{SEPARATORS}+|)"
)


@dataclass
class Bag:
    """What was found; `leftover` is what nothing claimed, `doubts` what was said but means no single value."""

    said: Sentence
    fields: tuple[Field, ...]
    now: datetime
    values: dict[str, Any] = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    leftover: str = ""
    caught: str = ""  # the free text that took what nothing else claimed
    guessed: set[str] = field(default_factory=set)  # names that only their place makes names
    _free: str = ""

    def wanted(self, *kinds: str) -> Iterator[Field]:
        for wanted in self.fields:
            if wanted.slot.kind in kinds and wanted.name not in self.values and wanted.name not in self.doubts:
                yield wanted

    def take(self, start: int, end: int) -> None:
        self._free = self._free[:start] + _TAKEN * (end - start) + self._free[end:]

    def put(self, wanted: Field, value: Any, start: int, end: int) -> bool:
        """Keeps a value or a doubt and blanks its place; False where there is no value."""
        if value is None:
            return False
        (self.doubts if isinstance(value, Doubt) else self.values)[wanted.name] = value
        self.take(start, end)
        return True

    def segments(self) -> list[tuple[int, int]]:
        """What nothing has claimed yet, piece by piece."""
        found, position = [], 0
        for gap in [*_SPLIT.finditer(self._free), None]:
            end = gap.start() if gap else len(self._free)
            if end > position:
                found.append((position, end))
            position = gap.end() if gap else end
        return found


def read_bag(said: Sentence, fields: tuple[Field, ...], now: datetime, known: dict[str, Any] | None = None) -> Bag:
    """Reads every argument in `fields` that is not already `known`; the text may name each in any order."""
    wanted = tuple(one for one in fields if one.name not in (known or {}))
    bag = Bag(said, wanted, now, _free=said.key)
    _labelled(bag)
    _by_kind(bag)
    _choices(bag)
    _codes(bag)
    _approvers(bag)
    _by_shape(bag)
    _by_position(bag)
    return bag


def _labelled(bag: Bag) -> None:
    pairs = sorted(((label, one) for one in bag.fields for label in one.labels), key=lambda pair: -len(pair[0]))
    for label, wanted in pairs:
        if wanted.name in bag.values or label not in bag._free:
            continue
        for match in re.finditer(re.escape(label) + f"(?P<link>{_LINK})", bag._free):
            if _labelled_value(bag, wanted, match):
                break


def _labelled_value(bag: Bag, wanted: Field, match: re.Match[str]) -> bool:
    start, end = match.start(), match.end()
    if wanted.slot.kind in ("lines", "flag"):
        return wanted.slot.kind == "flag" and bag.put(wanted, True, start, match.start("link"))
    if wanted.slot.kind in ("ref", "name", "company", "words"):
        at_start = start == 0 or re.fullmatch(rf"{SEPARATORS}|\0", bag._free[start - 1]) is not None
        if not at_start or (not match["link"] and wanted.slot.kind == "words" and len(match[0]) < 2):
            return False
        stop = _end_of_words(bag, wanted, end)
        return bag.put(wanted, read(wanted, bag.said.cut(end, stop), bag.now), start, stop)
    pattern = numbers.MONEY_IN_TEXT if wanted.slot.kind == "money" else shape(wanted.slot, wanted.labels, wanted.many)
    value = re.compile(pattern).match(bag._free, end) if pattern else None
    return value is not None and bag.put(wanted, read(wanted, bag.said.cut(*value.span()), bag.now), start, value.end())


def _end_of_words(bag: Bag, wanted: Field, start: int) -> int:
    """Notes run to the next label, other words to the next separator."""
    if wanted.name in _CATCH_ALL and wanted.slot.kind == "words":
        labels = "|".join(re.escape(label) for one in bag.fields if one is not wanted for label in one.labels)
        following = re.compile(rf"\0|{SEPARATORS}(?:{labels}){SEPARATORS}").search(bag._free, start) if labels else None
    else:
        following = _SPLIT.search(bag._free, start)
    return following.start() if following else len(bag._free)


def _by_kind(bag: Bag) -> None:
    for wanted in bag.wanted("email", "phone"):
        for match in re.finditer(EMAIL if wanted.slot.kind == "email" else PHONE, bag._free):
            if bag.put(wanted, read(wanted, bag.said.cut(*match.span()), bag.now), *match.span()):
                break
    _order_lines(bag)
    for wanted in bag.wanted("rate"):
        for match in re.finditer(rf"(?:折扣|整单|总共|一共|总价|全部|按|给)*\s?:?(?P<rate>{numbers.RATE})", bag._free):
            if bag.put(wanted, read(wanted, bag.said.cut(*match.span("rate")), bag.now), *match.span()):
                break
    for wanted in bag.wanted("day", "instant"):
        _date(bag, wanted)
    for wanted in [one for one in bag.wanted("money") if one.required or one.name == "amount"]:  # others need their label
        for match in re.finditer(rf"(?:一笔|共计?|总共)?{numbers.MONEY_IN_TEXT}", bag._free):
            said = re.sub(r"^(?:一笔|共计?|总共)", "", match[0])
            if bag.put(wanted, read(wanted, bag.said.cut(match.end() - len(said), match.end()), bag.now), *match.span()):
                break
    for wanted in bag.wanted("count"):
        match = re.search(rf"(?<![\d.])({numbers.COUNT})(?=天|条|个|日)(?:天|条|个|日)", bag._free)
        if match:
            bag.put(wanted, read(wanted, bag.said.cut(*match.span(1)), bag.now), *match.span())


def _order_lines(bag: Bag) -> None:
    for wanted in bag.wanted("lines"):
        found = read_lines(Sentence(bag.said.text, bag._free))
        if found.doubt is not None:
            bag.doubts[wanted.name] = found.doubt
        elif found.lines:
            bag.values[wanted.name] = found.lines
        for start, end in found.spans:
            bag.take(start, end)
        if found.discount is not None and any(one.name == "discount" for one in bag.fields):
            bag.values.setdefault("discount", numbers.plain(found.discount))


def _date(bag: Bag, wanted: Field) -> None:
    for start, end, moment in find_moments(bag._free, bag.now, past=looks_back(wanted)):
        if wanted.slot.kind == "day":
            if not moment.is_time_only:
                bag.put(wanted, moment.day.isoformat(), start, end)
                return
        else:
            bag.put(wanted, instant(moment, bag.now).isoformat(timespec="seconds"), start, end)
            return


def _choices(bag: Bag) -> None:
    """A choice counts when it stands alone in its piece, filler words aside."""
    for wanted in bag.wanted("choice"):
        known = meanings(wanted.slot)
        words = shape(wanted.slot)
        whole = re.compile(rf"{_BEFORE}*(?:是)?(?P<word>{words}){_AFTER}*")
        loose = re.compile(rf"(?P<word>{words})")
        for start, end in bag.segments():
            match = whole.fullmatch(bag._free, start, end)
            if match is None and end - start <= 12:
                inner = [m for m in loose.finditer(bag._free, start, end) if len(m["word"]) > 1 and not m["word"].isascii()]
                match = inner[-1] if inner and _mostly(inner[-1], start, end) else None
            if match:
                bag.put(wanted, known[match["word"]], start, end)
                break


def repeated(fields: tuple[Field, ...], key: str, known: dict[str, Any]) -> dict[str, Any]:
    """每周五: how often is part of the date phrase, wherever in the sentence that stands."""
    found = re.search(r"每天|每周|每月|每(?=星期|礼拜)", key)
    word = {"每": "每周"}.get(found[0], found[0]) if found else ""
    return {
        one.name: meanings(one.slot)[word]
        for one in fields
        if one.slot.kind == "choice" and one.name not in known and word in meanings(one.slot)
    }


def _mostly(match: re.Match[str], start: int, end: int) -> bool:
    """从抖音广告来的, 用支付宝付的: little else in the piece, and it begins or ends it."""
    before, after = match.string[start : match.start()], match.string[match.end() : end]
    if len(before) > 6 or re.fullmatch(rf"{_AFTER}*|[\u4e00-\u9fff]{{0,5}}的", after) is None:
        return False
    return "来的" in after or (len(before) <= 4 and (not before or re.match(rf"{_BEFORE}", before) is not None))


def _codes(bag: Bag) -> None:
    for wanted in bag.wanted("ref"):
        for match in re.finditer(CODE, bag._free):
            value = ref_value(wanted.slot, bag.said.cut(*match.span()))
            if value is None or wanted.many:
                continue
            bag.values[wanted.name] = value
            if wanted.required:
                bag.take(*match.span())
            break


def _approvers(bag: Bag) -> None:
    """找王经理审批: the person between two words that tell what he is to do."""
    for wanted in bag.wanted("ref"):
        match = re.search(r"(?:找|让|请|由|给|交)(?:给)?([^\s,、;。\0]{2,6}?)(?:来)?(?:审批|审核|批一下|批|审)", bag._free)
        if wanted.name == "approver" and match:
            bag.put(wanted, ref_value(wanted.slot, bag.said.cut(*match.span(1))), *match.span())


def _by_shape(bag: Bag) -> None:
    for start, end in bag.segments():
        split = people_and_places.split_name(bag._free[start:end])
        if split is None and (owned := re.match(r".+(?:公司|厂|店|集团|中心|院|所)(?=的[\u4e00-\u9fff]{2,4}$)", bag._free[start:end])):
            split = owned.end()  # …有限公司的王工
        pieces = [(start, end)] if split is None else [(start, start + split), (start + split, end)]
        for first, last in pieces:
            _place(bag, first, last)


def _place(bag: Bag, start: int, end: int) -> None:
    key = re.sub(r"^(?:是|叫|一家|来自|的|名叫|我是)", "", bag._free[start:end])
    start = end - len(key)
    key = re.sub(r"(?:那边|这边)?的?$", "", key)
    shapes = {
        "company": people_and_places.is_company,
        "name": people_and_places.is_person,
    }
    for kind, fits in shapes.items():
        for wanted in bag.wanted(kind):
            if fits(key) and not people_and_places.is_region(key) and not people_and_places.is_job(key):
                bag.put(wanted, bag.said.cut(start, start + len(key)).text, start, end)
                return
    for wanted in bag.wanted("ref"):
        if wanted.required and "customer" in wanted.slot.nouns and people_and_places.is_company(key):
            bag.put(wanted, bag.said.cut(start, start + len(key)).text, start, end)
            return
    named = {
        "title": people_and_places.is_job,
        "region": people_and_places.is_region,
        "address": people_and_places.is_address,
        "industry": people_and_places.is_industry,
    }
    for wanted in bag.wanted("words"):
        if wanted.name in named and named[wanted.name](key):
            bag.put(wanted, bag.said.cut(start, start + len(key)).text, start, end)
            return


def _by_position(bag: Bag) -> None:
    """What is left: required names first, then the one remaining free text, else it is left over."""
    _number_doubt(bag)
    for wanted in [*bag.wanted("ref", "name", "company")]:
        if not (wanted.required or wanted.slot.kind == "name"):
            continue
        for start, end in bag.segments()[:1]:
            said = bag.said.cut(start, end)
            if wanted.required or re.fullmatch(r"[\u4e00-\u9fff]{2,4}", said.key):
                value = ref_value(wanted.slot, said) if wanted.slot.kind == "ref" else said.text if is_name(said) else None
                if bag.put(wanted, value, start, end):
                    bag.guessed.add(wanted.name)
    left = _joined(bag)
    target = _catch_all(bag)
    if left and target is not None and not (target.name == "note" and _BARE_NUMBER.fullmatch(left)):
        bag.values[target.name] = left
        bag.caught = target.name
    else:
        bag.leftover = left


def _number_doubt(bag: Bag) -> None:
    """A lone run of digits where a phone is wanted is a phone mistyped, not a note."""
    for wanted in bag.wanted("phone"):
        for start, end in bag.segments():
            if re.fullmatch(r"[\d\-]{7,14}", bag._free[start:end]):
                bag.put(wanted, Doubt(bag.said.cut(start, end).text, "不是完整的电话号码"), start, end)
                break


def _catch_all(bag: Bag) -> Field | None:
    words = list(bag.wanted("words"))
    required = [one for one in words if one.required]
    named = [one for name in _CATCH_ALL if name != "title" for one in words if one.name == name]
    return next(iter([*required, *named]), None)


def _joined(bag: Bag) -> str:
    """The unclaimed text as said; pieces between which nothing stood but a value are joined again."""
    out: list[str] = []
    for index, character in enumerate(bag._free):
        out.append("" if character == _TAKEN else bag.said.text[index])
    text = re.sub(r"\s+", " ", "".join(out))
    text = re.sub(r"([,、;。:])(?:\s?[,、;。:])+", r"\1", text).strip(" ,、;。:/|~")
    text = re.sub(r"^(?:的时候|的|记得)+(?=[\u4e00-\u9fff]{2})", "", text)
    return "" if re.fullmatch(rf"(?:{_BEFORE}|{_AFTER}|[\s,、;。:.!?]|金额|共|一笔|就|已|款|有|吧|上|从)*", text) else text

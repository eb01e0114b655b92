"""Arguments that show what they are: by a label before them or by their kind."""

import re

from bot.listening import numbers, people_and_places
from bot.listening.bag_doubts import another, contradicted
from bot.listening.bag_state import AFTER, BEFORE, CATCH_ALL, SPLIT, Bag
from bot.listening.date_words import DATE
from bot.listening.dates import find_moments, find_no_day
from bot.listening.lines import read_lines
from bot.listening.normalize import SEPARATORS, Sentence
from bot.listening.numbers import Doubt
from bot.listening.slots import CODE, EMAIL, FREE, PHONE, Field, fitting, looks_back, meanings, read, ref_value, shape

_LINK = (
    rf"(?:\s*[:=]{SEPARATORS}*|{SEPARATORS}*(?:改成|改为|改到|设为|设成|调成|调到|调整为|换成|更新为|变成|就是|是|为|叫){SEPARATORS}*"
    rf"|{SEPARATORS}+|)"
)
# What a day may be the day of: 12月底成交, 年底前能签下来.
_FALLS_DUE = re.compile(r"(?:左右|前后)?(?:能|可以)?(?:成交|签约|签单|签下来?|签合同|拿下来?|结单|落单)")


# Where a label of a free value may stand: at the beginning of a piece, or right behind a company's full name.
_OPENS = re.compile(rf"(?:{SEPARATORS}|\0|公司|集团|有限合伙)$")


def take_labelled(bag: Bag) -> None:
    """Labels of values that show where they end go first, so that 名字叫赵小丽电话是… ends before the phone."""
    pairs = sorted(
        ((label, one) for one in bag.fields for label in one.labels),
        key=lambda pair: (pair[1].slot.kind in FREE or pair[1].slot.kind == "words", -len(pair[0])),
    )
    for label, wanted in pairs:
        if wanted.name in bag.values or label not in bag.free:
            continue
        for match in re.finditer(re.escape(label) + f"(?P<link>{_LINK})", bag.free):
            if _labelled_value(bag, wanted, match):
                break


def _labelled_value(bag: Bag, wanted: Field, match: re.Match[str]) -> bool:
    start, end = match.start(), match.end()
    if wanted.slot.kind in ("lines", "flag"):
        return wanted.slot.kind == "flag" and bag.put(wanted, True, start, match.start("link"))
    if wanted.slot.kind in ("ref", "name", "company", "words"):
        at_start = start == 0 or _OPENS.search(bag.free, max(start - 4, 0), start) is not None
        if not at_start or (not match["link"] and wanted.slot.kind == "words" and len(match[0]) < 2):
            return False
        stop = _end_of_words(bag, wanted, end)
        return bag.put(wanted, read(wanted, bag.said.cut(end, stop), bag.now), start, stop)
    pattern = numbers.MONEY_IN_TEXT if wanted.slot.kind == "money" else shape(wanted.slot, wanted.labels, wanted.many)
    value = re.compile(pattern).match(bag.free, end) if pattern else None
    if value is None and wanted.slot.kind == "phone" and (digits := re.compile(r"[\d\-]{5,}").match(bag.free, end)):
        return bag.put(wanted, Doubt(digits[0], "不是完整的电话号码"), start, digits.end())
    if value is None:
        return False
    return bag.put(wanted, read(wanted, bag.said.cut(*value.span()), bag.now), start, _due(bag, wanted, value.end()))


def _due(bag: Bag, wanted: Field, end: int) -> int:
    """Where a day ends with the words that say what falls on it."""
    words = _FALLS_DUE.match(bag.free, end) if wanted.slot.kind == "day" else None
    return words.end() if words is not None else end


def _end_of_words(bag: Bag, wanted: Field, start: int) -> int:
    """Notes run to the next label, other words to the next separator."""
    if wanted.name in CATCH_ALL and wanted.slot.kind == "words":
        labels = "|".join(re.escape(label) for one in bag.fields if one is not wanted for label in one.labels)
        following = re.compile(rf"\0|{SEPARATORS}(?:{labels}){SEPARATORS}").search(bag.free, start) if labels else None
    else:
        following = SPLIT.search(bag.free, start)
    return following.start() if following else len(bag.free)


def take_by_kind(bag: Bag) -> None:
    for wanted in bag.wanted("email", "phone"):
        for match in re.finditer(EMAIL if wanted.slot.kind == "email" else PHONE, bag.free):
            if bag.put(wanted, read(wanted, bag.said.cut(*match.span()), bag.now), *match.span()):
                break
    contradicted(bag)
    _order_lines(bag)
    for wanted in bag.wanted("rate"):
        for match in re.finditer(rf"(?:折扣|整单|总共|一共|总价|全部|按|给)*\s?:?(?P<rate>{numbers.RATE})", bag.free):
            if bag.put(wanted, read(wanted, bag.said.cut(*match.span("rate")), bag.now), *match.span()):
                another(bag, wanted, numbers.RATE)
                break
    for wanted in bag.wanted("day", "instant"):
        _date(bag, wanted)
    for wanted in [
        one for one in bag.wanted("money") if one.required or one.name == "amount"
    ]:  # others need their label
        for match in re.finditer(rf"(?:一笔|一?共计?|总共)?{numbers.MONEY_IN_TEXT}", bag.free):
            said = re.sub(r"^(?:一笔|一?共计?|总共)", "", match[0])
            if bag.put(
                wanted, read(wanted, bag.said.cut(match.end() - len(said), match.end()), bag.now), *match.span()
            ):
                another(bag, wanted, numbers.MONEY_IN_TEXT)
                break
    for wanted in bag.wanted("count"):
        counted = re.search(rf"(?<![\d.])({numbers.COUNT})(?=天|条|个|日)(?:天|条|个|日)", bag.free)
        if counted:
            bag.put(wanted, read(wanted, bag.said.cut(*counted.span(1)), bag.now), *counted.span())


def _order_lines(bag: Bag) -> None:
    for wanted in bag.wanted("lines"):
        found = read_lines(Sentence(bag.said.text, bag.free))
        if found.doubt is not None:
            bag.doubts[wanted.name] = found.doubt
        elif found.lines:
            bag.values[wanted.name] = found.lines
        for start, end in found.spans:
            bag.take(start, end)
        if found.discount is not None and any(one.name == "discount" for one in bag.fields):
            bag.values.setdefault("discount", numbers.plain(found.discount))
            another(bag, next(one for one in bag.fields if one.name == "discount"), numbers.RATE)


def _date(bag: Bag, wanted: Field) -> None:
    if (wrong := find_no_day(bag.free)) is not None:
        bag.put(wanted, Doubt(bag.said.cut(*wrong).text, "日历上没有这一天"), *wrong)
        return
    for start, end, moment in find_moments(bag.free, bag.now, past=looks_back(wanted)):
        if wanted.slot.kind != "day" or not moment.is_time_only:
            value = fitting(wanted, bag.said.cut(start, end).text, moment, bag.now)
            bag.put(wanted, value, start, _due(bag, wanted, end))
            another(bag, wanted, DATE, end)
            return


_MET = re.compile(r"(?:认识|遇到|遇见|碰到|结识|加)了?(?:一?[个位])?(?:叫)?(?P<name>[^\s,、;。\0的]{2,6})$")


def take_met(bag: Bag) -> None:
    """展会上认识了孙权: whom one met is the name, what stands before it something else."""
    for wanted in bag.wanted("name"):
        for start, end in bag.segments():
            met = _MET.search(bag.free[start:end])
            if met and people_and_places.is_person(met["name"]):
                first = start + met.start("name")
                bag.put(wanted, bag.said.cut(first, end).text, start + met.start(), end)
                break


def take_choices(bag: Bag) -> None:
    """A choice counts when it stands alone in its piece, filler words aside."""
    for wanted in bag.wanted("choice"):
        known = meanings(wanted.slot)
        words = shape(wanted.slot)
        whole = re.compile(rf"{BEFORE}*(?:是)?(?P<word>{words}){AFTER}*")
        loose = re.compile(rf"(?P<word>{words})")
        for start, end in bag.segments():
            match = whole.fullmatch(bag.free, start, end)
            if match is None and end - start <= 12:
                inner = [
                    m for m in loose.finditer(bag.free, start, end) if len(m["word"]) > 1 and not m["word"].isascii()
                ]
                match = inner[-1] if inner and _mostly(inner[-1], start, end) else None
            if match:
                bag.put(wanted, known[match["word"]], start, end)
                break


def _mostly(match: re.Match[str], start: int, end: int) -> bool:
    """从抖音广告来的, 用支付宝付的: little else in the piece, and it begins or ends it."""
    before, after = match.string[start : match.start()], match.string[match.end() : end]
    if len(before) > 6 or re.fullmatch(rf"{AFTER}*|[\u4e00-\u9fff]{{0,5}}的", after) is None:
        return False
    return "来的" in after or (len(before) <= 4 and (not before or re.match(rf"{BEFORE}", before) is not None))


def take_codes(bag: Bag) -> None:
    for wanted in bag.wanted("ref"):
        for match in re.finditer(CODE, bag.free):
            value = ref_value(wanted.slot, bag.said.cut(*match.span()))
            if value is None or wanted.many:
                continue
            bag.values[wanted.name] = value
            if wanted.required:
                bag.take(*match.span())
            break


def take_approvers(bag: Bag) -> None:
    """找王经理审批: the person between two words that tell what he is to do."""
    for wanted in bag.wanted("ref"):
        match = re.search(
            r"(?:找|让|请|由|给|交)(?:给)?([^\s,、;。\0]{2,6}?)(?:来)?(?:审批|审核|批一下|批|审)", bag.free
        )
        if wanted.name == "approver" and match:
            bag.put(wanted, ref_value(wanted.slot, bag.said.cut(*match.span(1))), *match.span())

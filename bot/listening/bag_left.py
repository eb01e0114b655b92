"""Arguments that only their shape or their place tells: names, companies, regions, the one free text."""

import re

from bot.listening import people_and_places
from bot.listening.bag_state import AFTER, BEFORE, CATCH_ALL, TAKEN, Bag
from bot.listening.numbers import Doubt
from bot.listening.slots import Field, is_name, ref_value

_BARE_NUMBER = re.compile(
    r"(?:总价|总共|一共|合计|共计?|单价|价格?|每.|折扣)?[:是为]?[\d.,\s%¥x×*@]+[万wk千百元块折]*"
)  # a price or rate that nothing claimed is no note


def take_by_shape(bag: Bag) -> None:
    for start, end in bag.segments():
        split = people_and_places.split_name(bag.free[start:end])
        if split is None and (
            owned := re.match(r".+(?:公司|厂|店|集团|中心|院|所)(?=的[\u4e00-\u9fff]{2,4}$)", bag.free[start:end])
        ):
            split = owned.end()  # …有限公司的王工
        pieces = [(start, end)] if split is None else [(start, start + split), (start + split, end)]
        for first, last in pieces:
            _place(bag, first, last)


def _place(bag: Bag, start: int, end: int) -> None:
    key = re.sub(r"^(?:是|叫|一家|来自|的|名叫|我是)", "", bag.free[start:end])
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


def take_by_position(bag: Bag) -> None:
    """What is left: required names first, then the one remaining free text, else it is left over."""
    _number_doubt(bag)
    for wanted in [*bag.wanted("ref", "name", "company")]:
        if not (wanted.required or wanted.slot.kind == "name"):
            continue
        for start, end in bag.segments()[:1]:
            said = bag.said.cut(start, end)
            if wanted.required or re.fullmatch(r"[\u4e00-\u9fff]{2,4}", said.key):
                value = (
                    ref_value(wanted.slot, said) if wanted.slot.kind == "ref" else said.text if is_name(said) else None
                )
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
            if re.fullmatch(r"[\d\-]{7,15}|1[3-9][\do]{7,13}", bag.free[start:end]):
                bag.put(wanted, Doubt(bag.said.cut(start, end).text, "不是完整的电话号码"), start, end)
                break


def _catch_all(bag: Bag) -> Field | None:
    words = list(bag.wanted("words"))
    required = [one for one in words if one.required]
    named = [one for name in CATCH_ALL if name != "title" for one in words if one.name == name]
    return next(iter([*required, *named]), None)


def _joined(bag: Bag) -> str:
    """The unclaimed text as said; pieces between which nothing stood but a value are joined again."""
    out: list[str] = []
    for index, character in enumerate(bag.free):
        out.append("" if character == TAKEN else bag.said.text[index])
    text = re.sub(r"\s+", " ", "".join(out))
    text = re.sub(r"([,、;。:])(?:\s?[,、;。:])+", r"\1", text).strip(" ,、;。:/|~")
    text = re.sub(r"^(?:的时候|的|记得)+(?=[\u4e00-\u9fff]{2})", "", text)
    return (
        ""
        if re.search(r"\w", text) is None
        or re.fullmatch(rf"(?:{BEFORE}|{AFTER}|[\s,、;。:.!?]|金额|共|一笔|就|已|款|有|吧|上|从)*", text)
        else text
    )

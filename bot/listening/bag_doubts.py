"""What contradicts itself in a sentence: two amounts, two dates, two phones for one value, half an address."""

import re

from bot.listening import numbers
from bot.listening.bag_state import Bag
from bot.listening.date_words import DATE
from bot.listening.numbers import Doubt
from bot.listening.slots import Field

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_HALF_EMAIL = re.compile(r"[a-z0-9._%+\-]*@[a-z0-9.\-]*")
_EITHER = r"(?:或者?|还是|要么|又或)"


def another(bag: Bag, wanted: Field, shape: str, behind: int = -1) -> None:
    """A second value of the same kind, alone in its piece or behind 或者: which one is meant is asked.

    `behind`: only one that is offered as the alternative to what ended there (明天或者后天); a second date is no matter
    else, since a title may have its own.
    """
    if wanted.name not in bag.values:
        return
    if behind >= 0:
        follows = re.compile(rf"\0*{_EITHER}(?P<other>{shape})").match(bag.free, behind)
        spans = [follows.span("other")] if follows else []
    else:
        whole = re.compile(rf"{_EITHER}?(?P<other>{shape})(?:吧|左右)?")
        pieces = (whole.fullmatch(bag.free, start, end) for start, end in bag.segments())
        spans = [match.span("other") for match in pieces if match]
    if spans:
        first = bag.values.pop(wanted.name)
        other = bag.said.cut(*spans[0]).text
        bag.doubts[wanted.name] = Doubt(f"{_plain(first)} 和 {other}", "只能有一个")
        bag.take(*spans[0])


_SHAPES = {"money": numbers.MONEY_IN_TEXT, "rate": numbers.RATE, "day": DATE, "instant": DATE, "count": numbers.COUNT}


def offered_instead(found: Field, key: str, end: int) -> str | None:
    """What stands behind 或者 as the alternative to the value that ends here."""
    shape = _SHAPES.get(found.slot.kind)
    match = re.compile(rf"{_EITHER}(?P<other>{shape})").match(key, end) if shape else None
    return match["other"] if match else None


def contradicted(bag: Bag) -> None:
    """A second mobile, and what is left of an e-mail address."""
    for wanted in bag.fields:
        value = bag.values.get(wanted.name)
        if wanted.slot.kind == "phone" and value is not None and (other := _MOBILE.search(bag.free)):
            if other[0] == value:
                bag.take(*other.span())
                continue
            if not _MOBILE.fullmatch(value):  # of a landline and a mobile the mobile is his
                bag.values[wanted.name] = other[0]
                bag.take(*other.span())
                continue
            bag.values.pop(wanted.name)
            bag.doubts[wanted.name] = Doubt(f"{value} 和 {other[0]}", "是两个号码，只能有一个")
            bag.take(*other.span())
        if wanted.slot.kind == "email" and value is None and (half := _HALF_EMAIL.search(bag.free)):
            bag.put(wanted, Doubt(half[0], "不是完整的邮箱"), *half.span())


def _plain(value: object) -> str:
    return str(value)[:16].replace("T", " ") if isinstance(value, str) else str(value)

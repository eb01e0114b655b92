"""Order lines in running text: 打印机x3 1200, 打印机 3台 单价1200, 3台打印机 @1100, several of them."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bot.listening import numbers
from bot.listening.normalize import Sentence
from bot.listening.numbers import Doubt

_GAP = r"(?:[\s,、;。\0]|和|还有|另外|加上|再加|外加|以及|要了?|来|订|买|各|\+)"
_QUANTITY = r"(?:\d{1,7}(?:\.\d{1,3})?|[一二两三四五六七八九十百千俩]{1,5})"
_PIECE = rf"(?:{numbers.UNIT}|公斤|千克|平米|米|人天|人月|小时|年|次|套)"
_PRODUCT = r"(?=[^\s\d])[^\s,、;。:\0×*@]{1,30}?|\d{1,4}[a-z一-龥][^\s,、;。:\0×*@]{0,30}?"
_ITEM = re.compile(
    rf"(?P<p1>{_PRODUCT})\s?[x×*]\s?(?P<q1>{_QUANTITY})\s?{_PIECE}?(?![\d.])"
    rf"|(?P<q2>{_QUANTITY})\s?{_PIECE}的?\s?(?P<p2>(?:{_PRODUCT}))(?=[\s,、;。\0@]|单价|每{_PIECE}|$|价格|打?[一二三四五六七八九\d]{{1,3}}折|(?:和|跟|加|及|以及|还有|再加|另加){_QUANTITY}\s?{_PIECE})"
    rf"|(?P<p3>{_PRODUCT})\s?(?:要|来|订|买|共|数量)?:?\s?(?P<q3>{_QUANTITY})\s?{_PIECE}(?!打印)"
    # Without a unit only a small number behind a space: a larger one may be a price.
    rf"|(?P<p4>{_PRODUCT})\s(?P<q4>\d{{1,2}})(?=[\s,、;。\0]|$)"
)
_PRICE = re.compile(
    rf"[\s,、;]*(?:(?:单价|价格|售价|按|@|每{_PIECE}|一{_PIECE}|每人)\s?[:是为按]?\s?(?P<said>(?:¥|rmb)?\s?(?:{numbers.MONEY}))|(?<=[\s,、{numbers.UNIT[1:-1]}])(?P<bare>{numbers.MONEY_IN_TEXT}))"
    rf"(?:\s?(?:/|每|一)\s?{_PIECE})?"
)
_RATE = re.compile(
    rf"[\s,、;]*(?P<whole>整单|总共|一共|总价|全部|整体|都|合计)?\s?(?:折扣|按)?\s?[:是为]?\s?(?P<rate>{numbers.RATE})"
)


@dataclass
class Lines:
    """The lines read, the whole-order rate, which pieces of the text they took, and a price that names no number."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    discount: Decimal | None = None
    spans: list[tuple[int, int]] = field(default_factory=list)
    doubt: Doubt | None = None


def read_lines(said: Sentence, start: int = 0) -> Lines:
    """Lines from a position on; a rate behind the last line belongs to the whole order (docs/grammar.md)."""
    found = Lines()
    rates: list[tuple[Decimal, bool] | None] = []
    position = start
    while (item := _next_item(said.key, position)) is not None:
        end = _add_item(said, item, found)
        rate = _RATE.match(said.key, end)
        value = numbers.rate(rate["rate"]) if rate else None
        rates.append((value, bool(rate["whole"])) if rate and value is not None else None)
        end = rate.end() if rate and value is not None else end
        found.spans.append((item.start(), end))
        position = end
    _share_rates(found, rates)
    return found


def _next_item(key: str, position: int) -> re.Match[str] | None:
    """The next line, at the beginning of what is left or after a gap; what fits nothing is left to the rest."""
    gap = re.compile(rf"{_GAP}*")
    while position < len(key):
        skipped = gap.match(key, position)
        position = skipped.end() if skipped else position
        item = _ITEM.match(key, position)
        if item and _quantity(item) is not None and not _is_noise(item):
            return item
        following = re.compile(r"[\s,、;。\0]").search(key, position)
        if following is None:
            return None
        position = following.end()
    return None


def _is_noise(item: re.Match[str]) -> bool:
    product = item["p1"] or item["p2"] or item["p3"] or item["p4"]
    return (
        re.fullmatch(
            r".*(?:优惠|减免?|让利|便宜|备注|审[批核]人|单价|有效期|折扣|折|¥|打|元|块)|[\d.]+|第|前|后|共|[一二两三四五六七八九十]",
            product,
        )
        is not None
    )


def _quantity(item: re.Match[str]) -> Decimal | None:
    return numbers.number(item["q1"] or item["q2"] or item["q3"] or item["q4"])


def _add_item(said: Sentence, item: re.Match[str], found: Lines) -> int:
    name = next(group for group in ("p1", "p2", "p3", "p4") if item[group])
    quantity = _quantity(item)
    line: dict[str, Any] = {
        "product": said.cut(*item.span(name)).text,
        "quantity": numbers.plain(quantity or Decimal(0)),
    }
    end = item.end()
    price = _PRICE.match(said.key, end)
    if price:
        amount = numbers.money(price["said"] or price["bare"])
        if isinstance(amount, Doubt):
            found.doubt = amount
        elif amount is not None:
            line["price"] = numbers.plain(amount)
        end = price.end() if amount is not None else end
    vague = re.compile(r"\s?(?:左右|上下|出头)").match(said.key, item.end())
    if vague:
        found.doubt, end = Doubt(said.cut(item.start(), vague.end()).text, "不是一个确定的数量"), max(end, vague.end())
    if quantity is not None and (quantity <= 0 or line["product"].endswith("-")):
        found.doubt = Doubt(said.cut(item.start(), item.end()).text, "不对，数量要大于 0")
    found.lines.append(line)
    return end


def _share_rates(found: Lines, rates: list[tuple[Decimal, bool] | None]) -> None:
    """A rate with a further line behind it is that line's; the last one is the order's unless each line had its own."""
    for index, rate in enumerate(rates):
        if rate is None:
            continue
        value, is_whole = rate
        is_last = index == len(rates) - 1
        own = is_last and index > 0 and all(earlier and not earlier[1] for earlier in rates[:index])
        if is_whole or (is_last and not own):
            found.discount = value
        else:
            found.lines[index]["discount"] = numbers.plain(value)

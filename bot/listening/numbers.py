"""Amounts, rates and counts as people write them: 三万五, 12.8万, 2w, ¥3,600.50, 九五折."""

import re
from dataclasses import dataclass
from decimal import Decimal

_CN = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNITS = {
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "w": 10**4,
    "千": 1000,
    "k": 1000,
    "百": 100,
}
_UNIT = "|".join(_UNITS)
_CURRENCY = r"(?:元钱?|块钱?|圆|人民币|rmb|cny)?整?"
_PIECES = "台个套件箱盒只支本张把部辆吨包袋瓶卷桶斤份条组双块根"

DOUBTFUL = (
    r"(?:小|上|近|不到|数|好)几?[一二两三四五六七八九十百千万\d][十百千万]*"
    r"|(?:好)?几[十百千万]+|[一二三四五六七八九\d]*[十百千]来[万千百]?|[一二两三四五六七八九\d]*[十百千万]多[万千百]?|\d+多[万千百]"
    r"|十几[万千百]?|几[十百千]?[来多]?万|[千万百]把"
    r"|(?:一两|两三|二三|三四|三五|四五|五六|六七|七八|八九)[十百千万]+"
    rf"|(?:\d[\d,.]*|[{_CN}]+)\s?[万wk千百]?(?:元|块)?(?:左右|上下|出头)"
    rf"|(?:大概|大约|约莫?|差不多|将近|接近|估计)\s?(?:\d[\d,.]*|[{_CN}]+)\s?[万wk千百]*"
)
_NUMBER = rf"(?:{_DIGITS})\s?(?:(?:{_UNIT})(?:零?\d{{1,4}}[千百k]?(?!\d))?)?|半?[{_CN}]+半?"
MONEY = rf"(?:人民币|¥|rmb)?\s?(?:{DOUBTFUL}|{_NUMBER}){_CURRENCY}"
# In running text a number is money only when nothing makes it a quantity, a date or a part of something longer.
MONEY_IN_TEXT = (
    rf"(?<![\da-z.\-])(?:(?:人民币|¥|rmb)\s?(?:{_NUMBER})|(?:{DOUBTFUL})|(?:{_DIGITS})\s?(?:(?:{_UNIT})(?:\d{{1,4}}[千百k]?(?!\d))?)?"
    rf"|[{_CN}]*[十百千万亿拾佰仟][{_CN}]*|[{_CN}]+(?=元|块钱)){_CURRENCY}(?![\d:%a-z折月日号天点年周期分个台套次位人家]|工作日)"
)
_CN_RATE = "一二三四五六七八九"
RATE = (
    rf"(?:打了?)?(?:[{_CN_RATE}]点[{_CN_RATE}]|[{_CN_RATE}]{{1,2}}|十|对|(?<![\d.])\d{{1,2}}(?:\.\d{{1,2}})?)折"
    rf"|(?:优惠|让利|便宜|降价?)了?\s?\d{{1,2}}(?:\.\d)?%|(?<![\d.])\d{{1,3}}(?:\.\d{{1,2}})?%|百分之[{_CN}]+"
    r"|(?<![\d.])0?\.\d{1,4}(?!\d)|不打折|原价"
)
DOUBTFUL_COUNT = (
    r"(?:一两|两三|二三|三四|三五|四五|五六|六七|七八|八九)十?|十来|十几|几十?|好几十?|\d{1,3}来|\d{1,3}多"
    r"|[二三四五六七八九]十[来多]|数十?"
)
COUNT = rf"-?\d{{1,4}}|{DOUBTFUL_COUNT}|负?[{_CN}]{{1,4}}|俩|仨"
_MOST = 200  # of what one asks for at once, and of days (handlers/args.py Count)
UNIT = rf"[{_PIECES}]"


@dataclass(frozen=True)
class Doubt:
    """A number that was said but means no single value."""

    said: str
    reason: str


def number(said: str) -> Decimal | None:
    """One exact number: digits with 万/w/k, or Chinese numerals (三万五 is 35000); None for anything else."""
    text = said.replace(" ", "").lower()
    if text in ("半万", "半百", "半千"):
        return Decimal(_UNITS[text[1]] // 2)
    match = re.fullmatch(rf"({_DIGITS})(?:({_UNIT})(?:(零?\d{{1,4}})([千百k])?)?)?", text)
    if match:
        head, unit, tail, tail_unit = match.groups()
        value = Decimal(head.replace(",", "")) * _UNITS.get(unit or "", 1)
        if tail:
            value += _tail(tail, tail_unit, _UNITS[unit])
        return value
    return _chinese(text)


def _tail(digits: str, unit: str | None, above: int) -> Decimal:
    """What follows 万 in 3万5 (5 thousand), 3万5千, 3万5600."""
    if digits.startswith("零"):
        return Decimal(digits[1:])
    if unit:
        return Decimal(digits) * _UNITS[unit]
    return Decimal(digits) * (above // 10 if len(digits) == 1 else 1)


def _chinese(text: str) -> Decimal | None:
    if text in ("俩", "仨"):
        return Decimal(2 if text == "俩" else 3)
    if not re.fullmatch(rf"[{_CN}]+", text):
        return None
    text = text.translate(str.maketrans("〇壹贰叁肆伍陆柒捌玖拾佰仟", "零一二三四五六七八九十百千"))
    small = re.fullmatch(r"([一二两三四五六七八九]?)(十?)([一二三四五六七八九]?)", text)
    if small and (small[2] or not (small[1] and small[3])):
        return Decimal(_digit(small[1], 1 if small[2] else 0) * (10 if small[2] else 1) + _digit(small[3], 0))
    if not re.search("[十百千万亿]", text):
        return None  # 三三两两, 九五: digits in a row are no amount
    import cn2an  # 0.2 s to import, needed for few sentences

    try:
        return Decimal(str(cn2an.cn2an(text, "smart")))
    except ValueError:
        return None


def _digit(character: str, absent: int) -> int:
    return "零一二三四五六七八九".index(character.replace("两", "二")) if character else absent


def days(said: str) -> int | Doubt | None:
    """How many days a length of time is: 一周, 半个月; `Doubt` for 个把月, 十来天."""
    match = re.fullmatch(rf"(?P<half>半)?(?P<n>{COUNT})?个?(?P<and_half>半)?(?P<unit>天|日|周|星期|礼拜|月)", said)
    if match is None:
        return Doubt(said, "不是一个确定的天数")
    size = {"天": 1, "日": 1, "月": 30}.get(match["unit"], 7)
    if match["half"]:
        return size // 2 or None
    found = count(match["n"] or "一")
    return (
        found if found is None or isinstance(found, Doubt) else found * size + (size // 2 if match["and_half"] else 0)
    )


def money(said: str) -> Decimal | Doubt | None:
    """Yuan; `Doubt` for 小十万, 十来万, 三五百, which are asked about instead of written."""
    text = re.sub(r"^(?:人民币|¥|rmb)\s?", "", said.strip().lower())
    text = re.sub(rf"{_CURRENCY}$", "", text).strip()
    if re.fullmatch(DOUBTFUL, text):
        return Doubt(said, "不是一个确定的数")
    value = number(text)
    return Doubt(said, "不对，金额要大于 0") if value is not None and value <= 0 else value


def count(said: str) -> int | Doubt | None:
    """How many, from 1 to 200; `Doubt` for 三五条, 十来天, 0 and what is beyond."""
    if re.fullmatch(DOUBTFUL_COUNT, said):
        return Doubt(said, "不是一个确定的数")
    value = -1 if said[:1] in "-负" else number(said)
    if value is None or value != int(value):
        return None
    return int(value) if 1 <= value <= _MOST else Doubt(said, f"不对，要在 1 到 {_MOST} 之间")


def rate(said: str) -> Decimal | None:
    """The rate that remains: 九五折, 95折, 9.5折, 0.95, 95% are 0.95; 优惠5% too."""
    text = re.sub(r"^打了?", "", said.strip().lower())
    if text in ("不打折", "原价", "十折"):
        return Decimal(1)
    if text == "对折":
        return Decimal("0.5")
    off = re.fullmatch(r"(?:优惠|让利|便宜|降价?)了?\s?([\d.]+)%", text)
    if off:
        return 1 - Decimal(off[1]) / 100
    value = _rate_value(text)
    return value if value is not None and 0 < value <= 1 else None


def _rate_value(text: str) -> Decimal | None:
    if text.endswith("%"):
        return Decimal(text[:-1]) / 100
    if text.startswith("百分之"):
        part = number(text[3:])
        return None if part is None else part / 100
    if text.endswith("折"):
        digits = "".join(str(_CN_RATE.index(c) + 1) if c in _CN_RATE else c for c in text[:-1].replace("点", "."))
        if not re.fullmatch(r"\d{1,2}(?:\.\d{1,2})?", digits):
            return None
        value = Decimal(digits)
        return value / (10 if value < 10 else 100)
    return Decimal(text) if re.fullmatch(r"\d?\.\d+|1", text) else None


def plain(value: Decimal) -> int | float:
    """As JSON writes it: whole numbers without a point."""
    return int(value) if value == value.to_integral_value() else float(value)

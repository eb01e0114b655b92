"""Names of companies: the whole name, its brand core, its region, and how alike two of them are (domain.md E.8)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from models.normal.places import COUNTRY, PLACES, UNITS
from models.normal.text import bare, simplified

Likeness = Literal["exact", "strong", "weak"]
NEAR = 0.85
_LEGAL_FORMS = """
集团股份有限责任公司 股份有限责任公司 集团有限责任公司 集团股份有限公司 有限责任公司
集团有限公司 股份有限公司 股份公司 集团公司 有限公司 总公司 公司 集团
COMPANYLIMITED COMPANYLTD CORPORATION COMPANY LIMITED COLTD GMBH CORP INC LTD LLC PLC
"""
_TRADE_WORDS = """
科技 贸易 电气 电子 实业 商贸 信息 软件 网络 医药 药业 化工 机械 机电 建筑 建设 装饰
物流 运输 食品 服饰 广告 文化 传媒 教育 咨询 投资 控股 发展 工程 技术 银行 大学 医院
学院 酒店 餐饮 汽车 能源 电力 钢铁 材料 环保 农业 旅游 证券 保险 生物 智能 国际 集团
进出口 供应链
"""
_LEGAL = re.compile(f"(?:{'|'.join(_LEGAL_FORMS.split())})$")
# Of these alone no brand is made: 上海科技 is another company than 北京科技.
_TRADES = re.compile(f"(?:{'|'.join(_TRADE_WORDS.split())})+")
_BRACKETS = re.compile(r"[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]")
_BRANCH = re.compile(r"(?P<head>.{4,}公司)(?P<where>[^公司]{0,8})(?:分公司|办事处|分部)$")


@dataclass(frozen=True)
class CompanyName:
    """What is stored of a name: `key` is the whole of it, `core` what is left without place and legal form, `region`
    the narrowest place that it names ("" where none)."""

    key: str
    core: str
    region: str


def company_key(name: str) -> str:
    """What two spellings of one company's full name share: case, width, script, punctuation and brackets aside."""
    return bare(simplified(name).upper())


def company_core(name: str) -> str:
    """The brand core: no place in front, no legal form behind."""
    return company_name(name).core


@lru_cache(10_000)
def company_name(name: str) -> CompanyName:
    """The parts by which names are compared."""
    text = simplified(name).upper().strip()
    whole, places, legal = bare(text), list[str](), _without_legal(bare(text))
    branch = _BRANCH.fullmatch(text)
    if branch is not None:
        text, places = branch["head"], [_place(branch["where"])]
    inside = [_place(bare(found)) for found in _BRACKETS.findall(text)]
    text = _BRACKETS.sub(lambda found: "" if _place(bare(found[1])) else found[0], text)
    core, front = _without_places(_without_legal(bare(text)))
    if len(core) < 2 or _TRADES.fullmatch(core):
        core, front = legal, []
    named = [place for place in (*front, *inside, *places) if place and place not in COUNTRY]
    return CompanyName(whole, core or whole, named[-1] if named else "")


def likeness(a: CompanyName, b: CompanyName) -> Likeness | None:
    """How alike two names are; branches of one brand in two places are weakly so."""
    if a.key == b.key:
        return "exact"
    if a.core == b.core:
        return "strong" if a.region == b.region else "weak"
    return "weak" if jaccard(a.key, b.key) >= NEAR or jaccard(a.core, b.core) >= NEAR else None


def jaccard(a: str, b: str) -> float:
    """The part of their pairs of neighbouring characters that two texts share."""
    left, right = _pairs(a), _pairs(b)
    return len(left & right) / len(left | right) if left | right else float(a == b)


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _without_legal(key: str) -> str:
    while True:
        shorter = _LEGAL.sub("", key)
        if shorter in ("", key):
            return key
        key = shorter


def _without_places(key: str) -> tuple[str, list[str]]:
    """The name without the places in front of it, and these."""
    places = list[str]()
    while (found := _leading(key)) is not None:
        place, length = found
        places.append(place)
        key = key[length:]
    return key, places


def _leading(key: str) -> tuple[str, int] | None:
    for length in range(min(_LONGEST, len(key)), 1, -1):
        place = key[:length]
        if place in _PLACES:
            rest = key[length:]
            unit = next((unit for unit in UNITS if rest.startswith(unit)), "")
            return place, length + len(unit)
    return None


def _place(text: str) -> str:
    """The place that this text is and nothing else, without its unit; "" for anything else."""
    for unit in UNITS:
        if text.endswith(unit) and text.removesuffix(unit) in _PLACES:
            return text.removesuffix(unit)
    return text if text in _PLACES else ""


_PLACES = PLACES | set(COUNTRY)
_LONGEST = max(map(len, _PLACES))

"""How one tells of having met a customer."""

import re
from dataclasses import dataclass

from bot.listening.people_and_places import PERSON, TITLED_PERSON
from bot.listening.people_and_places import is_company as is_company_name

_WHEN = (
    r"(?:(?:今天|今日|今儿|昨天|昨日|前天|刚才|刚刚|刚|才|上午|中午|下午|早上|早晨|晚上|这周|上周|我们?|咱们?|又"
    r"|已经?|从|陪同事|一起)[\s,]*)*"
)
_METHODS = {
    "拜访": "上门拜访|去拜访|拜访|走访|登门|上门见|上门|从|约见|面谈|见到|见|去|到",
    "电话": "电话联系|电话沟通|电话拜访|打电话给|致电",
    "微信": "微信联系|微信沟通|微信聊|微信上?找",
    "会议": "参加了?",
    "": "认识|碰到|遇到|结识|联系|沟通",
}
_TALKED = {
    "电话": "通了?个?电话|打了?个?电话|电话沟通|电话聊|电话里聊",
    "微信": "微信聊|微信沟通|加了?微信",
    "会议": "开了?个?会|开会",
    "拜访": "见了?个?面|见面|面谈|吃了?个?饭|吃饭|碰了?个?面",
    "": "聊|谈|沟通|对接|交流",
}
_PLACE = r"(?:(?:在?(?:展会|活动|会议|论坛|酒会|微信|现场)(?:上|里|中)?)[\s,]*)?"


def _ways(table: dict[str, str]) -> str:
    return "|".join(sorted("|".join(table.values()).split("|"), key=len, reverse=True))


# 拜访了华东电气王总…: whom one met ends where something else begins.
MEETING = re.compile(
    rf"{_WHEN}(?P<place>{_PLACE})(?:我们?)?(?P<verb>{_ways(_METHODS)})(?:了|完|过|到)?(?:一?[下趟])?[\s:]*(?=\S\S)"
)
# 和蓝鲸贸易王经理通了电话, 到恒通机电和李总谈了: whom one met ends at the verb.
WITH = re.compile(
    rf"{_WHEN}(?P<place>{_PLACE})(?:和|跟|与|给|同)(?P<who>[^,;。!?]{{2,30}}?)(?P<verb>{_ways(_TALKED)})(?:了|过|完)?(?:一?下)?"
)
_BETWEEN = re.compile(
    r"(?:\s|的|那边|这边|和|跟|与|找|见|[\u4e00-\u9fff]{0,4}(?:部|部门|科|组)的?|(?:采购|技术|销售|市场|生产|行政)?(?:总监|主管|负责人))+$"
)
_NAMED = re.compile(rf"(?:{PERSON})$")
_TITLED = re.compile(rf"(?:{TITLED_PERSON})$")


def split_contact(key: str) -> tuple[int, int] | None:
    """Where the customer ends and the person begins in 华东电气王总, 海豚科技的王芳, 恒通机电李四光.

    Of several ways the one whose customer looks like a company, else the shortest person who has a title.
    """
    ways = []
    for start in range(len(key) - 2, 1, -1):
        titled = _TITLED.match(key, start)
        if titled is None and _NAMED.match(key, start) is None:
            continue
        between = _BETWEEN.search(key, 0, start)
        end = between.start() if between else start
        is_company = is_company_name(key[:end])
        if end >= 2 and (titled or between or is_company):
            ways.append((not is_company, titled is None, -start, end))
    if not ways:
        return None
    _, is_bare, start, end = min(ways)
    return None if is_bare and not is_company_name(key[:end]) else (end, -start)


@dataclass(frozen=True)
class Opening:
    """`start` and `end` of whom one met (`is_open`: up to where something else begins), `behind` the verb."""

    method: str
    start: int
    end: int
    behind: int
    is_meeting: bool = True
    is_open: bool = False

    @classmethod
    def of(cls, match: re.Match[str]) -> "Opening":
        groups = match.groupdict()
        method = _method(_TALKED if "who" in groups else _METHODS, groups["verb"])
        place = groups["place"] or ""
        if not method:
            method = "微信" if "微信" in place else "活动" if place else ""
        if "who" in groups:
            return cls(method, match.start("who"), match.end("who"), match.end())
        return cls(method, match.end(), match.end(), match.end(), is_open=True)


def _method(table: dict[str, str], verb: str) -> str:
    return next((method for method, ways in table.items() if re.fullmatch(ways, verb)), "")

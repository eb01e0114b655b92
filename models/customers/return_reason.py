"""Why a record is given back: a short list for the counts, and what was said beside it (domain.md E.1.6)."""

import re

REASONS = ("联系不上", "无需求", "预算不足", "已选竞品", "区域不符", "重复", "其他")
_SAID = {
    "联系不上": r"联系不[上到]|打不通|打不进|空号|停机|关机|没人接|无人接|不接电话|拒接|失联|号码不对|错号|找不到人",
    "已选竞品": r"竞品|竞争对手|对手|[选签买用找换]了?(?:别|其他|另)[家人的]|别家",
    "预算不足": r"预算|没钱|太贵|价格(?:太)?高|嫌贵|资金",
    "区域不符": r"区域|地区不|不在.{0,6}(?:区|范围)|跨区|外地",
    "重复": r"重复|撞单|已经有了|同一家",
    "无需求": r"[没无不]有?(?:需求|需要|意向|兴趣|打算)|不[买要用想]|用不[着上]",
}


def reason_of(said: str) -> tuple[str, str]:
    """The reason of the list, and the note where more was said than its name: what fits none is 其他 with all of it."""
    said = said.strip()
    if said in REASONS:
        return said, ""
    for reason in REASONS:
        if said.startswith(reason) and len(said) > len(reason):
            return reason, said.removeprefix(reason).lstrip(" ,，:：、;；")
    found = next((reason for reason, words in _SAID.items() if re.search(words, said)), "其他")
    return found, said


def shown(said: str) -> str:
    """As a card says it: 预算不足（老板说明年再看）."""
    reason, note = reason_of(said)
    return f"{reason}（{note}）" if note else reason

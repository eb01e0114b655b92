"""Homophones and look-alikes that input methods produce; of the same length, so that both forms stay aligned."""

import re

# Nobody writes these for anything else.
_ANYWHERE = {
    "跟进": "跟近 根进 跟劲 跟竟 根近 跟尽",
    "线索": "线锁 现索 线素 线所 先索 线嗦",
    "登记": "登计 登纪 等记 登级",
    "待办": "代办",
    "客户": "客护 客互 客虎 顾户",
    "审批": "审皮 审劈 审匹 神批",
    "公海": "公还 公孩 公嗨 共海 公该",
    "领取": "领曲 领去 领趣 领娶 领驱 令取 零取",
    "撤销": "撤消 撤肖 撤削 彻销",
    "回款": "回贷 回宽 回欵",
    "驳回": "驳会 博回 驳悔 搏回 泊回",
    "退回": "腿回 退悔",
    "提醒": "提形 题醒 提型 体醒",
    "查重": "查虫 查崇",
    "催办": "崔办 摧办 催半",
    "分配": "分陪 分佩 份配",
    "转换": "转涣",
    "联系人": "联糸人 联细人 连系人 联络人",
    "搜索": "搜锁 搜所 搜寻",
    "来源": "来园 来元 莱源",
    "帮助": "帮住",
    "商机": "商鸡 商几",
    "报价": "报加",
    "账": "帐",
}
# These are words of their own: right only where a sentence or a part of it begins, or behind a code.
_AT_START = {
    "同意": "同义 同亿 同议 童意",
    "通过": "通果 同过",
    "下单": "下丹 下但 下旦 下担",
    "退回": "推回 退会 腿会",
    "撤回": "撤会 彻回",
    "待我": "代我 带我",
    "登记线索": "等级线索",
    "新建": "新键 心建",
}


def _swaps(table: dict[str, str]) -> dict[str, str]:
    return {
        wrong: right
        for right, words in table.items()
        for wrong in words.split()
        if len(wrong) == len(right) and wrong != right
    }


_WRONG, _WRONG_AT_START = _swaps(_ANYWHERE), _swaps(_AT_START)
_TYPO = re.compile(
    rf"{'|'.join(_WRONG)}|(?:(?<![\u4e00-\u9fffa-z])|(?<=请)|(?<=帮我))(?:{'|'.join(_WRONG_AT_START)})(?!词|们|是|也)"
)


def righted(key: str) -> str:
    """The compared form with common mistypings put right."""
    return _TYPO.sub(lambda match: _WRONG.get(match[0]) or _WRONG_AT_START[match[0]], key)

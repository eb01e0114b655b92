"""What a sentence gets that is no command: a courtesy back, or what could be said instead."""

import re

from bot.listening.nearest import nearest
from bot.listening.normalize import sentence
from bot.listening.slots import CODE
from bot.listening.small_talk import small_talk
from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import named
from handlers.registry import COMMANDS
from handlers.reply import Reply
from handlers.sales.lead_view import LEAD

COURTESIES = {
    "thanks": "不客气",
    "fine": "好的，有事随时说，说「帮助」看看我能做什么",
    "number": "现在没有等你选择的问题，选择只等 10 分钟，请把刚才的话再说一遍",
    "cancel": "没有要取消的问题。想收回刚才的操作，请说「撤销」",
}
ABOUT = {
    "c": ("查 {}", "跟进 {} 内容", "下单 {} 打印机3台"),
    "l": ("查线索 {}", "跟进 {} 内容", "把 {} 转成客户"),
    "so": ("{} 到哪一步了", "回款 {} 5万 银行转账", "撤回 {}"),
    "pm": ("同意 {}", "撤回 {}"),
    "t": ("完成 {}", "推迟 {} 到 明天下午3点"),
}
MOST_LETTERS = 30


def not_understood(ctx: Context, text: str, *, in_group: bool = False) -> Reply:
    """Reads at most; nothing is ever written for what was not understood. A group is told of no record."""
    kind = small_talk(text)
    if kind == "hello":
        return Reply("text", {"text": f"你好，{ctx.me.name}。可以这样说：", "texts": nearest(COMMANDS, "")})
    if kind in COURTESIES:
        return Reply("text", {"text": COURTESIES[kind]})
    said = sentence(text).text
    about = [] if in_group else _about(ctx, said)
    if about:
        return Reply("text", {"text": f"要对「{said}」做什么？可以这样说：", "texts": about})
    return Reply("text", {"text": "没听懂，可以这样说：", "texts": nearest(COMMANDS, text)})


def _about(ctx: Context, said: str) -> list[str]:
    """What can be done with a record of which only the code or name was said, where one may see it."""
    if re.fullmatch(CODE, said.lower()):
        letters = re.match(r"[a-z]+", said.lower())
        return [way.format(said.upper()) for way in ABOUT.get(letters[0] if letters else "", ())]
    if not 2 <= len(said) <= MOST_LETTERS or not re.search(r"[\u4e00-\u9fff]{2}|[a-zA-Z]{2}", said):
        return []
    for noun, letter in ((CUSTOMER, "c"), (LEAD, "l")):
        if named(ctx, noun, said, noun.gate, limit=1):
            return [way.format(said) for way in ABOUT[letter]]
    return []

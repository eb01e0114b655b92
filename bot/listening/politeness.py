"""What surrounds a request and means nothing: greetings, 请, 帮我, fillers of speech, thanks."""

import re

from bot.listening.normalize import SEPARATORS, Sentence

_GAP = rf"(?:{SEPARATORS}|\?)*"
_LEAD = re.compile(
    r"^(?:(?:我?想?请教(?:一?下)?|我?想问(?:一?下)?|请问(?:一?下)?|请(?!假|款|购|教)|麻烦(?:你|您)?(?:问一?下)?|劳驾|(?:拜托(?:你|您)?)+|帮我|帮忙|帮个忙|给我(?!司)|替我|我要(?!是)"
    r"|我想要?|我来|我需要|需要|(?:老师|亲)?(?:你好呀?|您好)|亲爱的|亲(?=\s|,)|哈喽|hi|hello|hey|嗨|嗯+|呃+|额(?=\s|,|帮|那)|哦|早上好|上午好|中午好"
    r"|下午好呀?|晚上好|早(?=\s|,)|在吗|在不在|在么|好的?(?=[\s,!。])|那么?(?=[\s,])|那个(?=[\s,]|帮|请|麻烦)|就是(?=那个|[\s,]|帮)|那个(?=.{2,12}(?:你|您)?帮)"
    r"|(?:小?海豚(?:助手)?){1,2}(?=[\s,:!])|不好意思(?:打扰(?:一下)?了?)?|打扰(?:一下|下|了)?|刚才(?:弄|搞|说)错了"
    r"|辛苦(?:你|您|啦|了)?(?=帮|一下|把|\s|,)|能不能|可不可以|能否|可以|能(?=帮|给|把)|现在(?=\s|把|给|帮)"
    r"|再(?=领|来|给|帮|捞|加)|please|pls|could you|can you)"
    rf"{_GAP})+"
)
_POINTING = re.compile(r"(?<=\d{4})这[条个张笔家]?(?:线索|客户|订单|单子|单|回款|待办)?(?![\u4e00-\u9fff]?号)")
_ASKED = re.compile(r"能不能|可不可以|能否|可以|能(?=帮|给|把)|请问|could|can")
_ASKING = re.compile(r"(?:好吗|行吗|可以吗|吗|么|不|嘛)?[\s?]*$")
_TAIL = re.compile(
    rf"(?:{SEPARATORS}*(?:吧|哈|啊|呀|哦|喔|嘛|啦|呗|(?:非常|太)?(?:谢谢|感谢)(?:你|您|啦|了|哦|老师|大家)*|谢了"
    rf"|多谢了?|辛苦了?|拜托了?|thank you|thanks|thx"
    r"|please|pls))+$"
)
_HELPING = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:你|您)(?:帮我|帮忙|给我)")
# Said of a thing that is not to be done (yet), or not any more.
_NOT_ASKED = re.compile(
    r"(?:如果|假如|假设|要是|万一|倘若|别(?!忘|名)|不要(?!紧)|不用|先别|先不要?|千万别|等会儿?再|等下再|晚点再|我要是)"
    r"|.*(?:来着|(?<!别)忘了|怎么办|就好了|会怎么?样|对吧|是吧|再说|问我)[?。!]*$"
)


def without_politeness(said: Sentence) -> Sentence:
    """Greetings, 请, 帮我, 谢谢, final particles taken off; 能帮我…吗 counts as a request, any other 吗 stays.

    L000045这条线索 is shortened to its code.
    """
    core = _without_pointing(said).cut(0)
    if tail := _TAIL.search(core.key):
        core = core.cut(0, tail.start()) if core.cut(0, tail.start()) else core
    match = _LEAD.match(core.key)
    end = len(core.key)
    if match and _ASKED.search(match[0]):
        found = _ASKING.search(core.key)
        end = found.start() if found else end
    core = core.cut(match.end() if match else 0, end)
    tail = _TAIL.search(core.key)
    core = core.cut(0, tail.start()) if tail else core
    helping = _HELPING.search(core.key)
    return core if helping is None else _joined(core, helping)


def is_unasked(key: str) -> bool:
    """别领取海豚科技, 要是退回公海就好了: spoken of, not asked for."""
    return _NOT_ASKED.match(key) is not None


def _joined(said: Sentence, gap: re.Match[str]) -> Sentence:
    text, key = (f"{one[: gap.start()]} {one[gap.end() :]}" for one in (said.text, said.key))
    return Sentence(text, key)


def _without_pointing(said: Sentence) -> Sentence:
    text, key = said.text, said.key
    for match in reversed(list(_POINTING.finditer(key))):
        text, key = (one[: match.start()] + one[match.end() :] for one in (text, key))
    return Sentence(text, key)

"""What people say to a colleague and not to a machine: it gets a short answer instead of a lesson."""

import re

from bot.listening.normalize import sentence

_KINDS = (
    (r"(?:你好呀?|您好|hi|hello|哈喽|嗨|在吗|在不在|早上好|早|下午好|晚上好|小?海豚)+", "hello"),
    (r"(?:谢谢(?:你|您|啦|了)?|谢了|多谢|感谢|辛苦了?|thanks|thx|thank you|太棒了|真棒|牛|厉害)+", "thanks"),
    (r"(?:好的?|好嘞|收到|知道了|明白了?|了解了?|嗯+|哦+|ok|okay|行|可以|没事了?|没问题|666|👌|👍)+", "fine"),
    (r"(?:选|第)?[\d一二三四五](?:个|号)?", "number"),
    (r"取消|算了|不用了|不要了|退出|不弄了|放弃|cancel|quit|exit", "cancel"),
    (r"同意|通过|批准|准了|驳回|拒绝|不同意|全部同意|都同意|全部通过", "decide"),
)
_TAIL = re.compile(r"[\s!~。,.?、]+|(?<=.)(?:啊|呀|哈|哦|啦|吧|呢)+$")


def small_talk(text: str) -> str | None:
    """`hello`, `thanks`, `fine`, `number` and `cancel` (with nothing asked), `decide` (without a document), or None."""
    key = _TAIL.sub("", sentence(text).key)
    return next((kind for pattern, kind in _KINDS if re.fullmatch(pattern, key)), None)

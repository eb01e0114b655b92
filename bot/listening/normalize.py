"""A sentence in two aligned forms: as said (for values) and as compared (for recognition)."""

import re
import unicodedata
from dataclasses import dataclass

from models.normal import simplified

# Between the parts of a sentence all of these are worth the same.
SEPARATORS = r"[\s,、;。!|/:~…\"'“”‘’「」『』《》]"
_EDGES = " ,、;。!|/:~…\"'“”‘’「」『』《》"

# Homophones that input methods produce; same length, so that both forms stay aligned.
_TYPOS = {
    "跟近": "跟进",
    "根进": "跟进",
    "线锁": "线索",
    "现索": "线索",
    "登计": "登记",
    "等级线索": "登记线索",
    "代办": "待办",
    "客护": "客户",
    "审皮": "审批",
    "公还": "公海",
    "领曲": "领取",
    "撤消": "撤销",
    "回贷": "回款",
    "帐": "账",
}
_TYPO = re.compile("|".join(_TYPOS))

_LEAD = re.compile(
    r"^(?:(?:请(?!假|款|购|教)|麻烦(?:你|您)?|劳驾|拜托(?:你|您)?|帮我|帮忙|帮个忙|给我|替我|我要|我想要?|我来|我需要|需要"
    r"|你好呀?|您好|哈喽|hi|hello|嗨|嗯+|哦|早|好的?(?=[\s,!。])|那么?(?=[\s,])|小?海豚(?:助手)?(?=[\s,:!])"
    r"|能不能|可不可以|能否|可以|能(?=帮|给|把)|现在(?=\s|把|给|帮)|再(?=领|来|给|帮|捞|加)|please|pls)"
    rf"{SEPARATORS}*)+"
)
_POINTING = re.compile(r"(?<=\d{4})这[条个张笔家]?(?:线索|客户|订单|单子|单|回款|待办)?(?![\u4e00-\u9fff]?号)")
_ASKED = re.compile(r"能不能|可不可以|能否|可以|能(?=帮|给|把)")
_ASKING = re.compile(r"(?:吗|么|不|嘛)?\?*$")
_TAIL = re.compile(
    rf"(?:{SEPARATORS}*(?:吧|哈|啊|呀|哦|喔|嘛|啦|呗|谢谢(?:你|您|啦|了|哦)?|谢了|多谢|辛苦了?|拜托了?|thanks|thx|please|pls))+$"
)


@dataclass(frozen=True)
class Sentence:
    """`text` is NFKC with single spaces; `key` is `text` in lower case and simplified characters, index for index."""

    text: str
    key: str

    def cut(self, start: int, end: int | None = None) -> "Sentence":
        """The part between two indices, without separators at its edges."""
        end = len(self.key) if end is None else end
        while start < end and self.key[start] in _EDGES:
            start += 1
        while end > start and self.key[end - 1] in _EDGES:
            end -= 1
        return Sentence(self.text[start:end], self.key[start:end])

    def __bool__(self) -> bool:
        return bool(self.key)


def sentence(raw: str) -> Sentence:
    """Both forms of what was typed; invisible characters vanish, runs of space become one."""
    text = "".join(
        c for c in unicodedata.normalize("NFKC", raw) if unicodedata.category(c) not in ("Cf", "Cc") or c.isspace()
    )
    text = re.sub(r"\s+", " ", text).strip()
    return Sentence(text, _key(text))


def _key(text: str) -> str:
    key = simplified(text).lower()
    if len(key) != len(text):  # a phrase conversion that changes length would break the alignment
        key = "".join(_one(character) for character in text)
    return _TYPO.sub(lambda match: _TYPOS[match[0]], key)


def _without_pointing(said: Sentence) -> Sentence:
    text, key = said.text, said.key
    for match in reversed(list(_POINTING.finditer(key))):
        text, key = (one[: match.start()] + one[match.end() :] for one in (text, key))
    return Sentence(text, key)


def _one(character: str) -> str:
    low = simplified(character).lower()
    return low if len(low) == 1 else character


def without_politeness(said: Sentence) -> Sentence:
    """Greetings, 请, 帮我, 谢谢, final particles taken off; 能帮我…吗 counts as a request, any other 吗 stays.

    L000045这条线索 is shortened to its code.
    """
    core = _without_pointing(said).cut(0)
    match = _LEAD.match(core.key)
    end = len(core.key)
    if match and _ASKED.search(match[0]):
        found = _ASKING.search(core.key)
        end = found.start() if found else end
    core = core.cut(match.end() if match else 0, end)
    tail = _TAIL.search(core.key)
    return core.cut(0, tail.start()) if tail else core

"""A sentence in two aligned forms: as said (for values) and as compared (for recognition)."""

import re
import unicodedata
from dataclasses import dataclass

from bot.listening.typos import righted
from models.normal import simplified

# Between the parts of a sentence all of these are worth the same.
SEPARATORS = r"[\s,、;。!|/:~…\"'“”‘’「」『』《》]"
_EDGES = " ,、;。!|/:~…\"'“”‘’「」『』《》"

_SYMBOL = re.compile(
    r"[\U0001F000-\U0001FAFF\u2190-\u21FF\u2300-\u27BF\u2B00-\u2BFF\u200d\ufe0f]|\[[\u4e00-\u9fff]{1,3}\]"
)  # emoji, and those that WeChat writes in brackets
_BRACKETED = re.compile(r"[(\[【<]\s?([a-z]{0,2}[\d+][\d\- ]{4,20}\d)\s?[)\]】>]")
_QUOTED = re.compile(r"[【\[]([^【】\[\]]{2,30})[】\]]")
_SPOKEN = re.compile(r"[零〇一二两三四五六七八九幺\d]{7,}")
_DIGITS = str.maketrans("零〇幺一二两三四五六七八九", "0011223456789")


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
    if re.fullmatch(r"(?:[\u4e00-\u9fff] )+[\u4e00-\u9fff]", text):  # spaced out for emphasis
        text = text.replace(" ", "")
    if "@" in text:
        text = _without_mentions(text)
    text = _SPOKEN.sub(lambda match: match[0].translate(_DIGITS), text)
    return Sentence(text, _key(text))


_OURS = re.compile(r"@[^\s@]{0,10}(?:海豚|助手|机器人|小蜜|bot|haitun|crm)[^\s@,:]{0,8}[\s,:]*", re.I)
_MENTION = re.compile(r"(?<![\w.])@(?=[\u4e00-\u9fff])")


def _without_mentions(text: str) -> str:
    """Our own mention goes; of a colleague's only the sign, unless it opens the sentence: then it is said to him."""
    ours = _OURS.sub(" ", text)
    text = ours.strip()
    if text.startswith("@") and ours == text:
        return text
    text = re.sub(r"^(?:@[^\s@]{1,12}\s+)+", "", text)
    return re.sub(r"\s+", " ", _MENTION.sub("", text)).strip()


def _key(text: str) -> str:
    key = simplified(text).lower()
    if len(key) != len(text):  # a phrase conversion that changes length would break the alignment
        key = "".join(_one(character) for character in text)
    key = _SYMBOL.sub(lambda match: " " * len(match[0]), key)
    key = _BRACKETED.sub(lambda match: f" {match[0][1:-1]} ", key)
    key = _QUOTED.sub(lambda match: f" {match[1]} ", key)
    return righted(key)


def _one(character: str) -> str:
    low = simplified(character).lower()
    return low if len(low) == 1 else character

"""One script and one width for everything that is compared."""

import re
import unicodedata
from functools import lru_cache

import opencc

_PUNCTUATION = re.compile(r"[\s\W_]+", re.UNICODE)


@lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """NFKC (full to half width) and traditional to simplified characters."""
    text = unicodedata.normalize("NFKC", text)
    return text if text.isascii() else str(_simplifier().convert(text))


def bare(text: str) -> str:
    """Without spaces and punctuation; what stands in brackets stays."""
    return _PUNCTUATION.sub("", text)

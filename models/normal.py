"""Normal forms by which records are compared (domain.md E.8)."""

import re
import unicodedata
from functools import lru_cache

import opencc

_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^(0(?:10|2\d|[3-9]\d{2}))-?(\d{7,8})(?:(?:转|ext\.?|#|-|x)(\d{1,6}))?$", re.I)
_SERVICE = re.compile(r"^(?:400|800)\d{7}$|^95\d{3,6}$")
_LEGAL = re.compile(r"(有限责任公司|股份有限公司|集团有限公司|有限公司|集团|公司|CO\.?,?LTD\.?|INC\.?|LTD\.?)$", re.I)
_PUNCTUATION = re.compile(r"[\s\W_]+", re.UNICODE)


@lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """NFKC (full to half width) and traditional to simplified characters."""
    text = unicodedata.normalize("NFKC", text)
    return text if text.isascii() else str(_simplifier().convert(text))


def normal_phone(text: str) -> str | None:
    """Mobile as 11 digits, landline as area code-number (extension after #), service number as digits; else None."""
    raw = unicodedata.normalize("NFKC", text)
    raw = re.sub(r"[\s().]", "", raw)
    raw, from_abroad = re.subn(r"^(?:\+|00)86-?|^86-?(?=1[3-9]\d{9}$)", "", raw)
    digits = raw.replace("-", "")
    if _MOBILE.match(digits) or _SERVICE.match(digits):
        return digits
    if re.fullmatch(r"(?:\+|00)[1-9]\d{6,14}", digits):
        return "+" + digits.removeprefix("00").removeprefix("+")
    if from_abroad and not digits.startswith("0"):
        raw, digits = f"0{raw}", f"0{digits}"  # abroad the area code goes without its zero
    match = _LANDLINE.match(raw) or _LANDLINE.match(digits)
    if match is None:
        return None
    area, number, extension = match.groups()
    return f"{area}-{number}" + (f"#{extension}" if extension else "")


def company_key(name: str) -> str:
    """What two spellings of one company's full name share: case, width, script, punctuation and brackets aside."""
    return _PUNCTUATION.sub("", simplified(name).upper())


def company_core(name: str) -> str:
    """The name without its legal suffix, for the weaker comparison."""
    key = company_key(name)
    core = _LEGAL.sub("", key)
    return core or key

"""Unified social credit codes of companies (GB 32100-2015; domain.md E.8)."""

import re
import unicodedata
from typing import Literal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CODE = re.compile(rf"[{ALPHABET}]{{2}}\d{{6}}[{ALPHABET}]{{10}}")
_LEGACY = re.compile(r"\d{15}")
Verdict = Literal["right", "unchecked", "legacy"]


def normal_uscc(text: str) -> str | None:
    """18 characters in upper case, or the 15 digits of old; None for what has another form."""
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    return code if _CODE.fullmatch(code) or _LEGACY.fullmatch(code) else None


def check_digit(first: str) -> str:
    """The last character of a code whose first 17 these are."""
    total = sum(ALPHABET.index(one) * weight for one, weight in zip(first, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def verdict(code: str) -> Verdict:
    """Of a normal code. `unchecked` is one whose last character does not fit: told, never refused, as codes in use
    are known to fail."""
    if len(code) == 15:
        return "legacy"
    return "right" if check_digit(code[:17]) == code[17] else "unchecked"

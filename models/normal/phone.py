"""Phones: one form that is stored and compared, and what can be read from it (domain.md E.8)."""

import re
import unicodedata

_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^(0(?:10|2\d|[3-9]\d{2}))-?(\d{7,8})(?:(?:转|ext\.?|#|-|x)(\d{1,6}))?$", re.I)
_SERVICE = re.compile(r"^(?:400|800)\d{7}$|^95\d{3,6}$")
_TRANSFER = re.compile(r"^(?:95|400|170|171)")


def normal_phone(text: str) -> str | None:
    """Mobile as 11 digits, landline as area code-number (extension after #), service number as digits, of another
    country + and digits; else None."""
    raw = unicodedata.normalize("NFKC", text)
    raw = re.sub(r"[\s().]", "", raw)
    raw, from_abroad = re.subn(r"^(?:\+|00)86-?|^86-?(?=1[3-9](?:-?\d){9}$)", "", raw)
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


def is_transfer_number(phone: str) -> bool:
    """A virtual or transfer number (95, 400, 170, 171): who is behind it may change, so it proves no identity."""
    return _TRANSFER.match(phone) is not None


def e164(phone: str) -> str | None:
    """Of a normal phone, without its extension; None for service numbers, which cannot be dialled from abroad."""
    if phone.startswith("+"):
        return phone
    if _SERVICE.match(phone):
        return None
    return "+86" + phone.partition("#")[0].replace("-", "").removeprefix("0")

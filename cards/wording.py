"""What templates are put together with: rows of fields, lines without gaps, words of keys."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cards import labels

_DIGITS = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(?:\d[- ]?){6,}\d(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CODE = re.compile(r"[A-Z]{1,2}\d{8}-\d{4,}|[A-Z]\d{6,}")


def join(*parts: object, by: str = " · ") -> str:
    """The parts that say something, with `by` between."""
    return by.join(str(part) for part in parts if part not in (None, ""))


def fields(*pairs: Sequence[Any]) -> list[dict[str, str]]:
    """Rows of name and value; a pair without a value is left out, a list of pairs is opened."""
    flat = [pair for given in pairs for pair in ([given] if given and isinstance(given[0], str) else given)]
    return [{"name": str(key), "value": labels.name(value)} for key, value in flat if labels.name(value)]


def lines(*parts: object) -> list[str]:
    """All parts in order, lists opened, empty ones left out."""
    found: list[str] = []
    for part in parts:
        if isinstance(part, str):
            found += [part] if part else []
        elif isinstance(part, Sequence):
            found += lines(*part)
    return found


def group_safe(value: object) -> str:
    """For a group: phone numbers and mail addresses that stand in a name are masked, codes are not."""
    text = labels.name(value)
    codes = {found.span() for found in _CODE.finditer(text)}

    def hide(found: re.Match[str]) -> str:
        if any(start <= found.start() and found.end() <= end for start, end in codes):
            return found[0]
        digits = re.sub(r"\D", "", found[0])
        return f"{digits[:3]}****{digits[-2:]}"

    return _MAIL.sub("***", _DIGITS.sub(hide, text))


def options(rows: Sequence[Any], chosen: int | None = None) -> list[dict[str, Any]]:
    """A select's options, from texts or records; the id is the record's code, else its name."""
    made = [
        (labels.name(row), str(row.get("code") or row.get("name")) if isinstance(row, Mapping) else str(row))
        for row in rows
    ]
    return [{"id": ident, "text": text, "chosen": number == chosen} for number, (text, ident) in enumerate(made)]


def rest(rows: Sequence[object], total: int | None = None, more: object = None, *, shown: int = 10) -> str:
    """「还有 n 条」 after the first `shown` of `rows`; `more` says that there are some, their number unknown."""
    left = max(total or 0, len(rows)) - min(len(rows), shown)
    if left > 0:
        return f"还有 {left} 条"
    return "后面还有更多" if more else ""


def bulleted(texts: Sequence[str]) -> list[str]:
    return [f"· {text}" for text in texts]


def pairs(rows: Sequence[Sequence[Any]]) -> str:
    """Names and values in one text."""
    return "；".join(f"{name}：{labels.name(value)}" for name, value in rows if labels.name(value))


def money_rows(rows: Sequence[Sequence[Any]]) -> list[tuple[str, str]]:
    return [(str(name), labels.money(amount)) for name, amount in rows]


def figures(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Numbers of a question by their names; counts are plain, amounts are yuan."""
    return [
        (str(row["name"]), labels.money(row["value"]) if row["unit"] == "yuan" else labels.quantity(row["value"]))
        for row in rows
    ]


def duties(keys: Sequence[str]) -> str:
    return "、".join(labels.status(key, "duty") for key in keys)


def pick(key: object, words: Mapping[str, str], otherwise: str = "") -> str:
    """The word of a key, for a template."""
    return words.get(str(key), otherwise)

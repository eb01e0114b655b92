"""Error codes to errors: `errors.toml` read once, and nothing secret in what comes out."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from bot.channels.base import PlatformError, Remedy
from bot.inbound import Platform

UNKNOWN_CODE = "other"

_IP = re.compile(r"from ip:?\s*([0-9a-fA-F:.]{3,45})|(?<![\w.])((?:\d{1,3}\.){3}\d{1,3})(?![\w.])")
_HINT = re.compile(r"hint:\s*\[([\w ]{1,80})\]")
_SAFE_CODE = re.compile(r"-?[\w.]{1,80}")
_SAFE_SCOPE = re.compile(r"[\w.\-]{1,60}")


@dataclass(frozen=True)
class Rule:
    """One row of the table; `wait` in seconds, `setting` what an administrator must look at.

    `variants` narrow text and setting by a word of the platform's message.
    """

    remedy: Remedy
    text: str
    wait: float = 0
    setting: str = ""
    variants: tuple[tuple[str, str, str], ...] = ()

    def narrowed(self, message: str) -> tuple[str, str]:
        """Text and setting for this message."""
        fitting = [(text, setting) for word, text, setting in self.variants if word in message]
        return fitting[0] if fitting else (self.text, self.setting)


class ErrorTable:
    """The rows of one platform with those of the transport; an exact code wins over the longest prefix."""

    def __init__(self, platform: Platform, rows: Mapping[str, Any]) -> None:
        self._exact: dict[str, Rule] = {}
        self._prefix: dict[str, Rule] = {}
        self._unknown = _rule(rows["defaults"]["unknown"])
        for row in (*rows["transport"], *rows[platform]):
            for code in row["codes"]:
                kind, name = (self._prefix, code[:-1]) if code.endswith("*") else (self._exact, code)
                kind[name] = _rule(row)

    def find(self, code: str) -> Rule | None:
        """None for a code that no row names."""
        if code in self._exact:
            return self._exact[code]
        fitting = [prefix for prefix in self._prefix if code.startswith(prefix)]
        return self._prefix[max(fitting, key=len)] if fitting else None

    def rows(self) -> Iterator[tuple[str, Rule]]:
        """Every code, prefixes with their star."""
        yield from self._exact.items()
        yield from ((f"{prefix}*", rule) for prefix, rule in self._prefix.items())

    def error(self, code: str, message: str = "", *, uncertain: bool = False, detail: str = "") -> PlatformError:
        """The error for a code; of `message` only the caller's IP and the platform's hint number are kept.

        `detail` is added as it is: it must be safe to show.
        """
        rule = self.find(code) or self._unknown
        shown = code if _SAFE_CODE.fullmatch(code) else "unreadable"
        text, setting = rule.narrowed(message)
        text = text.replace("{ip}", found_ip(message) or "（未给出）")
        said = "".join((text, f"：{detail}" if detail else "", _hint(message)))
        return PlatformError(shown, rule.remedy, said, wait=rule.wait, setting=setting, uncertain=uncertain)

    def label(self, code: str) -> str:
        """The code for a metric: only those of the table, so that the set stays small."""
        return code if code in self._exact or self.find(code) else UNKNOWN_CODE


def found_ip(message: str) -> str:
    """The address in `from ip: 1.2.3.4` or in any other wording, "" where there is none."""
    found = _IP.search(message)
    return (found.group(1) or found.group(2)).rstrip(".:") if found else ""


def named_scopes(answer: Mapping[str, Any]) -> str:
    """The permissions that DingTalk says are missing, for the administrator."""
    detail = answer.get("accessdenieddetail")
    scopes = detail.get("requiredScopes") if isinstance(detail, dict) else None
    named = scopes if isinstance(scopes, list) else []
    return "、".join([name for name in named if isinstance(name, str) and _SAFE_SCOPE.fullmatch(name)][:10])


def _hint(message: str) -> str:
    found = _HINT.search(message)
    return f" (hint {found.group(1)})" if found else ""


def _rule(row: Mapping[str, Any]) -> Rule:
    variants = tuple((given["word"], given["text"], given["setting"]) for given in row.get("variants", ()))
    return Rule(
        cast(Remedy, row["remedy"]), row["text"], float(row.get("wait", 0)), row.get("setting", ""), variants=variants
    )


with (Path(__file__).parent / "errors.toml").open("rb") as _file:
    _ROWS = tomllib.load(_file)

TABLES: Mapping[Platform, ErrorTable] = {"wecom": ErrorTable("wecom", _ROWS), "dingtalk": ErrorTable("dingtalk", _ROWS)}

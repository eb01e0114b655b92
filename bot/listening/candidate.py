"""One pattern that fits a sentence, and what it would mean."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.listening.numbers import Doubt
from handlers.command import Command


@dataclass(frozen=True)
class Candidate:
    command: Command
    args: dict[str, Any]
    missing: tuple[str, ...]
    question: str | None
    score: tuple[int, int, int, int, int]


@dataclass
class Fill:
    """Arguments under way while one pattern is tried."""

    args: dict[str, Any] = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    leftover: str = ""
    rest_found: bool = True
    caught: str = ""  # the free text that took what nothing else claimed
    along: bool = False  # further arguments are read from a free text


def distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """One candidate a command: patterns of the same command never compete."""
    found: dict[str, Candidate] = {}
    for candidate in candidates:
        found.setdefault(candidate.command.name, candidate)
    return list(found.values())

"""What a sentence was understood to mean."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reading:
    """One of several equally good meanings; offered as a numbered choice."""

    command: str
    title: str
    args: dict[str, Any]
    missing: tuple[str, ...] = ()
    question: str | None = None


@dataclass(frozen=True)
class Understanding:
    """`command` None means that nothing was said to the desk; `args` are JSON values, only what was said.

    `missing` are required arguments in the order of asking and `question` asks for the first. With nothing missing a
    `question` asks for a choice between `readings` or, when there are none, for a yes, since a part was not understood.
    """

    command: str | None = None
    args: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    question: str | None = None
    readings: tuple[Reading, ...] = ()


NOTHING = Understanding()

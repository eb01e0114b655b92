"""What a command answers with: a template, its facts, and buttons that are commands with arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Facts = Mapping[str, Any]  # JSON values only: a reply is stored in the inbox row
Style = Literal["plain", "primary", "danger"]


@dataclass(frozen=True)
class Button:
    """A command already understood; `args` may lack what the bot then asks for (the reason of a rejection)."""

    text: str
    command: str
    args: Facts = field(default_factory=dict)
    style: Style = "plain"


@dataclass(frozen=True)
class Subject:
    """What a card is about; a tap on a card whose subject has moved on refreshes it instead of acting."""

    noun: str
    ident: int
    version: int


@dataclass(frozen=True)
class Reply:
    """The neutral answer: `cards/templates/<template>.j2` rendered with `facts`; `result` is what the API returns."""

    template: str
    facts: Facts = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    subject: Subject | None = None
    result: Facts | None = None

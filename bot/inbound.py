"""What can come in through a chat door, the same for every platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Platform = Literal["wecom", "dingtalk"]
SaidKind = Literal["text", "voice", "image", "video", "location", "link", "file"]


@dataclass(frozen=True)
class Said:
    """A message. `text` is empty for kinds without words; voice carries the platform's recognised text.

    `event_id` is what a repeated delivery shares. `chat` names a group, "" is the private chat.
    `session` is DingTalk's sessionWebhook (already checked to be on the configured host) or "". `heard_at`: when it was
    said, of a message that is run later than that.
    """

    platform: Platform
    account: str
    event_id: str
    text: str
    kind: SaidKind = "text"
    chat: str = ""
    mentioned: bool = False
    session: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    heard_at: datetime | None = None


@dataclass(frozen=True)
class Tapped:
    """A tap or a submitted choice on a card of ours; `response_code` is WeCom's right to one update."""

    platform: Platform
    account: str
    event_id: str
    card: str
    key: str
    selected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    response_code: str = ""
    chat: str = ""


@dataclass(frozen=True)
class Joined:
    """A person entered, left, or opened the app for the first time."""

    platform: Platform
    account: str
    event_id: str
    how: Literal["subscribe", "unsubscribe", "enter"]


@dataclass(frozen=True)
class Ignored:
    """Acknowledged and counted, nothing else; `reason` is a short stable key for the metric."""

    platform: Platform
    event_id: str
    reason: str
    account: str = ""


Inbound = Said | Tapped | Joined | Ignored

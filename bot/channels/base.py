"""What a chat platform must offer; the post office and the doors know nothing else of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bot.inbound import Inbound
from cards.card import Card

Remedy = Literal["retry", "later", "refresh", "drop", "config", "bug", "fallback"]


@dataclass(frozen=True)
class Receipt:
    """What the platform gave back: its message id and, for WeCom's interactive cards, the right to one update."""

    message_id: str = ""
    response_code: str = ""
    form: Literal["card", "markdown", "text"] = "text"


@dataclass(frozen=True)
class Download:
    """What a message brought: its content and, where the platform tells it, its name."""

    data: bytes = field(repr=False)
    name: str = ""


class PlatformError(Exception):
    """A call that did not succeed. `remedy` comes from `errors.toml`; `setting` names what an admin must fix.

    `uncertain` is true when the platform may have acted all the same (timeout, 5xx, cut connection).
    Its text holds no secret, body or phone number.
    """

    def __init__(
        self, code: str, remedy: Remedy, detail: str, *, wait: float = 0, setting: str = "", uncertain: bool = False
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.remedy, self.detail = code, remedy, detail
        self.wait, self.setting, self.uncertain = wait, setting, uncertain


class DoorError(Exception):
    """A callback that is not genuine or not readable; answered with `status` and counted under `reason`."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True)
class DoorAnswer:
    """What the callback's response carries."""

    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"
    status: int = 200


class Door(Protocol):
    """One callback URL: raw bytes to an inbound event, and the answer back. Raises `DoorError`."""

    def open(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Inbound: ...

    def answer(self, inbound: Inbound, card: Card | None) -> DoorAnswer:
        """The response that carries `card` as text where this door can, or silence for None."""
        ...


class Channel(Protocol):
    """Sending to people of one platform. Each call may raise `PlatformError`."""

    name: str

    def send(self, account: str, card: Card, *, card_key: str, idempotency_key: str) -> Receipt:
        """Sends to one person, in the best form that the card needs: with buttons a card, else markdown or text.

        `card_key` is our ledger's key of the card (WeCom's task_id, DingTalk's outTrackId).
        """
        ...

    def send_text(self, account: str, card: Card, *, idempotency_key: str) -> Receipt:
        """The same as plain text with what may be typed instead of tapped: the fallback."""
        ...

    def update(self, account: str, card: Card, *, card_key: str, response_code: str) -> None:
        """Changes a card that was sent (WeCom spends `response_code`, DingTalk needs `card_key` alone)."""
        ...

    def recall(self, message_id: str) -> None: ...

    def reply(self, session: str, card: Card, *, idempotency_key: str) -> Receipt:
        """Answers into the chat behind `session` (DingTalk groups)."""
        ...

    def download(self, media: str, *, most: int) -> Download:
        """The content of a message by its media id or download code; `too_large` where it has more bytes than that."""
        ...

    def probe(self) -> str:
        """A harmless call that proves the credentials; returns a line for `haitun doctor`."""
        ...

"""People holding phones: what they type and tap reaches the bot, what it sends reaches them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from .callbacks import Reply
from .config import Group
from .records import Button, Message
from .state import State

Selected = dict[str, list[str]]


class CannotTap(Exception):
    """No such button, or the platform would not let a finger touch it."""


@dataclass
class Answer:
    """All that came of one message or tap.

    `passive` is the human text of what rode on the callback's response; `messages` is what the chat
    showed after it. `status` is 0 where the bot gave no answer in time.
    """

    status: int
    passive: str = ""
    raw: str = ""
    tries: int = 1
    millis: int = 0
    fault: str = ""
    messages: list[Message] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(dict.fromkeys(filter(None, [self.passive, *(m.text for m in self.messages)])))

    @classmethod
    def of(cls, reply: Reply, passive: str, fault: str) -> Answer:
        return cls(reply.status, passive, reply.text, reply.tries, reply.millis, fault or reply.why)


class Reading:
    """Reading a phone is the same on both platforms."""

    state: State
    account: str
    platform: str

    @property
    def inbox(self) -> list[Message]:
        """What reached this person's chat with the app, oldest first."""
        with self.state.lock:
            return [m for m in self.state.messages if self._is_mine(m) and m.sender != self.account]

    def sees(self, pattern: str, *, timeout: float = 15.0, since: int = 0) -> Message | None:
        """The newest message (not recalled) that shows `pattern`, waited for."""
        return self._newest(pattern, timeout, since, with_buttons=False)

    def card(self, pattern: str, *, timeout: float = 15.0, since: int = 0) -> Message:
        """The newest card with live buttons that shows `pattern`, waited for."""
        found = self._newest(pattern, timeout, since, with_buttons=True)
        if found is None:
            raise AssertionError(f"no card with {pattern!r} reached {self.account}")
        return found

    def _newest(self, pattern: str, timeout: float, since: int, *, with_buttons: bool) -> Message | None:
        end = time.monotonic() + timeout
        with self.state.lock:
            while True:
                for message in reversed(self.inbox):
                    is_live = not with_buttons or any(not button.dead for button in message.buttons)
                    is_new = message.number > since and not message.recalled
                    if is_new and is_live and re.search(pattern, message.text):
                        return message
                left = end - time.monotonic()
                if left <= 0:
                    return None
                self.state.lock.wait(left)

    def _is_mine(self, message: Message) -> bool:
        return message.platform == self.platform and not message.group and message.chat == self.account

    def _collect(self, answer: Answer, began: int, until: str | None, wait: float, group: Group | None) -> Answer:
        """With `until`: waits for the answer that shows it. A notice may arrive before the answer."""
        end = time.monotonic() + (wait if until else 0.0)
        with self.state.lock:
            while True:
                answer.messages = [
                    m for m in self.state.messages
                    if m.number > began and m.sender != self.account
                    and (m.group and m.chat == group.key if group else self._is_mine(m))
                ]  # fmt: skip
                left = end - time.monotonic()
                if left <= 0 or (until and re.search(until, answer.text)):
                    return answer
                self.state.lock.wait(left)


def live_button(card: Message, wanted: str) -> Button:
    """The button, if a finger can press it."""
    button = card.button(wanted)
    if button is None or button.dead or card.recalled:
        raise CannotTap(f"no live button {wanted!r} on {card.text!r}")
    return button


def dtmd_text(url: str) -> str:
    """What a DingTalk dtmd link makes its reader say; empty for other links."""
    split = urlsplit(url)
    if split.scheme != "dtmd" or "sendMessage" not in split.path:
        return ""
    return (parse_qs(split.query).get("content") or [""])[0]

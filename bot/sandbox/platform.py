"""The control API of tests: phones, calls, counters and faults in one object."""

from __future__ import annotations

import time
from collections.abc import Callable

from .callbacks import Courier
from .config import Kind, Persona, SandboxConfig
from .dingtalk_callbacks import DingTalkCallbacks
from .dingtalk_phone import DingTalkPhone
from .records import Call
from .state import State
from .wecom_callbacks import WeComCallbacks
from .wecom_phone import WeComPhone


class Platform(State):
    """Both platforms. What happened is in `calls`, `refusals`, `violations`, `absorbed` and `dropped`."""

    def __init__(self, config: SandboxConfig) -> None:
        super().__init__(config)
        courier = Courier(self)
        self.wecom = WeComCallbacks(self, courier)
        self.dingtalk = DingTalkCallbacks(self, courier)

    def phone(self, kind: Kind, who: str) -> WeComPhone | DingTalkPhone:
        """By account or by name; KeyError for a person without an account there."""
        for persona in self.people:
            account = persona.account(kind)
            if account is not None and who in (account, persona.name):
                if kind == "wecom":
                    return WeComPhone(self, self.wecom, persona, account)
                return DingTalkPhone(self, self.dingtalk, persona, account)
        raise KeyError(f"nobody called {who!r} on {kind}")

    def add_person(self, persona: Persona) -> None:
        """Someone more on the platforms, such as a stranger to the bot."""
        with self.lock:
            self.people.append(persona)

    def mark(self) -> int:
        """A point in time: later messages and calls have greater numbers."""
        return next(self.numbers)

    def since(self, mark: int = 0, path: str = "") -> list[Call]:
        """Accepted calls after a mark; a path ending in / is a prefix."""
        with self.lock:
            return [
                call
                for call in self.calls
                if call.number > mark
                and (not path or call.path == path or (path.endswith("/") and call.path.startswith(path)))
            ]

    def wait(self, test: Callable[[Call], bool], *, mark: int = 0, timeout: float = 15.0) -> Call | None:
        """The first accepted call after `mark` that passes, waited for."""
        end = time.monotonic() + timeout
        with self.lock:
            while True:
                found = next((call for call in self.since(mark) if test(call)), None)
                left = end - time.monotonic()
                if found is not None or left <= 0:
                    return found
                self.lock.wait(left)

    def close(self) -> None:
        """Ends the page's streams; for servers that stop without a signal."""
        self.feed.close()

"""What can be made to go wrong: calls to the platform, and callbacks to the bot."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from .fields import Fields


@dataclass
class Fault:
    """The next `times` calls to `path` (a trailing * is a prefix) go wrong.

    `delay` comes first; then `body` or a `status` other than 200 is the answer, else the call goes on.
    With `after` the call takes effect first: its answer is late, or lost.
    """

    path: str
    times: int = 1
    status: int = 200
    body: Fields | None = None
    delay: float = 0.0
    after: bool = False
    label: str = ""  # what the page calls it

    def fits(self, path: str) -> bool:
        return path.startswith(self.path[:-1]) if self.path.endswith("*") else path == self.path

    @property
    def answers(self) -> bool:
        return self.body is not None or self.status != 200


@dataclass
class CallbackFaults:
    """Counters for the next callbacks to the bot; each counts down as it strikes."""

    drop: int = 0
    repeat: int = 0
    delay: float = 0.0


@dataclass
class Faults:
    """Buttons on the page, methods for tests."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    calls: list[Fault] = field(default_factory=list)
    callback: CallbackFaults = field(default_factory=CallbackFaults)

    def add(self, fault: Fault) -> None:
        with self.lock:
            self.calls.append(fault)

    def answer(self, path: str, *, status: int = 200, body: Fields | None = None, times: int = 1) -> None:
        self.add(Fault(path, times, status, body))

    def hang(self, path: str, seconds: float, *, times: int = 1, after: bool = False) -> None:
        self.add(Fault(path, times, delay=seconds, after=after))

    def lose_answer(self, path: str, *, status: int = 502, times: int = 1) -> None:
        """The call takes effect, and the bot is told that it did not."""
        self.add(Fault(path, times, status, {}, after=True))

    def drop_callback(self, times: int = 1) -> None:
        self.callback.drop += times

    def repeat_callback(self, times: int = 2) -> None:
        """The next callback arrives `times` more times, encrypted anew each time."""
        self.callback.repeat = times

    def delay_callback(self, seconds: float) -> None:
        self.callback.delay = seconds

    def clear(self) -> None:
        with self.lock:
            self.calls.clear()
            self.callback = CallbackFaults()

    def strike(self, path: str) -> Fault | None:
        """The fault that hits this call, counted."""
        with self.lock:
            for fault in self.calls:
                if fault.times > 0 and fault.fits(path):
                    fault.times -= 1
                    self.calls = [each for each in self.calls if each.times > 0]
                    return fault
        return None

    def strike_callback(self) -> CallbackFaults:
        """What happens to the next callback; a drop leaves delay and repeat for the one after."""
        with self.lock:
            now = self.callback
            if now.drop > 0:
                self.callback = CallbackFaults(now.drop - 1, now.repeat, now.delay)
                return CallbackFaults(drop=1)
            self.callback = CallbackFaults()
            return now

    def pending(self) -> list[str]:
        """One Chinese line for each fault that waits."""
        with self.lock:
            found = [f"{fault.label or fault.path} × {fault.times}" for fault in self.calls]
            if self.callback.drop:
                found.append(f"丢失回调 × {self.callback.drop}")
            if self.callback.repeat:
                found.append(f"重复投递 × {self.callback.repeat}")
            if self.callback.delay:
                found.append(f"推迟回调 {self.callback.delay:g} 秒")
            return found

"""Wakes the post office after a commit. The rows are the truth: a lost nudge costs a second, never a message."""

import threading
from collections.abc import Callable

SPACING = 0.05


class Nudge:
    """Any number of wakes within a few milliseconds become one message on the queue, sent by a thread of its own."""

    def __init__(self, send: Callable[[], None]) -> None:
        self._send, self._wanted, self._stop = send, threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Returns at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="nudge", daemon=True)
            self._thread.start()
        self._wanted.set()

    def stop(self) -> None:
        """Sends what is still wanted, then ends."""
        self._stop.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(2)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wanted.wait()
            self._wanted.clear()
            self._send()
            self._stop.wait(SPACING)

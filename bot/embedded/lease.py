"""A user's side of the embedded stores."""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from bot.embedded.office import Office
from bot.embedded.processes import StoreError, is_listening, locked, wait_until

START_SECONDS = 90
STOP_SECONDS = 20
ATTEMPTS = 3


class Addresses(Protocol):
    """The part of the settings that matters here."""

    @property
    def home(self) -> Path: ...
    @property
    def database_url(self) -> str: ...
    @property
    def redis_url(self) -> str: ...


class Lease:
    """Holds the stores of a HOME open from its making to its `release`. Raises StoreError."""

    def __init__(self, home: Path, names: frozenset[str]) -> None:
        self.office, self.names = Office(home), names
        try:
            self.office.room.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"HAITUN_HOME cannot be used: {error.strerror}: {home}") from error
        with locked(self.office.door_lock):
            self._held: IO[str] = self.office.users_lock.open("a")
            fcntl.flock(self._held, fcntl.LOCK_SH)
            self._wish = self.office.want(names)
            self._find_keeper()
        self._wait()

    def urls(self) -> dict[str, str]:
        return self.office.urls()

    def mend(self) -> None:
        """Puts another keeper in place of one that was killed; for who uses the stores for long."""
        if not self.office.has_keeper():
            with locked(self.office.door_lock):
                self._wish = self.office.want(self.names)
                self._find_keeper()

    def release(self, *, linger: bool) -> None:
        """Without `linger` the stores are gone on return, unless somebody else uses them."""
        if linger:
            self._held.close()
            return
        self.office.hurry()
        self._held.close()
        if not self.office.is_used():
            wait_until(lambda: not self.office.has_keeper() or self.office.is_used(), STOP_SECONDS)

    def _find_keeper(self) -> None:
        if self.office.has_keeper():
            return
        self.office.forget()
        with self.office.log.open("wb") as log:
            keeper = subprocess.Popen(
                [sys.executable, "-P", "-m", "bot.embedded.keeper", str(self.office.home)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        wait_until(lambda: self.office.has_keeper() or keeper.poll() is not None, START_SECONDS)

    def _wait(self) -> None:
        attempts = 0

        def is_settled() -> bool:
            nonlocal attempts
            if self.office.problem() or attempts > ATTEMPTS:
                return True
            if not self.office.has_keeper():
                # It was being killed when this lease found it there.
                attempts += 1
                self.mend()
                return False
            return self._answer()

        if wait_until(is_settled, START_SECONDS) and self._answer():
            return
        self._held.close()
        raise StoreError(self.office.problem() or f"The embedded stores do not start, see {self.office.log}")

    def _answer(self) -> bool:
        """Whether the keeper has seen this lease's wish: what a killed one left says nothing of its servers."""
        if self.office.seen_wish() < self._wish:
            return False
        urls = self.office.urls()
        return self.names <= urls.keys() and all(is_listening(urls[name]) for name in self.names)


@dataclass(frozen=True)
class Stores:
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    lease: Lease | None

    def mend(self) -> None:
        if self.lease is not None:
            self.lease.mend()


@contextmanager
def stores(settings: Addresses, *, linger: bool = True) -> Iterator[Stores]:
    """The addresses of the settings, the embedded stores standing in for those that are empty.

    `linger`: the embedded ones outlive this user by a moment, for the next command. Raises StoreError.
    """
    given = {"postgresql": settings.database_url, "valkey": settings.redis_url}
    missing = frozenset(name for name, url in given.items() if not url)
    if not missing:
        yield Stores(settings.database_url, settings.redis_url, None)
        return
    lease = Lease(settings.home, missing)
    try:
        urls = given | {name: url for name, url in lease.urls().items() if name in missing}
        yield Stores(urls["postgresql"], urls["valkey"], lease)
    finally:
        lease.release(linger=linger)

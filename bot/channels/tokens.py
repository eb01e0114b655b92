"""Access tokens: one per app for all processes, fetched by one of them, refreshed once when the platform says so."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot.channels.base import PlatformError

EARLY_SECONDS = 300
CACHE_SECONDS = 60.0

Fetch = Callable[[], tuple[str, int]]
Result = TypeVar("Result")


class TokenStore(Protocol):
    """Where tokens live between processes (PostgreSQL, sealed)."""

    def get(self, app: str) -> tuple[str, int] | None:
        """Token and version; None when there is none or it expires within `EARLY_SECONDS`."""
        ...

    def refresh(self, app: str, stale_version: int, fetch: Fetch) -> str:
        """Under the app's lock: the stored token where `get` would give one newer than `stale_version`.

        Else `fetch` (token, seconds that it lives), stored under the next version: whoever comes second gets what the
        first fetched. What `fetch` raises passes through and changes nothing.
        """
        ...


@dataclass(frozen=True)
class _Cached:
    token: str
    version: int
    until: float


class Tokens:
    """One app's token in this process: a minute of cache before the store, so an early invalidation is seen soon."""

    def __init__(
        self, store: TokenStore, app: str, fetch: Fetch, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._app, self._fetch, self._clock = store, app, fetch, clock
        self._lock = threading.Lock()
        self._cached: _Cached | None = None

    def with_token(self, call: Callable[[str], Result]) -> Result:
        """Calls with the token; on an error whose remedy is `refresh`, once more with a new one. Never more."""
        token, version = self.current()
        try:
            return call(token)
        except PlatformError as error:
            if error.remedy != "refresh":
                raise
        return call(self._newer_than(version))

    def current(self) -> tuple[str, int]:
        """The token and its version, from the cache, the store or the platform."""
        cached = self._cached
        if cached is not None and cached.until > self._clock():
            return cached.token, cached.version
        with self._lock:
            held = self._store.get(self._app)
            if held is None:
                stale = 0 if cached is None else cached.version
                held = self._refresh(stale)
            return self._keep(*held)

    def _newer_than(self, version: int) -> str:
        with self._lock:
            if self._cached is not None and self._cached.version > version:
                return self._cached.token
            return self._keep(*self._refresh(version))[0]

    def _refresh(self, stale_version: int) -> tuple[str, int]:
        token = self._store.refresh(self._app, stale_version, self._fetch)
        held = self._store.get(self._app)
        return held if held is not None and held[0] == token else (token, stale_version + 1)

    def _keep(self, token: str, version: int) -> tuple[str, int]:
        self._cached = _Cached(token, version, self._clock() + CACHE_SECONDS)
        return token, version

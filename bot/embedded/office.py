"""What the keeper and the holders of leases tell each other: files and locks in HOME/stores."""

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from bot.embedded.processes import is_locked, try_lock

STORES = ("postgresql", "valkey")


class Office:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.room = home / "stores"
        self.users_lock = self.room / "users.lock"
        self.door_lock = self.room / "start.lock"
        self.keeper_lock = self.room / "keeper.lock"
        self.log = self.room / "keeper.log"
        self._notice = self.room / "stores.json"
        self._hurry = self.room / "hurry"
        self._door: IO[str] | None = None

    # What the users say

    def want(self, names: frozenset[str]) -> int:
        """Under the door's lock. The instant of this wish: a keeper that lives says when it has seen it."""
        self._hurry.unlink(missing_ok=True)
        for name in names:
            (self.room / f"want.{name}").touch()
        return self.newest_wish()

    def newest_wish(self) -> int:
        """In nanoseconds; 0 where there is none."""
        return max(((self.room / f"want.{name}").stat().st_mtime_ns for name in self.wanted()), default=0)

    def hurry(self) -> None:
        """The last user expects the stores to be gone at once."""
        self._hurry.touch()

    def wanted(self) -> list[str]:
        return [name for name in STORES if (self.room / f"want.{name}").exists()]

    def is_hurried(self) -> bool:
        return self._hurry.exists()

    def has_keeper(self) -> bool:
        return is_locked(self.keeper_lock)

    def is_used(self) -> bool:
        with self.users_lock.open("a") as file:
            return not try_lock(file)

    # What the keeper says

    def publish(self, urls: Mapping[str, str], wish: int) -> None:
        """The servers run, as of after this wish."""
        self._write({"urls": dict(urls), "wish": wish})

    def publish_problem(self, problem: str) -> None:
        self._write({"problem": problem})

    def urls(self) -> dict[str, str]:
        return dict(self._read().get("urls", {}))

    def seen_wish(self) -> int:
        return int(self._read().get("wish", 0))

    def problem(self) -> str:
        return str(self._read().get("problem", ""))

    def forget(self) -> None:
        self._notice.unlink(missing_ok=True)

    def forget_wishes(self) -> None:
        for name in STORES:
            (self.room / f"want.{name}").unlink(missing_ok=True)

    def close_door(self) -> bool:
        """Whether nobody is there or just coming in; then nobody comes in until this process has ended."""
        door = self.door_lock.open("a")
        if not try_lock(door):
            door.close()
            return False
        if self.is_used():
            fcntl.flock(door, fcntl.LOCK_UN)
            door.close()
            return False
        self._door = door
        self.forget_wishes()
        return True

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._notice.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, content: Mapping[str, object]) -> None:
        written = self._notice.with_suffix(".new")
        written.touch(mode=0o600)
        written.write_text(json.dumps(content), encoding="utf-8")
        written.rename(self._notice)

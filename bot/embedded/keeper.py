"""Holds the embedded stores of one HOME while anybody has a lease on them: `python -m bot.embedded.keeper HOME`."""

import signal
import sys
import time
from pathlib import Path
from types import FrameType

from bot.embedded.office import Office
from bot.embedded.postgresql import PostgreSQL
from bot.embedded.processes import StoreError, try_lock, wait_until
from bot.embedded.valkey import Valkey

ROUND_SECONDS = 0.1
# How long the stores outlive their last user: one command after the other need not start them anew.
GRACE_SECONDS = 2.0

Server = PostgreSQL | Valkey


class Keeper:
    def __init__(self, office: Office) -> None:
        self.office = office
        self.servers: dict[str, Server] = {}
        self.is_told_to_stop = False
        self.idle_since: float | None = None
        self.seen_wish = 0

    def keep(self) -> None:
        """Until nobody is left. Raises StoreError where a store does not start."""
        try:
            while not self.is_told_to_stop:
                self._start_wanted()
                if self._is_done():
                    break
                time.sleep(ROUND_SECONDS)
        finally:
            self.office.forget()
            for server in self.servers.values():
                server.stop()

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_told_to_stop = True

    def _start_wanted(self) -> None:
        wish = self.office.newest_wish()
        for name in self.office.wanted():
            if name not in self.servers:
                self.servers[name] = Valkey(self.office.home) if name == "valkey" else PostgreSQL(self.office.home)
        down = [server for server in self.servers.values() if not server.is_running()]
        for server in down:
            server.start()
        for server in down:
            server.wait()
        if down or wish > self.seen_wish:
            self.office.publish({name: server.url for name, server in self.servers.items()}, wish)
            self.seen_wish = wish

    def _is_done(self) -> bool:
        """Holds the door when true: who comes now waits until this keeper is gone."""
        if self.office.is_used():
            self.idle_since = None
            return False
        now = time.monotonic()
        self.idle_since = self.idle_since or now
        if now - self.idle_since < GRACE_SECONDS and not self.office.is_hurried():
            return False
        return self.office.close_door()


def main() -> None:
    office = Office(Path(sys.argv[1]))
    with office.keeper_lock.open("a") as mine:
        # A client that only looks whether a keeper is there holds this lock for a moment.
        if not wait_until(lambda: try_lock(mine), 1):
            return
        keeper = Keeper(office)
        signal.signal(signal.SIGTERM, keeper.stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            keeper.keep()
        except StoreError as error:
            office.publish_problem(str(error))


if __name__ == "__main__":
    main()

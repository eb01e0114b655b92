"""PostgreSQL refuses to run as root: under which account it runs then, and how that account reaches its files."""

import os
import pwd
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from bot.embedded.processes import StoreError

# Exists everywhere; the data is then readable for it and root only.
UNPRIVILEGED = "nobody"


class Identity(TypedDict, total=False):
    """Arguments of subprocess.Popen."""

    user: int
    group: int
    extra_groups: Sequence[int]


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    def own(self, folder: Path) -> None:
        """Makes the folder, for this account alone."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != self.uid:
            os.chown(folder, self.uid, self.gid)

    def identity(self) -> Identity:
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def command(self, command: Sequence[str], reaching: Sequence[Path]) -> tuple[list[str], Identity]:
        """The command as this account runs it.

        A root-only folder on the way (a checkout below /root) is not opened to the whole machine: the process gets
        the one capability to pass it instead.
        """
        if os.geteuid() != 0 or all(_is_open(parent) for path in reaching for parent in path.parents):
            return list(command), self.identity()
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            closed = next(parent for path in reaching for parent in path.parents if not _is_open(parent))
            raise StoreError(
                f"PostgreSQL does not run as root, and {closed} is closed to others: choose another HAITUN_HOME,"
                " install setpriv (util-linux), or start Haitun as an ordinary user"
            )
        passing = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        who = [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        return [setpriv, *who, *passing, *command], {}


def find_account(data: Path) -> Account:
    """The present user; for root the owner of the data or, when there is none yet, an unprivileged account."""
    if os.geteuid() != 0:
        return Account(os.getuid(), os.getgid())
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise StoreError(
            f"PostgreSQL does not run as root, and there is no user {UNPRIVILEGED}: start Haitun as an ordinary user"
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def _is_open(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)

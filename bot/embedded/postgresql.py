"""The embedded PostgreSQL: reached through a unix socket that only its account and root can enter."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT
from urllib.parse import quote

from bot.embedded.account import Account, find_account
from bot.embedded.binaries import find_postgresql
from bot.embedded.processes import POSTGRES_SOCKET, StoreError, end_child, end_orphan, end_with_parent, wait_until

DATABASE = "haitun"
START_SECONDS = 60
STOP_SECONDS = 8
# macOS allows 103 bytes for the whole address of a socket, Linux 107.
SOCKET_BYTES = 103
# With the C locale only the letters of ASCII have a case.
LOCALES = ("C.UTF-8", "en_US.UTF-8", "zh_CN.UTF-8")
OPTIONS = {
    "listen_addresses": "",
    "port": "5432",
    # Taken only as far as it is used. A short log means checkpoints in the middle of a nightly sweep, after each of
    # which every page is written whole again.
    "shared_buffers": "128MB",
    "wal_buffers": "16MB",
    "max_connections": "60",
    "max_wal_size": "1GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}


class PostgreSQL:
    def __init__(self, home: Path) -> None:
        self.room = home / "postgres"
        self.data = self.room / "data"
        self.log = self.room / "log"
        self.account = find_account(self.data)
        self.sockets = self.room / "run"
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def start(self) -> None:
        """Returns before it is ready. Raises StoreError."""
        programs = find_postgresql()
        self._make_room()
        if not self.data.exists():
            self._initialise(programs)
        self.sockets = _short_folder(self.sockets, self.room, self.account)
        self._end_orphan()
        options = [f"-c{name}={value}" for name, value in OPTIONS.items()]
        command = [str(programs / "postgres"), f"-D{self.data}", f"-k{self.sockets}", *options]
        prepared, identity = self.account.command(command, [self.data, programs, self.sockets])
        if self.log.exists():
            self.log.replace(self.room / "log.previous")
        with self.log.open("wb") as log:
            self.child = subprocess.Popen(
                prepared,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                preexec_fn=lambda: end_with_parent(SIGINT),
                start_new_session=True,
                **identity,
            )

    def wait(self) -> None:
        """Until it accepts connections. Raises StoreError."""
        if not wait_until(lambda: self._status() == "ready" or not self.is_running(), START_SECONDS):
            raise StoreError(f"PostgreSQL is not ready after {START_SECONDS} s, see {self.log}")
        if not self.is_running():
            raise StoreError(f"PostgreSQL does not start: {_reason(self.log)}")

    def stop(self) -> None:
        if self.child is not None:
            end_child(self.child, (SIGINT, SIGQUIT, SIGKILL), STOP_SECONDS)
        if not self.sockets.is_relative_to(self.room):
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _make_room(self) -> None:
        self.room.mkdir(parents=True, exist_ok=True)
        for folder in (self.room.parent, self.room):
            # For an account other than ours: may pass, may not look.
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)

    def _initialise(self, programs: Path) -> None:
        """A cluster with our database appears whole or, after a crash in between, not at all."""
        made = self.room / "data.new"
        shutil.rmtree(made, ignore_errors=True)
        self.account.own(made)
        creation = ["--username=postgres", "--auth=trust", "--encoding=UTF8"]
        for locale in LOCALES:
            problem = self._run([str(programs / "initdb"), f"-D{made}", *creation, f"--locale={locale}"], made)
            if not problem:
                break
        else:
            raise StoreError(f"PostgreSQL cannot be set up: {problem}")
        statement = f"create database {DATABASE};".encode()
        problem = self._run([str(programs / "postgres"), "--single", f"-D{made}", "postgres"], made, statement)
        if problem:
            raise StoreError(f"PostgreSQL cannot be set up: {problem}")
        made.rename(self.data)

    def _run(self, command: Sequence[str], data: Path, given: bytes = b"") -> str:
        """Empty, or the last line of what went wrong."""
        prepared, identity = self.account.command(command, [data, Path(command[0])])
        done = subprocess.run(
            prepared, input=given, capture_output=True, check=False, cwd="/", env=_environment(), **identity
        )
        wrong = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        return (wrong[-1] if wrong else "it ended without a word") if done.returncode else ""

    def _lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def _status(self) -> str:
        lines = self._lines()
        mine = self.child is not None and lines[:1] == [str(self.child.pid)]
        return lines[7].strip() if mine and len(lines) > 7 else ""

    def _end_orphan(self) -> None:
        lines = self._lines()
        if lines and lines[0].isdigit():
            end_orphan(int(lines[0]), self.data, (SIGINT, SIGQUIT, SIGKILL), STOP_SECONDS)
        # Whoever has the number in these files now is not PostgreSQL, though PostgreSQL would believe it.
        for left in (
            self.data / "postmaster.pid",
            self.sockets / f"{POSTGRES_SOCKET}.lock",
            self.sockets / POSTGRES_SOCKET,
        ):
            left.unlink(missing_ok=True)


def _short_folder(wanted: Path, room: Path, account: Account) -> Path:
    """`wanted`, or a folder with a short name that the room remembers: the address of a socket has few bytes."""
    if len(bytes(wanted / POSTGRES_SOCKET)) <= SOCKET_BYTES:
        account.own(wanted)
        return wanted
    note = room / "run.elsewhere"
    remembered = Path(note.read_text(encoding="utf-8")) if note.exists() else None
    if remembered is not None and remembered.is_dir() and remembered.stat().st_uid == account.uid:
        return remembered
    made = Path(tempfile.mkdtemp(prefix="haitun-"))
    account.own(made)
    note.write_text(str(made), encoding="utf-8")
    return made


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_MESSAGES": "C"}


def _reason(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [line.partition(kind)[2].strip() for line in lines for kind in ("FATAL:", "DETAIL:") if kind in line]
    return f"{'; '.join(found[:2])} ({log})" if found else f"see {log}"

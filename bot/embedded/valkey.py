"""The embedded Valkey: on loopback, behind a random password that a child process cannot read from `ps`."""

import json
import secrets
import socket
import subprocess
from pathlib import Path
from signal import SIGKILL, SIGTERM

from bot.embedded.binaries import find_valkey
from bot.embedded.processes import StoreError, end_child, end_orphan, end_with_parent, wait_until

START_SECONDS = 20
STOP_SECONDS = 4
ATTEMPTS = 20
# Below the ports that the kernel hands out for outgoing connections.
PORTS = range(30000, 32700)


class Valkey:
    """Port and password outlive it, so that a restart is no news for those who use it."""

    def __init__(self, home: Path) -> None:
        self.room = home / "valkey"
        self.configuration = self.room / "valkey.conf"
        self.process_file = self.room / "pid"
        self.address_file = self.room / "address.json"
        self.port, self.password = 0, ""
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def start(self) -> None:
        """Returns before it is ready. Raises StoreError."""
        program = find_valkey()
        self.room.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._end_orphan()
        self._find_address()
        self._launch(program)

    def wait(self) -> None:
        """Until it answers; another port where somebody else was quicker. Raises StoreError."""
        for _ in range(ATTEMPTS):
            if wait_until(lambda: self._answers() or not self.is_running(), START_SECONDS) and self.is_running():
                return
            self.stop()
            self.port = secrets.choice(PORTS)
            self._launch(find_valkey())
        raise StoreError(f"Valkey does not start, see {self.room / 'log'}")

    def stop(self) -> None:
        if self.child is not None:
            end_child(self.child, (SIGTERM, SIGKILL), STOP_SECONDS)

    def _launch(self, program: Path) -> None:
        self._write_configuration()
        with (self.room / "log").open("wb") as log:
            self.child = subprocess.Popen(
                [str(program), str(self.configuration)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.room,
                preexec_fn=lambda: end_with_parent(SIGTERM),
                start_new_session=True,
            )
        self.process_file.write_text(str(self.child.pid), encoding="ascii")

    def _find_address(self) -> None:
        try:
            known = json.loads(self.address_file.read_text(encoding="ascii"))
            self.port, self.password = int(known["port"]), str(known["password"])
        except (OSError, ValueError, KeyError, TypeError):
            self.port, self.password = secrets.choice(PORTS), secrets.token_urlsafe(24)

    def _write_configuration(self) -> None:
        _write_private(self.address_file, json.dumps({"port": self.port, "password": self.password}))
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f"requirepass {self.password}",
            # Nothing here is worth keeping: the rows in PostgreSQL are the truth.
            'save ""',
            "appendonly no",
            # With the file in its title an orphan can be recognised.
            'proc-title-template "{title} {listen-addr} {config-file}"',
        ]
        _write_private(self.configuration, "\n".join(lines) + "\n")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\n".encode())
                return connection.recv(64).startswith(b"+OK")
        except OSError:
            return False

    def _end_orphan(self) -> None:
        if self.process_file.exists():
            number = self.process_file.read_text(encoding="ascii")
            if number.isdigit():
                end_orphan(int(number), self.configuration, (SIGTERM, SIGKILL), STOP_SECONDS)


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="ascii")

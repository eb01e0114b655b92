"""The installation's secret key where none is given: made once, kept under HOME."""

import os
import secrets
from pathlib import Path


def find_secret_key(home: Path) -> str:
    """The key in HOME/secret.key; several processes that start at once get the same one. Raises OSError."""
    path = home / "secret.key"
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = path.with_suffix(f".{os.getpid()}")
    mine.touch(mode=0o600)
    mine.write_text(secrets.token_urlsafe(48) + "\n", encoding="ascii")
    try:
        # A link appears whole or not at all, and never over another's key.
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()

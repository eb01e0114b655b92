"""Where the content of files lies: by its SHA-256, below HAITUN_HOME. Another place needs these two methods only."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import Protocol


class FileStore(Protocol):
    """Keeps content for good; the same content once."""

    def put(self, data: bytes) -> str:
        """Stores it whole or not at all, and gives its digest."""
        ...

    def get(self, digest: str) -> bytes:
        """Raises `FileNotFoundError`."""
        ...


class LocalFiles:
    """A folder on this machine, in which several processes may write."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f".{digest[:12]}.{secrets.token_hex(6)}")
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return digest

    def get(self, digest: str) -> bytes:
        return self._path(digest).read_bytes()

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

"""Platform tokens in PostgreSQL, sealed; a row lock lets one process refresh while the others wait for what it gets."""

from datetime import timedelta

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from bot.channels.tokens import EARLY_SECONDS, Fetch
from models.access import PlatformToken
from models.clock import utc_now
from models.db import Database
from models.locks import hold
from models.sealed import Seal


class DatabaseTokenStore:
    """The `TokenStore` of all processes. Tokens live on the real clock, whatever business time is."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database, self._seal = database, seal

    def get(self, app: str) -> tuple[str, int] | None:
        """See `TokenStore`."""
        with self._database.transaction() as db:
            return self._read(db, app)

    def refresh(self, app: str, stale_version: int, fetch: Fetch) -> str:
        """Single flight over processes: whoever comes second finds what the first fetched."""
        with self._database.transaction() as db:
            db.execute(text("set local statement_timeout = 0"))
            db.execute(text("set local lock_timeout = '20s'"))
            hold(db, "platform_token", app)
            held = self._read(db, app)
            if held is not None and held[1] > stale_version:
                return held[0]
            token, seconds = fetch()
            self._write(db, app, stale_version, token, seconds)
            return token

    def _read(self, db: Connection, app: str) -> tuple[str, int] | None:
        where = (PlatformToken.app == app, PlatformToken.expires_at > utc_now() + timedelta(seconds=EARLY_SECONDS))
        row = db.execute(select(PlatformToken.sealed, PlatformToken.version).where(*where)).first()
        if row is None:
            return None
        try:
            return self._seal.open(row.sealed).decode(), row.version
        except InvalidToken:
            return None

    def _write(self, db: Connection, app: str, stale_version: int, token: str, seconds: int) -> None:
        sealed, expires_at = self._seal.seal(token.encode()), utc_now() + timedelta(seconds=seconds)
        table = PlatformToken.__table__
        made = insert(table).values(app=app, sealed=sealed, expires_at=expires_at, version=stale_version + 1)
        newer = {"sealed": sealed, "expires_at": expires_at, "version": table.c.version + 1}
        db.execute(made.on_conflict_do_update(index_elements=["app"], set_=newer))

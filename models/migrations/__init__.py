"""The schema's history: Alembic, driven from Python so that it needs no configuration file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

_LOCK = 4_801_021  # advisory lock: several starting processes migrate one after another


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade(database_url: str) -> None:
    """Brings the schema to head; safe to run twice and from several processes at once."""
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as lock, engine.begin() as connection:
        lock.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
        command.upgrade(_config(connection), "head")


def is_at_head(database_url: str) -> bool:
    """Whether the schema is the one that this code expects."""
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        return at_head(connection)


def at_head(connection: Connection) -> bool:
    """The same on an open connection."""
    return MigrationContext.configure(connection).get_current_revision() == head()


def head() -> str | None:
    """The newest revision."""
    return ScriptDirectory.from_config(_config()).get_current_head()

"""The schema's history: Alembic, driven from Python so that it needs no configuration file."""

from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

HERE = Path(__file__).parent
_LOCK = 4_801_021  # advisory lock: several starting processes migrate one after another


def upgrade(database_url: str) -> None:
    """Brings the schema to head; safe to run twice and from several processes at once."""
    # Alembic is as large as the rest of a start; a process that only asks `at_head` goes without.
    from alembic import command
    from alembic.config import Config

    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as lock, engine.begin() as connection:
        lock.execute(text("select pg_advisory_lock(:key)"), {"key": _LOCK})
        if at_head(connection):
            return
        config = Config()
        config.set_main_option("script_location", str(HERE))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def at_head(connection: Connection) -> bool:
    """Whether the schema is the one that this code expects."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("select version_num from alembic_version")).scalar_one_or_none() == head()


def head() -> str:
    """The newest revision: files are numbered, `0001_main_job.py` is revision 0001."""
    return max(path.stem for path in (HERE / "versions").glob("[0-9]*.py")).partition("_")[0]

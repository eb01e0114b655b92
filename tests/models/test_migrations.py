"""The schema that the migrations make is the one that the tables declare."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from world import World

from models.migrations import HERE, at_head, head
from models.tables import metadata


def test_the_newest_file_is_the_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    assert ScriptDirectory.from_config(config).get_heads() == [head()]


def test_migrated_is_as_declared(world: World) -> None:
    with create_engine(world.url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert at_head(connection)

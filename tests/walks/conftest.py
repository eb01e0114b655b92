"""The house of the stories: a small company, its bot on a port, both platforms emulated."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Templates, world_of
from running import House, house_of

from bot.embedded import Stores
from bot.logs import configure


@pytest.fixture(autouse=True, scope="session")
def logs() -> None:
    """Logged as in production: of a crash its place, not pages of it."""
    configure()


@pytest.fixture
def house(templates: Templates, stores: Stores, tmp_path: Path) -> Iterator[House]:
    """A company of this test's own."""
    yield from opened(templates, stores, tmp_path)


@pytest.fixture(scope="module")
def shared_house(templates: Templates, stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One company for the stories of a module; each takes customers of its own."""
    yield from opened(templates, stores, tmp_path_factory.mktemp("home"))


def opened(templates: Templates, stores: Stores, home: Path) -> Iterator[House]:
    """At the end nothing was sent that a platform would refuse, drop or block."""
    with world_of(templates) as world, house_of(world, stores.redis_url, home) as house:
        yield house
        seen = house.platform
        assert not [*seen.violations, *seen.dropped], "\n".join([*seen.violations, *seen.dropped])

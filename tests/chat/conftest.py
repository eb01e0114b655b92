"""The house of the stories: a small company, its bot on a port, both platforms emulated."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Templates, world_of
from running import House, house_of

from bot.embedded import Stores


@pytest.fixture
def house(templates: Templates, stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A company of this test's own, also for pages; at the end nothing was sent that a platform would refuse."""
    with world_of(templates) as world, house_of(world, stores.redis_url, tmp_path) as opened:
        for module in ("pages", "page_links"):
            monkeypatch.setattr(f"bot.{module}.utc_now", lambda: world.now)
        yield opened
        assert not opened.platform.violations, "\n".join(opened.platform.violations)

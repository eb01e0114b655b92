from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .installation import Installation

Install = Callable[..., Installation]


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    """Makes installations; whatever they leave running is ended with the test."""
    made: list[Installation] = []

    def make(name: str = "home", settings: dict[str, str] | None = None) -> Installation:
        made.append(Installation(tmp_path / name, settings))
        return made[-1]

    yield make
    for installation in made:
        installation.clear()

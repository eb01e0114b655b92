"""Commands that work on the rows: migrate, load, token, notices, resend, rerun."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli_errors import Stop
from bot.demo import load_settings_beside
from bot.embedded import stores
from bot.settings import Settings, load_settings
from models.clock import utc_now

if TYPE_CHECKING:
    from bot.wiring import Parts

# Nobody waits in a chat for these.
THREADS, STATEMENT_MS = 2, 120_000


@contextmanager
def opened(settings: Settings | None = None) -> "Iterator[Parts]":
    """The product without its doors, on the stores of a running `serve` or on its own for as long as it takes."""
    from bot.wiring import assemble  # not for `migrate`, which runs on any schema

    found = settings or load_settings_beside()
    with (
        stores(found) as held,
        assemble(
            found, database_url=held.database_url, redis_url=held.redis_url, threads=THREADS, statement_ms=STATEMENT_MS
        ) as parts,
    ):
        yield parts


def run_migrate() -> None:
    from models.migrations import upgrade

    with stores(load_settings()) as held:
        upgrade(held.database_url)


def run_load(file: Path) -> str:
    """What was loaded. Raises CompanyFileError."""
    from handlers.company.loading import load_company

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Stop(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Stop(f"{file} cannot be read: it is not UTF-8") from error
    with opened() as parts:
        return load_company(parts.database, text, now=utc_now(), timezone=parts.settings.timezone, seal=parts.seal)


def run_token(person: str) -> str:
    from handlers.company.people import make_token

    with opened() as parts:
        return make_token(parts.database, person, utc_now())


def run_notices(ref: str | None) -> list[str]:
    from handlers.explain import explain_lines

    with opened() as parts:
        return explain_lines(parts.database, ref, parts.settings.timezone)


def run_rerun(number: str | None) -> list[str]:
    from bot.rerun import open_lines, rerun_one

    with opened() as parts:
        if number is None:
            return open_lines(parts.database, parts.settings.timezone)
        return [rerun_one(parts.database, number)]


def run_resend(ident: str) -> str:
    from handlers.explain import resend_one

    with opened() as parts:
        return resend_one(parts.database, ident, utc_now())

"""What `haitun doctor` and `/readyz` ask: does each part that the product stands on answer?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import redis
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot import rerun
from bot.channels.base import PlatformError
from bot.settings import is_loopback
from bot.wiring import Parts
from models.clock import utc_now
from models.job_run import Heartbeat
from models.migrations import at_head

# A worker shows itself several times in this span.
WORKER_SILENCE = timedelta(minutes=3)
# What a database in good health puts off is run within seconds.
LONGEST_WAIT = timedelta(minutes=10)
FAILURES_OF = timedelta(days=3)


@dataclass(frozen=True)
class Finding:
    name: str
    ok: bool
    detail: str


class _Broken(Exception):
    """The finding is bad; the text says what to do."""


def examine(parts: Parts) -> list[Finding]:
    """Every check, each on its own: one that fails hides no other."""
    checks: dict[str, Callable[[Parts], str]] = {
        "settings": _settings,
        "database": _database,
        "schema": _schema,
        "queue": _queue,
        "worker": _worker,
        "inbox": _inbox,
    }
    found = [_examined(name, partial(check, parts)) for name, check in checks.items()]
    return found + [_examined(name, channel.probe) for name, channel in parts.channels.items()]


def _examined(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, ok=True, detail=check())
    except _Broken as error:
        return Finding(name, ok=False, detail=_line(error))
    except PlatformError as error:
        named = f" ({error.setting})" if error.setting else ""
        return Finding(name, ok=False, detail=f"{_line(error)}{named}")
    except SQLAlchemyError as error:
        return Finding(name, ok=False, detail=f"{_line(getattr(error, 'orig', error))} (HAITUN_DATABASE_URL)")
    except redis.RedisError as error:
        return Finding(name, ok=False, detail=f"{_line(error)} (HAITUN_REDIS_URL)")


def _settings(parts: Parts) -> str:
    settings = parts.settings
    wecom, dingtalk = settings.wecom, settings.dingtalk
    callers = [wecom.api_base] if wecom else []
    callers += [dingtalk.api_base] if dingtalk and dingtalk.mode == "http" else []
    if is_loopback(settings.public_url) and not all(is_loopback(caller) for caller in callers):
        raise _Broken(f"HAITUN_PUBLIC_URL is {settings.public_url}, which the platforms cannot call")
    on = [name for name, platform in (("WeCom", wecom), ("DingTalk", dingtalk)) if platform]
    return f"{' and '.join(on) or 'no platform'} on, {settings.public_url}, {settings.timezone.key}"


def _database(parts: Parts) -> str:
    with parts.database.transaction() as connection:
        return f"PostgreSQL {connection.scalar(text('show server_version'))}"


def _schema(parts: Parts) -> str:
    with parts.database.transaction() as connection:
        if not at_head(connection):
            raise _Broken("not at head: run `haitun migrate`")
    return "at head"


def _queue(parts: Parts) -> str:
    parts.redis.ping()
    return "answers"


def _worker(parts: Parts) -> str:
    with parts.database.transaction() as connection:
        seen_at = connection.scalar(select(func.max(Heartbeat.seen_at)))
    if seen_at is None:
        return "none has run yet"
    silence = utc_now() - seen_at
    if silence > WORKER_SILENCE:
        raise _Broken(f"last seen {silence.total_seconds() // 60:.0f} minutes ago: start `haitun worker --beat`")
    return f"seen {max(silence.total_seconds(), 0):.0f} s ago"


def _inbox(parts: Parts) -> str:
    """A message that was accepted and has had no effect is the worst that can happen to its person."""
    now = utc_now()
    with parts.database.transaction() as connection:
        (count, oldest), (lost, number) = rerun.waiting(connection), rerun.failed(connection, now, FAILURES_OF)
    if lost:
        raise _Broken(f"{lost} accepted messages failed, the last with number {number}: see `haitun rerun`")
    if oldest is not None and now - oldest > LONGEST_WAIT:
        minutes = (now - oldest).total_seconds() // 60
        raise _Broken(f"{count} messages wait, the oldest for {minutes:.0f} minutes: see `haitun rerun`")
    return f"{count} wait" if count else "nothing waits"


def _line(error: object) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__

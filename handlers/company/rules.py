"""Reading and writing the rules that people change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Generic, TypeVar

from sqlalchemy import ARRAY, Connection, Text, bindparam, case, cast, func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from handlers.company import guarded
from handlers.context import Context
from models.company.rule import Body, Rule
from models.rows import fetch_all, fetch_one
from models.statement import Statement

B = TypeVar("B", bound=Body)
# Asked for by nearly every command: they come with the first rule that is read.
ALWAYS = ("calendar", "quiet_hours", "claims", "duplicates", "routing", "lead_scoring")

_RANK = case((Rule.effective_at <= bindparam("now"), Rule.version), else_=-Rule.version)
_IN_FORCE = Statement(
    select(Rule.subject, Rule.version, cast(Rule.body, Text), Rule.effective_at)
    .ext(distinct_on(Rule.subject))
    .where(Rule.subject == func.any(bindparam("subjects", type_=ARRAY(Text))))
    .order_by(Rule.subject, _RANK.desc())
)


def in_force(ctx: Context, subject: str, kind: type[B]) -> tuple[B, int]:
    """As `current`, but read once in a transaction."""
    found = dated(ctx, subject, kind)
    return found.body, found.version


@dataclass(frozen=True)
class Dated(Generic[B]):
    """A version of a rule, and since when it is in force; `since` is None where none was ever set."""

    body: B
    version: int
    since: datetime | None


def dated(ctx: Context, subject: str, kind: type[B]) -> Dated[B]:
    """The version in force."""
    if ("rule", subject) not in ctx.memo:
        wanted = [subject, *ALWAYS]
        ctx.memo |= {("rule", one): None for one in wanted}
        for one, version, body, since in _IN_FORCE.rows(ctx.db, {"subjects": wanted, "now": ctx.now}):
            ctx.memo["rule", one] = (body, version, since)
    found = ctx.memo["rule", subject]
    return Dated(kind(), 0, None) if found is None else Dated(_read(kind, found[0]), found[1], found[2])


def until_now(ctx: Context, subject: str, kind: type[B]) -> list[Dated[B]]:
    """All versions that were in force until now, in their order; read once in a transaction. One that a newer one
    overtook before it came into force never was."""
    key = ("versions", subject)
    if key not in ctx.memo:
        of_it = (Rule.subject == subject, Rule.effective_at <= ctx.now)
        found: list[Dated[B]] = []
        for row in reversed(fetch_all(ctx.db, Rule, *of_it, order_by=[Rule.version])):
            if not found or (found[-1].since is not None and row.effective_at < found[-1].since):
                found.append(Dated(kind.model_validate(row.body), row.version, row.effective_at))
        ctx.memo[key] = found[::-1]
    versions: list[Dated[B]] = ctx.memo[key]
    return versions


@lru_cache(1000)
def _read(kind: type[B], body: str) -> B:
    return kind.model_validate_json(body)


def current(db: Connection, subject: str, kind: type[B], now: datetime) -> tuple[B, int]:
    """The rule in force at `now` and its version; the defaults of `kind` with version 0 where none was ever set."""
    newest = fetch_all(
        db, Rule, Rule.subject == subject, Rule.effective_at <= now, order_by=[Rule.version.desc()], limit=1
    )
    row = newest[0] if newest else fetch_one(db, Rule, subject=subject)
    return (kind(), 0) if row is None else (kind.model_validate(row.body), row.version)


def newest(db: Connection, subject: str, kind: type[B]) -> B:
    """The newest version, in force at once: for rules of which derived rows are made when they change."""
    found = fetch_all(db, Rule, Rule.subject == subject, order_by=[Rule.version.desc()], limit=1)
    return kind.model_validate(found[0].body) if found else kind()


def current_many(db: Connection, subjects: Iterable[str], kind: type[B], now: datetime) -> dict[str, tuple[B, int]]:
    """Several at once, by subject; subjects without a rule get the defaults."""
    wanted = list(subjects)
    rows = fetch_all(
        db, Rule, Rule.subject.in_(wanted), Rule.effective_at <= now, order_by=[Rule.subject, Rule.version]
    )
    found = {row.subject: (kind.model_validate(row.body), row.version) for row in rows}
    return {subject: found.get(subject) or current(db, subject, kind, now) for subject in wanted}


def put(db: Connection, subject: str, body: Body, *, now: datetime, by: int | None = None) -> int:
    """A new version where the body differs from the newest one; returns the version in force."""
    value = body.model_dump(mode="json", exclude_unset=True)
    newest = fetch_all(db, Rule, Rule.subject == subject, order_by=[Rule.version.desc()], limit=1)
    if newest and newest[0].body == value:
        return newest[0].version
    version = db.execute(
        select(func.coalesce(func.max(Rule.version), 0) + 1).where(Rule.subject == subject)
    ).scalar_one()
    values = {"subject": subject, "version": version, "effective_at": now, "body": value, "created_at": now}
    db.execute(insert(Rule.__table__).values(**values, created_by=by))
    if subject.startswith("flow/"):
        guarded.forget(db)
    return int(version)

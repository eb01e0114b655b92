"""What a running command is given, and how its changes become history and notices."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal, TypeVar, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, insert, update

from handlers.reply import Button, Facts, Subject
from models.base import Base, Json, Record, plain
from models.clock import day_of
from models.company.people import Person
from models.errors import Stale
from models.history import History
from models.rows import freeze
from models.statement import Statement

Door = Literal["wecom", "dingtalk", "api", "console", "import", "clock"]
R = TypeVar("R", bound=Base)
N = TypeVar("N", bound=Record)


@dataclass(frozen=True)
class Notice:
    """Something that people and groups are told. `people` never contains who acted (conventions 15).

    `facts` are for people's template, `group` for the robots' (`robots/<topic>`: code, name, who, at, …).
    `key` identifies the event for the dedupe key; `concerned` is the person whose department robots' filters look at
    and whom they mention, if not `mentioned` instead; who acted is not mentioned. `robots` false keeps it out of
    groups. `prefer` is the platform on which the matter started.
    With `groups` robots are told of many records alike, each by a message of its own, known by its `code`.
    """

    topic: str
    template: str
    facts: Facts
    ref: str
    people: tuple[int, ...] = ()
    buttons: tuple[Button, ...] = ()
    subject: Subject | None = None
    concerned: int | None = None
    mentioned: tuple[int, ...] | None = None
    robots: bool = True
    is_urgent: bool = False
    prefer: str | None = None
    key: str = ""
    group: Facts = field(default_factory=dict)
    groups: Sequence[Facts] = ()


@dataclass
class Context:
    """One command in one transaction. `actor` is None for the clock; `now` is business time; `walk` groups history.
    `memo` keeps what was read and no command changes: rules in force, names of people, seas and pools.
    With `keeps_letters` outbox rows are collected in `letters` until the door writes them all (`notices.flush`).
    `page_size` is how many rows a list reads: a chat holds few, a web page more."""

    db: Connection
    actor: Person | None
    now: datetime
    door: Door
    zone: ZoneInfo
    command: str = ""
    is_undoable: bool = False
    expected_version: int | None = None
    confirmed: str = ""
    is_approved: bool = False  # no flow is asked again
    walk: str = field(default_factory=lambda: secrets.token_hex(8))
    entries: list[Json] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    stale_cards: list[Subject] = field(default_factory=list)
    has_changed: bool = False
    tapped_card: int | None = None  # refreshed by the tap itself, which brings the right to it
    memo: dict[Any, Any] = field(default_factory=dict)
    keeps_letters: bool = False
    letters: list[Json] = field(default_factory=list)
    page_size: int = 20
    _pending: list[Json] = field(default_factory=list)

    @property
    def me(self) -> Person:
        """The actor where there must be one."""
        if self.actor is None:
            raise RuntimeError(f"{self.command} needs a person")
        return self.actor

    @property
    def today(self) -> date:
        """The local day of `now`."""
        return day_of(self.now, self.zone)

    @property
    def platform(self) -> str | None:
        """The chat platform through which this came, if any."""
        return self.door if self.door in ("wecom", "dingtalk") else None

    def insert(self, model: type[R], **values: Any) -> R:
        """Makes a row; `created_at` and `updated_at` are set here."""
        if issubclass(model, Record):
            values |= {"created_at": self.now, "updated_at": self.now}
        row = freeze(model, cast(tuple[Any, ...], _insertion(model, tuple(values)).first(self.db, values)))
        self._change(row, None, {key: plain(value) for key, value in values.items()})
        return row

    def save(self, row: N, **changes: Any) -> N:
        """Writes what changes where the row's version is still the one that was read, else raises `Stale`."""
        changes = {key: value for key, value in changes.items() if getattr(row, key) != value}
        if not changes:
            return row
        model: type[N] = row.model
        where = {"row_id": row.id, "row_version": row.version}
        values = {**changes, "updated_at": self.now}
        found = _update(model, tuple(values)).first(self.db, values | where)
        if found is None:
            raise Stale("刚被别人改过", "你看到的不是最新内容", "请重新查看后再试")
        after = freeze(model, found)
        before = {key: plain(getattr(row, key)) for key in changes}
        self._change(after, before, {key: plain(value) for key, value in changes.items()})
        return after

    def remove(self, row: Record) -> None:
        """Deletes a row; history keeps all of it."""
        table = row.model.__table__
        self.db.execute(delete(table).where(table.c.id == row.id))
        self._change(row, {column.key: plain(getattr(row, column.key)) for column in table.c}, None)

    def record(
        self,
        event: str,
        row: Record,
        *,
        ref: str | None = None,
        customer_id: int | None = None,
        owner_id: int | None = None,
        facts: Facts | None = None,
    ) -> None:
        """One history entry that takes all row changes since the last one. `ref` is the code that people know."""
        model = row.model
        self.entries.append(
            {
                "walk": self.walk,
                "command": self.command,
                "event": event,
                "ref": ref or getattr(row, "code"),  # noqa: B009
                "noun": model.__tablename__,
                "record_id": row.id,
                "customer_id": row.id if model.__tablename__ == "customer" else customer_id,
                "owner_id": owner_id if owner_id is not None else getattr(row, "owner_id", None),
                "actor_id": self.actor.id if self.actor else None,
                "door": self.door,
                "at": self.now,
                "changes": self._pending,
                "facts": dict(facts or {}),
                "is_undoable": self.is_undoable,
            }
        )
        self._pending = []

    def tell(self, notice: Notice) -> None:
        """Queues a notice; it becomes outbox rows when the command ends."""
        self.notices.append(notice)

    def refresh_cards(self, noun: str, ident: int) -> None:
        """Cards about this subject that are on people's phones will be brought to the present state."""
        self.stale_cards.append(Subject(noun, ident, 0))

    def write_history(self) -> None:
        """Writes the collected entries in one statement; changes after the last entry belong to it."""
        if self._pending and self.entries:
            self.entries[-1]["changes"] = self.entries[-1]["changes"] + self._pending
            self._pending = []
        if self.entries:
            _HISTORY.later(self.db, *self.entries)
            self.entries = []

    def _change(self, row: Any, before: Json | None, after: Json | None) -> None:
        self.has_changed = True
        self._pending.append(
            {
                "table": row.model.__tablename__,
                "id": getattr(row, "id", None),
                "version": getattr(row, "version", None),
                "before": before,
                "after": after,
            }
        )


_HISTORY = Statement(insert(History.__table__).inline())


@lru_cache(500)
def _insertion(model: type[Base], columns: tuple[str, ...]) -> Statement:
    return Statement(insert(model.__table__).returning(*model.__table__.c))


@lru_cache(500)
def _update(model: type[Base], columns: tuple[str, ...]) -> Statement:
    """Of rows whose version is still the one that was read."""
    table = model.__table__
    values = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    mine = (table.c.id == bindparam("row_id"), table.c.version == bindparam("row_version"))
    statement = update(table).where(*mine).values(**values, version=table.c.version + 1)
    return Statement(statement.returning(*table.c))


def subject_of(row: Record) -> Subject:
    """What a card about this row remembers of it."""
    return Subject(row.model.__tablename__, row.id, row.version)


def unique(people: Iterable[int | None]) -> tuple[int, ...]:
    """Person ids once each, in order, without None."""
    return tuple(dict.fromkeys(person for person in people if person is not None))

"""What a timed job works with that changes many rows alike: one transaction a batch, one statement a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import NoneType
from typing import Any, TypeVar

from sqlalchemy import ARRAY, BigInteger, bindparam, func, select

from handlers.context import Context
from models.base import Base, Json, Record, plain
from models.bulk import altered, insert_rows, update_rows
from models.errors import Stale
from models.history import History
from models.outbox import Outbox
from models.rows import Condition, freeze, query

BATCH = 500
_AS_THEY_ARE = {datetime, str, int, bool, NoneType}
N = TypeVar("N", bound=Record)
B = TypeVar("B", bound=Base)


@dataclass
class Bulk(Context):
    """`save` and `amend` only note what changes; `write_history` writes all of it. Letters are kept for the door."""

    keeps_letters: bool = True
    _changed: dict[tuple[type[Record], tuple[str, ...]], list[Json]] = field(default_factory=dict)

    def save(self, row: N, **changes: Any) -> N:
        """As everywhere, but a stale row is found when all are written."""
        after, changes = self._noted(row, changes)
        if changes:
            before = {key: getattr(row, key) for key in changes}
            self._change(after, _plain(before), _plain(changes))
        return after

    def amend(self, row: N, **changes: Any) -> N:
        """What the clock notes for itself: no history tells of it, nobody takes it back."""
        return self._noted(row, changes)[0]

    def _noted(self, row: N, changes: Json) -> tuple[N, Json]:
        changes = {key: value for key, value in changes.items() if getattr(row, key) != value}
        if not changes:
            return row, changes
        values = changes | {"updated_at": self.now}
        model: type[N] = row.model
        given = values | {"row_id": row.id, "row_version": row.version}
        self._changed.setdefault((model, tuple(values)), []).append(given)
        return altered(row, values | {"version": row.version + 1}), changes

    def insert(self, model: type[B], **values: Any) -> B:
        """At once, and before it what was noted: a period begins when the one before it has ended."""
        self._write_noted()
        return super().insert(model, **values)

    def _write_noted(self) -> None:
        for (model, _), rows in self._changed.items():
            if update_rows(self.db, model, rows) != len(rows):
                raise Stale("刚被别人改过", "这一批里有一条已经变了", "下一轮会再处理")
        self._changed = {}

    def write_history(self) -> None:
        """Writes what was noted, then the entries. Raises `Stale` where a row is no longer the one that was read."""
        self._write_noted()
        if self._pending and self.entries:
            self.entries[-1]["changes"] = self.entries[-1]["changes"] + self._pending
        self._pending = []
        insert_rows(self.db, History, self.entries)
        self.entries = []

    def write_letters(self) -> None:
        """Writes the outbox rows; one that is there already stays as it is."""
        insert_rows(self.db, Outbox, self.letters, unless="dedupe_key")
        self.letters = []


def _plain(values: Json) -> Json:
    """Most values become the same JSON without being made text before."""
    return {key: value if type(value) in _AS_THEY_ARE else plain(value) for key, value in values.items()}


def owned_batches(ctx: Context, model: Any, *due: Condition, whole: bool = False) -> list[list[int]]:
    """The owned rows that are due, an owner's side by side; with `whole` none of them in two batches."""
    statement = select(model.id, model.owner_id).where(model.owner_id.is_not(None), *due)
    return batches(ctx.db.execute(statement.order_by(model.owner_id, model.id)), whole=whole)


def batches(rows: Iterable[Any], *, whole: bool = False) -> list[list[int]]:
    """Of (record, owner), sorted by owner."""
    found: list[list[int]] = []
    last = None
    for ident, owner in rows:
        if not found or (len(found[-1]) >= BATCH and not (whole and owner == last)):
            found.append([])
        found[-1].append(ident)
        last = owner
    return found


def locked(ctx: Context, model: type[N], idents: Sequence[int], *still: Condition) -> list[N]:
    """Those that are still owned and still fit, by owner; what is being changed at this moment waits for a round."""
    table: Any = model
    statement = query(model, table.id == func.any(_IDENTS), table.owner_id.is_not(None), *still)
    ordered = statement.order_by(table.owner_id, table.reclaim_at, table.id)
    held = ordered.with_for_update(key_share=True, skip_locked=True)
    return [freeze(model, row) for row in ctx.db.execute(held, {"idents": list(idents)})]


_IDENTS = bindparam("idents", type_=ARRAY(BigInteger))

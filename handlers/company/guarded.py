"""Which commands have an approval flow at all: known to each process for some seconds, so that others pay nothing."""

from time import monotonic
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from models.company.rule import Rule
from models.statement import Statement

SECONDS = 5.0  # a flow that another process loads holds here so much later
_KNOWN: WeakKeyDictionary[Engine, tuple[float, frozenset[str]]] = WeakKeyDictionary()
_GUARDED = Statement(select(Rule.subject).where(Rule.subject.like("flow/%.%")).distinct())


def commands(db: Connection) -> frozenset[str]:
    """Names of commands that some flow is about, in force or not."""
    known = _KNOWN.get(db.engine)
    if known is None or monotonic() - known[0] > SECONDS:
        names = frozenset(subject.removeprefix("flow/") for (subject,) in _GUARDED.rows(db, {}))
        known = _KNOWN[db.engine] = (monotonic(), names)
    return known[1]


def forget(db: Connection) -> None:
    """A flow was written by this process."""
    _KNOWN.pop(db.engine, None)

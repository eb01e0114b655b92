"""Which outbox rows are sent next, and what became of them. One process at a time works on a lane (one recipient)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Connection,
    DateTime,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import aliased

from models.outbox import Outbox
from models.rows import freeze, query
from models.statement import Statement

LEASE = timedelta(seconds=12)
BACKOFF = tuple(timedelta(seconds=s) for s in (2, 5, 15, 60, 300, 900, 1800, 3600))
GIVE_UP = timedelta(days=3)
PER_LANE = 60


def claim(db: Connection, now: datetime, real_now: datetime, *, lanes: int = 16) -> dict[str, list[Outbox]]:
    """Takes up to `lanes` lanes that have something due and that nobody is working on; their due rows, oldest first.

    `now` is business time (what is due), `real_now` decides about leases: a row whose process died is taken again,
    marked "maybe twice".
    """
    names = [lane for lane, _ in _DUE_LANES.rows(db, {"now": now, "real_now": real_now, "most": lanes})]
    mine = [lane for lane, is_mine in _TRY_LOCK.rows(db, {"lanes": names}) if is_mine] if names else []
    if not mine:
        return {}
    given = {"now": now, "real_now": real_now, "lanes": mine, "most": PER_LANE * len(mine)}
    picked = [freeze(Outbox, row) for row in _PICK.rows(db, given)]
    taken: dict[str, list[Outbox]] = {}
    for row in picked:
        queue = taken.setdefault(row.lane, [])
        if len(queue) < PER_LANE:
            queue.append(row)
    idents = [row.id for rows in taken.values() for row in rows]
    doubted = [ident for rows in taken.values() for ident in in_flight(rows)]
    _SENDING.run(db, {"idents": idents, "doubted": doubted, "until": real_now + LEASE})
    return taken


def in_flight(rows: Sequence[Outbox]) -> list[int]:
    """Of a lane's rows as they were claimed: those that the platform may have got before, in one message.

    A lane is sent in order, so that it is the first of a dead process's rows. A robot's are noted by `merge`.
    """
    head = next((row for row in rows if _is_doubted(row)), None)
    return [] if head is None else [head.id, *(row.id for row in rows if row.merged_into == head.id != row.id)]


def _is_doubted(row: Outbox) -> bool:
    has_begun = row.kind != "robot" or row.merged_into == row.id
    return has_begun and (row.state == "sending" or (row.state == "retrying" and row.maybe_twice))


def mark_sent(
    db: Connection, ident: int, now: datetime, *, message_id: str = "", form: str = "", is_once: bool = False
) -> None:
    """Delivered; the platform's message id is kept for recall. `is_once`: whatever was doubted, it came once."""
    _SENT.run(db, {"row_id": ident, "at": now, "message": message_id, "how": form, "once": is_once})


def merge(db: Connection, idents: Sequence[int], head: int | None) -> None:
    """Notes, before it is sent, which rows a robot's message carries: sent again, it is the same message."""
    db.execute(update(Outbox.__table__).where(Outbox.id.in_(idents)).values(merged_into=head))


def mark_merged(db: Connection, idents: Sequence[int], head: int, now: datetime, *, is_once: bool = False) -> None:
    """Told by the digest that row `head` became."""
    values: dict[str, object] = {"state": "merged", "merged_into": head, "sent_at": now, "lease_until": None}
    values |= {"maybe_twice": False} if is_once else {}
    db.execute(update(Outbox.__table__).where(Outbox.id.in_(idents)).values(**values))


def release(db: Connection, idents: Sequence[int], due_at: datetime) -> None:
    """Not tried (a budget was spent): waits until `due_at` without counting as an attempt."""
    values = {"state": "waiting", "lease_until": None, "due_at": due_at, "attempts": Outbox.attempts - 1}
    db.execute(update(Outbox.__table__).where(Outbox.id.in_(idents)).values(**values))


def retry(
    db: Connection,
    row: Outbox,
    now: datetime,
    *,
    code: str,
    why: str,
    wait: float,
    uncertain: bool,
    others: Iterable[int] = (),
) -> None:
    """Tried in vain: again after a growing pause, dead after three days of business time."""
    pause = max(BACKOFF[min(row.attempts, len(BACKOFF)) - 1 if row.attempts else 0], timedelta(seconds=wait))
    if now - row.created_at > GIVE_UP:
        bury(db, row, code=code, why=why)
    else:
        values = {
            "state": "retrying",
            "due_at": now + pause,
            "error_code": code,
            "error": why[:400],
            "lease_until": None,
        }
        twice = or_(Outbox.maybe_twice, literal(uncertain))
        db.execute(update(Outbox.__table__).where(Outbox.id == row.id).values(**values, maybe_twice=twice))
    rest = list(others)
    if rest:
        release(db, rest, now)


def bury(db: Connection, row: Outbox, *, code: str, why: str) -> None:
    """Will never arrive; an admin sees it in the ledger and may resend it."""
    values = {"state": "dead", "error_code": code, "error": why[:400], "lease_until": None}
    db.execute(update(Outbox.__table__).where(Outbox.id == row.id).values(**values))


def cancel(db: Connection, row: Outbox, why: str) -> None:
    """Nothing left to say."""
    values = {"state": "cancelled", "error": why, "lease_until": None}
    db.execute(update(Outbox.__table__).where(Outbox.id == row.id).values(**values))


def extend(db: Connection, idents: Sequence[int], real_now: datetime) -> None:
    """Keeps the lane while its rows are sent one after another."""
    _EXTEND.run(db, {"idents": list(idents), "until": real_now + LEASE})


_NOW, _REAL_NOW = bindparam("now", type_=DateTime(True)), bindparam("real_now", type_=DateTime(True))
_THESE = Outbox.id == func.any(bindparam("idents", type_=ARRAY(BigInteger)))
_UNTIL = bindparam("until", type_=DateTime(True))
_READY = or_(
    and_(Outbox.state.in_(("waiting", "retrying")), Outbox.due_at <= _NOW),
    and_(Outbox.state == "sending", Outbox.lease_until < _REAL_NOW),
)
_TRY_LOCK = Statement(
    text("select lane, pg_try_advisory_xact_lock(hashtext('outbox/' || lane)) from unnest(cast(:lanes as text[])) lane")
)


def _due_lanes() -> Select[str, int]:
    busy = aliased(Outbox)
    held = exists(select(1).where(busy.lane == Outbox.lane, busy.state == "sending", busy.lease_until >= _REAL_NOW))
    first = func.min(Outbox.id)
    statement = select(Outbox.lane, first).where(_READY, ~held).group_by(Outbox.lane).order_by(first)
    return statement.limit(bindparam("most", type_=BigInteger))


def _pick() -> Select[Any]:
    """Rows of the locked lanes, read again under the lock; a failed older row holds back the younger ones."""
    older = aliased(Outbox)
    in_front = or_(
        and_(older.state == "retrying", older.due_at > _NOW),
        and_(older.state == "sending", older.lease_until >= _REAL_NOW),
    )
    blocked = exists(select(1).where(older.lane == Outbox.lane, older.id < Outbox.id, in_front))
    locked = Outbox.lane == func.any(bindparam("lanes", type_=ARRAY(Text)))
    return query(Outbox, locked, _READY, ~blocked).order_by(Outbox.id).limit(bindparam("most", type_=BigInteger))


_DUE_LANES, _PICK = Statement(_due_lanes(), planned_anew=True), Statement(_pick(), planned_anew=True)
_EXTEND = Statement(update(Outbox.__table__).where(_THESE, Outbox.state == "sending").values(lease_until=_UNTIL))
_DOUBTED = Outbox.id == func.any(bindparam("doubted", type_=ARRAY(BigInteger)))
_SENDING = Statement(
    update(Outbox.__table__)
    .where(_THESE)
    .values(
        state="sending",
        lease_until=_UNTIL,
        attempts=Outbox.attempts + 1,
        maybe_twice=or_(Outbox.maybe_twice, _DOUBTED),
    )
)
_SENT = Statement(
    update(Outbox.__table__)
    .where(Outbox.id == bindparam("row_id"))
    .values(
        state="sent",
        sent_at=bindparam("at"),
        message_id=bindparam("message"),
        form=bindparam("how"),
        lease_until=None,
        error_code=None,
        error=None,
        merged_into=None,
        maybe_twice=and_(Outbox.maybe_twice, not_(bindparam("once", type_=Boolean))),
    )
)

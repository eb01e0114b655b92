"""Locks on something that has no row yet, held until commit."""

from sqlalchemy import Connection, text

from models.statement import Statement

_HOLD = Statement(text("select pg_advisory_xact_lock(hashtext(:key))"))


def hold(db: Connection, kind: str, key: str) -> None:
    """Until commit nobody else holds this key of this kind: the second writer sees what the first wrote."""
    _HOLD.first(db, {"key": f"{kind}/{key}"})

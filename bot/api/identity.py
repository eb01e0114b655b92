"""Who calls: the person behind a bearer token."""

import time
from datetime import timedelta

from sqlalchemy import Connection, or_, update
from starlette.exceptions import HTTPException
from starlette.requests import Request

from handlers.company.people import digest, person_by_token
from models.access import ApiToken
from models.clock import utc_now
from models.company.people import Person

NOTED_SECONDS = 3600.0
_noted: dict[str, float] = {}  # by digest, when this process wrote down last that the token is used


def caller(db: Connection, request: Request) -> Person:
    """The active person of the token. Raises 401."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    person = person_by_token(db, token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if person is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    _note_use(db, digest(token.strip()))
    return person


def _note_use(db: Connection, token: str) -> None:
    """To the hour: a token that nobody uses any more can be found, and a call seldom costs a write."""
    now = time.monotonic()
    if now - _noted.get(token, -NOTED_SECONDS) < NOTED_SECONDS:
        return
    _noted[token] = now
    stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < utc_now() - timedelta(seconds=NOTED_SECONDS))
    mine = update(ApiToken.__table__).where(ApiToken.digest == token, stale)
    db.execute(mine.values(last_used_at=utc_now()))

"""Who calls: the person behind a bearer token."""

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request

from handlers.company.people import person_by_token
from models.company.people import Person


def caller(db: Connection, request: Request) -> Person:
    """The active person of the token. Raises 401."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    person = person_by_token(db, token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if person is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return person

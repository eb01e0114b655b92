"""`GET /api/{nouns}` and `GET /api/{nouns}/{code}`: in the person's data scope, keyset cursors, equality filters."""

import base64
from collections.abc import Callable
from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.sql import func
from starlette.requests import Request
from starlette.responses import Response

from bot.api.identity import caller
from bot.wiring import Parts
from handlers.context import Context
from handlers.finding import named
from handlers.masking import refuse_filter
from handlers.nouns import Noun
from handlers.presenting import by_column
from handlers.registry import NOUNS
from models.base import Json
from models.clock import utc_now
from models.errors import BadRequest, NotFound
from models.normal import company_key
from models.rows import fetch_all

DEFAULT_LIMIT, MOST = 50, 200
LAST = (1 << 63) - 1  # of a bigint
CONTROL = ("q", "scene", "limit", "cursor")


def router(parts: Parts) -> APIRouter:
    """Two routes a noun."""
    made = APIRouter(prefix="/api", tags=["reads"])
    for noun in NOUNS:
        made.add_api_route(
            f"/{noun.plural}",
            _listing(parts, noun),
            methods=["GET"],
            summary=f"{noun.title}列表",
            operation_id=f"list_{noun.plural}",
            openapi_extra={"parameters": _parameters(noun)},
            response_model=None,
        )
        made.add_api_route(
            f"/{noun.plural}/{{code}}",
            _single(parts, noun),
            methods=["GET"],
            summary=f"{noun.title}详情",
            operation_id=f"get_{noun.name}",
            response_model=None,
        )
    return made


def _parameters(noun: Noun) -> list[Json]:
    scenes = {"type": "string", "enum": list(noun.scenes) or ["all"], "default": "all"}
    own = [{"name": "scene", "in": "query", "schema": scenes}]
    texts = ("q", "cursor", *noun.columns, *noun.filters)
    own += [{"name": name, "in": "query", "schema": {"type": "string"}} for name in texts]
    own.append({"name": "limit", "in": "query", "schema": {"type": "integer", "default": 50, "maximum": MOST}})
    return own


def _listing(parts: Parts, noun: Noun) -> Callable[[Request], Response]:
    def listing(request: Request) -> Response:
        with parts.database.transaction() as db:
            ctx = Context(db, caller(db, request), utc_now(), "api", parts.settings.timezone)
            return _json(page(ctx, noun, dict(request.query_params)))

    return listing


def _single(parts: Parts, noun: Noun) -> Callable[[Request, str], Response]:
    def single(request: Request, code: str) -> Response:
        with parts.database.transaction() as db:
            ctx = Context(db, caller(db, request), utc_now(), "api", parts.settings.timezone)
            return _json(single_object(ctx, noun, code))

    return single


def page(ctx: Context, noun: Noun, query: dict[str, str]) -> Json:
    """One page, newest first: `{"items", "next"}`. Raises `BadRequest` on an unknown field."""
    limit = _limit(query.get("limit", ""))
    where = [noun.gate(ctx), *_conditions(ctx, noun, query)]
    ident: Any = noun.model.__table__.c.id
    if query.get("cursor"):
        where.append(ident < _opened(query["cursor"]))
    rows = fetch_all(ctx.db, noun.model, *where, order_by=[ident.desc()], limit=limit + 1)
    more = len(rows) > limit
    rows = rows[:limit]
    last: Any = rows[-1] if rows else None
    return {"items": noun.present(ctx, rows), "next": _sealed(last.id) if more else None}


def single_object(ctx: Context, noun: Noun, code: str) -> Json:
    """One object by its code; what one may not see does not exist."""
    by_code = noun.by_code(ctx, code) if noun.by_code is not None else None
    rows: Any = (
        fetch_all(ctx.db, noun.model, by_code, noun.gate(ctx), limit=1)
        if by_code is not None
        else [row for row in named(ctx, noun, code, noun.gate) if row.code.upper() == code.upper()]
    )
    if not rows:
        raise NotFound(f"没找到{noun.title}「{code}」")
    return noun.present(ctx, [rows[0]])[0]


def _conditions(ctx: Context, noun: Noun, query: dict[str, str]) -> list[ColumnElement[bool]]:
    if any("\0" in value for value in query.values()):
        raise BadRequest("查询里有不能用的字符")
    found = []
    scene = query.get("scene", "all")
    if scene != "all":
        if scene not in noun.scenes:
            raise BadRequest("没有这个 scene", f"{scene}；可用：{'、'.join(noun.scenes) or 'all'}")
        found.append(noun.scenes[scene](ctx))
    for name, value in query.items():
        if name in CONTROL:
            continue
        refuse_filter(ctx, noun.name, name)
        if name in noun.filters:
            found.append(noun.filters[name](ctx, value))
        elif name in noun.columns:
            found.append(by_column(noun.model, name)(ctx, value))
        else:
            raise BadRequest("没有这个字段", f"{name}；可用：{'、'.join([*noun.columns, *noun.filters])}")
    if query.get("q"):
        found.append(_containing(noun, query["q"]))
    return found


def _containing(noun: Noun, q: str) -> ColumnElement[bool]:
    model: Any = noun.model
    parts = []
    for name in noun.named:
        column = getattr(model, name)
        if name == "name_key":
            key = company_key(q)  # of nothing but punctuation nothing is left
            parts.append(column.contains(key, autoescape=True) if key else false())
        else:
            parts.append(func.lower(column).contains(q.lower(), autoescape=True))
    if not parts:
        raise BadRequest("这里不支持 q", noun.plural)
    return or_(*parts)


def _limit(text: str) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST))) or not 1 <= int(text) <= MOST:
        raise BadRequest("limit 不对", f"1 到 {MOST}")
    return int(text)


def _sealed(ident: int) -> str:
    return base64.urlsafe_b64encode(str(ident).encode()).decode().rstrip("=")


def _opened(cursor: str) -> int:
    try:
        ident = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise BadRequest("cursor 不对") from error
    return min(ident, LAST)


def _json(value: Json) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")

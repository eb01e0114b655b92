"""`POST /api/commands/{name}`: every command of the registry, with its own argument schema."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.api.identity import caller
from bot.api.problems import refusal
from bot.wiring import Parts
from handlers import desk
from handlers.command import Command
from handlers.context import Context
from handlers.registry import COMMANDS
from models.access import IdempotencyKey
from models.clock import utc_now
from models.errors import BadRequest, Conflict, HaitunError
from models.locks import hold


def router(parts: Parts) -> APIRouter:
    """One route a command, so that the OpenAPI page shows each with its arguments."""
    made = APIRouter(prefix="/api/commands", tags=["commands"])
    for command in COMMANDS:
        made.add_api_route(
            f"/{command.name}",
            _endpoint(parts, command),
            methods=["POST"],
            summary=command.title,
            description="例如：" + "；".join(command.examples),
            operation_id=command.name.replace(".", "_"),
            openapi_extra=_schema(command),
            response_model=None,
        )
    return made


def _schema(command: Command) -> dict[str, Any]:
    schema = command.args.model_json_schema()
    schema = _inlined(schema, schema.pop("$defs", {}))
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _inlined(schema: Any, known: Mapping[str, Any]) -> Any:
    """The schema with what it refers to in place: a reference would be looked up in the whole document."""
    if isinstance(schema, list):
        return [_inlined(part, known) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(known[schema["$ref"].rpartition("/")[2]], known)
    return {name: _inlined(part, known) for name, part in schema.items()}


def _endpoint(parts: Parts, command: Command) -> Any:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_run, parts, command, request, body)

    return endpoint


def _run(parts: Parts, command: Command, request: Request, body: bytes) -> Response:
    try:
        with parts.database.transaction() as db:
            ctx = Context(db, caller(db, request), utc_now(), "api", parts.settings.timezone)
            ctx.expected_version = _version(request.headers.get("if-match", ""))
            answer = _once(ctx, command, body, request.headers.get("idempotency-key", "").strip())
    except HaitunError as error:
        parts.metrics.count("commands", command=command.name, outcome=error.code)
        return refusal(error)
    parts.metrics.count("commands", command=command.name, outcome="ok")
    parts.nudge.wake()
    return Response(orjson.dumps(answer), media_type="application/json")


def _once(ctx: Context, command: Command, body: bytes, key: str) -> dict[str, Any]:
    """Runs the command, or gives the first answer again when the person's key was used for the same request."""
    given = _object(body)
    ctx.confirmed = str(given.pop("confirm", "") or "")
    if not key:
        return _answer(ctx, command, given)
    name = f"{ctx.me.id}/{key}"
    request = hashlib.sha256(command.name.encode() + b"\0" + body).hexdigest()
    hold(ctx.db, "idempotency", name)
    where = IdempotencyKey.key == name
    kept = ctx.db.execute(select(IdempotencyKey.request, IdempotencyKey.answer).where(where)).first()
    if kept is not None:
        if kept.request != request:
            raise Conflict("这个 Idempotency-Key 已用于别的请求", next_step="换一个键")
        return dict(kept.answer)
    answer = _answer(ctx, command, given)
    values = {"key": name, "request": request, "status": 200, "answer": answer, "created_at": utc_now()}
    ctx.db.execute(insert(IdempotencyKey.__table__).values(**values))
    return answer


def _answer(ctx: Context, command: Command, given: dict[str, Any]) -> dict[str, Any]:
    reply = desk.run(ctx, command, given)
    return {"ok": True, "result": dict(reply.result if reply.result is not None else reply.facts)}


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise BadRequest("请求体不是 JSON") from error
    if not isinstance(value, dict):
        raise BadRequest("请求体必须是 JSON 对象")
    return value


def _version(header: str) -> int | None:
    text_ = header.strip().removeprefix("W/").strip('"')
    if not text_ or text_ == "*":
        return None
    if not text_.isdigit():
        raise BadRequest("If-Match 必须是版本号", header[:40])
    return int(text_)

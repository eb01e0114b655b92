"""`GET /api/files/{code}/content`: what a file holds, for whoever sees its record."""

from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.api.identity import caller
from bot.wiring import Parts
from handlers.context import Context
from handlers.customers.attachment_view import ATTACHMENT
from handlers.finding import find
from models.clock import utc_now
from models.errors import Conflict

HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, no-store",
}


def router(parts: Parts) -> APIRouter:
    """One route; everything else about files is read like any noun."""
    made = APIRouter(prefix="/api/files", tags=["reads"])

    @made.get("/{code}/content", summary="附件内容", operation_id="get_file_content", response_model=None)
    def content(request: Request, code: str) -> Response:
        with parts.database.transaction() as db:
            ctx = Context(db, caller(db, request), utc_now(), "api", parts.settings.timezone)
            row = find(ctx, ATTACHMENT, code)
        if row.digest is None:
            raise Conflict(f"{row.name} 还没有内容", row.why or "正在从平台取", "请稍后再试")
        shown = f"attachment; filename*=UTF-8''{quote(row.name)}"
        headers = HEADERS | {"content-disposition": shown}
        return Response(parts.files.get(row.digest), media_type=row.content_type, headers=headers)

    return made

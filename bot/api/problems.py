"""Errors as RFC 9457 problem documents: a stable code, a Chinese title, the details."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.logs import request_number
from models.errors import HaitunError, MissingArgument

log = structlog.get_logger(__name__)
TITLES = {400: "请求格式不对", 401: "没有登录或令牌无效", 404: "没有这个地址", 405: "不支持这个方法", 413: "内容太大"}
CODES = {400: "bad_request", 401: "unauthorized", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


class Problem(JSONResponse):
    """`application/problem+json`."""

    media_type = "application/problem+json"


def problem(status: int, code: str, title: str, detail: str = "", **more: Any) -> Problem:
    """One problem document; `more` are extra members."""
    body = {"type": "about:blank", "status": status, "code": code, "title": title, "detail": detail, **more}
    return Problem(jsonable_encoder(body), status_code=status)


def refusal(error: HaitunError) -> Problem:
    """A refusal of the desk."""
    status = 422 if isinstance(error, MissingArgument) else error.status
    more = {"next_step": error.next_step} if error.next_step else {}
    return problem(status, error.code, error.title, error.detail, **more, **error.facts)


def crashed(request: Request, error: Exception) -> Problem:
    """What a person is told of a crash: the number under which the log has it."""
    number = request_number()
    route = request.scope.get("route")  # as declared: a path may hold a link that opens something
    log.error("request_failed", number=number, path=getattr(route, "path", ""), exc_info=error)
    return problem(500, "internal_error", f"系统开小差了，编号 {number}", reference=number)


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem document."""

    @app.exception_handler(HaitunError)
    def _refused(request: Request, error: HaitunError) -> Problem:
        return refusal(error)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Problem:
        code = CODES.get(error.status_code, "error")
        answer = problem(error.status_code, code, TITLES.get(error.status_code, str(error.detail)))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Problem:
        where = [".".join(str(part) for part in fault["loc"]) for fault in error.errors()]
        return problem(400, "bad_request", TITLES[400], "、".join(where))

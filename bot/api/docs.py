"""The API's own page: Swagger UI from files that set-up installed, never from a CDN, and what the page tells first."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent.parent / "static"
VENDOR, PAGE = STATIC / "vendor", STATIC / "docs"
# Swagger UI writes style attributes.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'"
HEADERS = {"content-security-policy": POLICY}
ABOUT = """聊天里能做的每件事，这里都能做：同样的参数、同样的权限、同样的历史。

- 先取令牌：`haitun token 李雷`，再点 **Authorize** 填进去。你看到的，就是这个人看得到的。
- `POST /api/commands/…` 执行一个命令；`GET /api/…` 读一页数据，`cursor` 翻页。
- `Idempotency-Key` 让重试不重复，`If-Match: 版本` 防止覆盖别人的修改。
- 出错时回 `application/problem+json`：`code` 给程序看，`title` 给人看。
"""
TAGS = [
    {"name": "commands", "description": "命令：和聊天里的一句话、卡片上的一个按钮是同一个动作"},
    {"name": "reads", "description": "查询：数据范围是令牌主人的"},
]


def install(app: FastAPI) -> None:
    """`/api/docs` with its files beside it; where they were not installed the document itself is named."""

    @app.get("/api/docs", include_in_schema=False)
    def docs() -> Response:
        if not (VENDOR / "swagger-ui-bundle.js").exists():
            return PlainTextResponse("The page's files are missing: run make setup. The document: /api/openapi.json")
        return FileResponse(PAGE / "docs.html", headers=HEADERS)

    app.router.routes.append(Mount("/api/docs/assets", StaticFiles(directory=VENDOR, check_dir=False)))
    app.router.routes.append(Mount("/api/docs/page", StaticFiles(directory=PAGE)))
    describe(app)


def describe(app: FastAPI) -> None:
    """Adds to the document what its paths have in common: how to begin, the token, what the two kinds are."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        document["info"]["description"] = ABOUT
        document["tags"] = TAGS
        document.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
        return document

    app.openapi = openapi  # type: ignore[method-assign]

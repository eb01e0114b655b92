"""The API's own page: Swagger UI from files that set-up installed, never from a CDN."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

VENDOR = Path(__file__).parent.parent / "static" / "vendor"
ASSETS = "/api/docs/assets"


def install(app: FastAPI) -> None:
    """`/api/docs` with its files beside it; where they were not installed the document itself is named."""

    @app.get("/api/docs", include_in_schema=False)
    def docs() -> Response:
        if not (VENDOR / "swagger-ui-bundle.js").exists():
            return PlainTextResponse("The page's files are missing: run make setup. The document: /api/openapi.json")
        return get_swagger_ui_html(
            openapi_url="/api/openapi.json",
            title="海豚 Haitun API",
            swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{ASSETS}/favicon-32x32.png",
        )

    app.router.routes.append(Mount(ASSETS, StaticFiles(directory=VENDOR, check_dir=False)))

"""The ASGI app: both platforms' APIs, and the page with the phones."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from . import dingtalk, wecom
from .config import SandboxConfig
from .gateway import Gateway
from .page import HERE, Page
from .platform import Platform

METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


class FreshFiles(StaticFiles):
    """Asks again each time, so that an upgrade never meets an old script."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response


def build_sandbox(config: SandboxConfig) -> Starlette:
    """`app.state.platform` is the Platform. May be mounted under any prefix."""
    platform = Platform(config)
    page = Page(platform)
    app = Starlette(
        routes=[
            Route("/", page.index),
            Route("/state", page.state),
            Route("/events", page.events),
            Route("/act", page.act, methods=["POST"]),
            Route("/faults", page.faults, methods=["POST"]),
            Route("/clear", page.clear, methods=["POST"]),
            Route("/files/{code}", page.file),
            Route("/wecom/{path:path}", Gateway(platform, "wecom", wecom.find).serve, methods=METHODS),
            Route("/dingtalk/{path:path}", Gateway(platform, "dingtalk", dingtalk.find).serve, methods=METHODS),
            Mount("/static", FreshFiles(directory=HERE / "static"), name="static"),
        ]
    )
    app.state.platform = platform
    return app

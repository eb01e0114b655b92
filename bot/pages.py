"""The web pages behind signed links: the command of the link is asked again, as the person whom it was given to."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from sqlalchemy import text
from starlette.responses import HTMLResponse, Response

from bot.page_links import FORECAST, FUNNEL, REPORT, REPORTS, Expired, Forged, drawn, has_picture, open_link
from bot.wiring import Parts
from cards import html, labels
from cards.card import Card
from cards.chart import bar_chart
from cards.graph import counts, graph, meters
from cards.render import render
from handlers import desk
from handlers.context import Context
from handlers.reply import Reply
from models.clock import utc_now
from models.company.people import Person
from models.errors import HaitunError
from models.rows import fetch_one

ROWS = 200
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
KEPT = {"cache-control": "max-age=3600"}
# The same words whatever is wrong: a guess learns nothing.
MISSING = ("没有这个页面", "链接不对，或者你已经不能看它的内容。请回到聊天里重新查询。")
EXPIRED = ("链接已过期", "链接 24 小时内有效。请回到聊天里重新查询，会得到新的链接。")


def router(parts: Parts) -> APIRouter:
    """Paths that need no token but the link itself."""
    made = APIRouter(prefix="/show", include_in_schema=False)

    @made.get("/page.css")
    def style() -> Response:
        return Response(html.asset("page.css"), media_type="text/css", headers=HEADERS | KEPT)

    @made.get("/icon.svg")
    def icon() -> Response:
        return Response(html.asset("icon.svg"), media_type="image/svg+xml", headers=HEADERS | KEPT)

    @made.get("/{token}.png")
    def picture(token: str) -> Response:
        return _answer(parts, token, _picture)

    @made.get("/{token}")
    def page(token: str) -> Response:
        return _answer(parts, token, _page)

    return made


def _answer(parts: Parts, token: str, show: Callable[[Context, Reply], Response]) -> Response:
    now = utc_now()
    try:
        response = _shown(parts, token, now, show)
    except Expired:
        response = HTMLResponse(html.message(*EXPIRED), 410)
    except (Forged, HaitunError):  # what may no longer be seen is not there
        response = HTMLResponse(html.message(*MISSING), 404)
    response.headers.update(HEADERS)
    parts.metrics.count("pages", status=str(response.status_code))
    return response


def _shown(parts: Parts, token: str, now: datetime, show: Callable[[Context, Reply], Response]) -> Response:
    """With the permissions and the data of now, in a transaction that cannot write."""
    query = open_link(parts.settings, token, now)
    with parts.database.transaction() as db:
        db.execute(text("set transaction read only"))
        viewer = fetch_one(db, Person, id=query.viewer_id, is_active=True)
        if viewer is None:
            raise Forged
        ctx = Context(db, viewer, now, "console", parts.settings.timezone, page_size=ROWS)
        return show(ctx, desk.run(ctx, query.command, query.args))


def _page(ctx: Context, reply: Reply) -> Response:
    local = ctx.now.astimezone(ctx.zone)
    now = local.isoformat()
    pictures = _pictures(reply, now) if reply.template in REPORTS else None
    shown = html.page(_cards(reply, now), viewer=ctx.me.name, at=f"{local:%Y-%m-%d %H:%M}", pictures=pictures)
    return HTMLResponse(shown)


def _cards(reply: Reply, now: str) -> list[Card]:
    """What the chat showed with room for all of it, and for a report what its numbers are made of."""
    facts = {**reply.facts, "now": now}
    first = render(reply.template, facts, rows=ROWS)
    result: Mapping[str, Any] = reply.result or {}
    if reply.template == FUNNEL:
        return [first, *(_opportunities(stage["stage"], stage["items"], now) for stage in result["stages"])]
    if reply.template == FORECAST:
        return [first, _opportunities("进行中的商机", result["items"], now)]
    if reply.template != REPORT:
        return [first]
    ranking = [Card("排行", lines=first.lines)] if first.lines else []
    made = [_made_of("order", result["items"], now), _made_of("payment", result["payments"], now)]
    return [replace(first, tag=first.tag or _days(result, now), lines=()), *ranking, *made]


def _made_of(noun: str, items: Any, now: str) -> Card:
    return render("company/report_items", {"noun": noun, "items": items, "now": now}, rows=ROWS)


def _opportunities(title: str, items: Any, now: str) -> Card:
    return render("company/report_opportunities", {"title": title, "items": items, "now": now}, rows=ROWS)


def _days(result: Mapping[str, Any], now: str) -> str:
    """The first and the last day of the report."""
    last = datetime.fromisoformat(result["until"]) - timedelta(days=1)
    days = dict.fromkeys((labels.day(result["from"], now), labels.day(last.isoformat(), now)))
    return " 至 ".join(days)


def _pictures(reply: Reply, now: str) -> html.Pictures:
    """A report's numbers: when they came, how much of it was paid, and who brought them."""
    result: Mapping[str, Any] = reply.result or {}
    if reply.template == FUNNEL:
        return html.Pictures(meters=counts([(stage["stage"], stage["entered"]) for stage in result["stages"]]))
    if reply.template == FORECAST:
        sums = [("最好情况", "best"), ("按概率加权", "weighted"), ("把握较大", "commit")]
        expected = [(name, float(result[key])) for name, key in sums]
        return html.Pictures(graph("按月加权金额", drawn(reply), now), meters(expected))
    paid = [("已审核订单", float(result["amount"])), ("净回款", float(result["payment_total"]))]
    ranks = [(row["name"], float(row["amount"])) for row in reply.facts.get("ranking") or ()]
    return html.Pictures(graph("已审核订单金额", drawn(reply), now), meters(paid), meters(ranks))


def _picture(_ctx: Context, reply: Reply) -> Response:
    if not has_picture(reply):
        raise Forged
    return Response(bar_chart(drawn(reply)), media_type="image/png")

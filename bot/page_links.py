"""Signed links to a web page, for what a chat cannot hold: the question that was asked, and who may see its answer.

A link holds no answer. Whoever opens it sees what this person may see at that moment, for a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from cryptography.fernet import InvalidToken

from bot.settings import Settings
from handlers.command import Command
from handlers.registry import BY_NAME
from handlers.reply import Reply
from models.base import Json
from models.clock import utc_now
from models.company.people import Person
from models.sealed import Seal

LIFE = timedelta(hours=24)
CHAT_ROWS = 10  # of a list, on a card
PICTURE_POINTS = 3  # from so many on a picture says more than the number alone
REPORT = "company/report_performance"
FUNNEL = "company/report_funnel"
FORECAST = "company/report_forecast"
REPORTS = (REPORT, FUNNEL, FORECAST)
LISTS = (
    "customers/customer_list",
    "customers/follow_up_list",
    "customers/todo_list",
    "money/order_list",
    "questions/rows",
    "sales/lead_list",
    "sales/opportunity_list",
)


class Forged(Exception):
    """Not a link of ours, or of another installation's key."""


class Expired(Exception):
    """Was one."""


@dataclass(frozen=True)
class Query:
    """A command that reads, with its arguments, as one person asked it."""

    command: Command
    args: Json
    viewer_id: int


def linked(settings: Settings, viewer: Person, command: Command, args: Mapping[str, Any], reply: Reply) -> Reply:
    """The reply with a link to its page, where its template has one and there is more than the chat shows."""
    if not command.reads or not _has_page(reply):
        return reply
    url = f"{settings.public_url}/show/{seal(settings, viewer, command, args, utc_now() + LIFE)}"
    picture = {"picture": f"{url}.png"} if has_picture(reply) else {}
    return replace(reply, facts={**reply.facts, "link": url, **picture})


def has_picture(reply: Reply) -> bool:
    """Whether the report has enough to draw."""
    return sum(1 for _, amount in drawn(reply) if amount) >= PICTURE_POINTS


def drawn(reply: Reply) -> list[tuple[str, float]]:
    """The report's points: a day in ISO form and yuan."""
    points = (reply.result or {}).get("points", ()) if reply.template in REPORTS else ()
    return [(point["from"], float(point["amount"])) for point in points]


def seal(settings: Settings, viewer: Person, command: Command, args: Mapping[str, Any], until: datetime) -> str:
    """Encrypted as well as signed: a link lies about in logs and histories, and names people and customers."""
    body = [command.name, dict(args), viewer.id, int(until.timestamp())]
    return _seal(settings).seal(orjson.dumps(body)).rstrip(b"=").decode()


def open_link(settings: Settings, token: str, now: datetime) -> Query:
    """What the link asks. Raises `Forged` or `Expired`."""
    try:
        name, args, viewer_id, until = orjson.loads(_seal(settings).open((token + "=" * (-len(token) % 4)).encode()))
    except InvalidToken:
        raise Forged from None
    command = BY_NAME.get(name)
    if command is None or not command.reads:
        raise Forged
    if now.timestamp() >= until:
        raise Expired
    return Query(command, args, viewer_id)


def _has_page(reply: Reply) -> bool:
    return reply.template in REPORTS or (reply.template in LISTS and (reply.facts.get("total") or 0) > CHAT_ROWS)


def _seal(settings: Settings) -> Seal:
    return Seal(settings.secret_key.get_secret_value(), "page")

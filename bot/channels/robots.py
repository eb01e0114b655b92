"""Group robots of both platforms: a webhook each, no token, twenty messages a minute."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.channels.base import Receipt
from bot.channels.http import Http, Request
from bot.channels.signs import keyed_twice
from bot.inbound import Platform
from cards.card import Card
from cards.dingtalk import webhook_message
from cards.wecom import robot_message

ROBOT_LIMIT, ROBOT_SECONDS = 20, 60
LONGEST_KEY = 64


@dataclass(frozen=True)
class RobotTarget:
    """A row of the company file; `url` holds the robot's only secret (WeCom) or one of them."""

    kind: Platform
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)
    keyword: str = ""


class RobotChannel:
    """Posts and nothing more: whoever calls takes a slot of the robot's budget first and settles it after."""

    def __init__(self, http: Http, *, clock: Callable[[], float] = time.time) -> None:
        self._http, self._clock = http, clock

    def post(self, robot: RobotTarget, card: Card, *, idempotency_key: str) -> Receipt:
        """Raises `PlatformError`. DingTalk absorbs a repeat of `idempotency_key`; WeCom's robots know no such key."""
        message = robot_message(card) if robot.kind == "wecom" else webhook_message(card, keyword=robot.keyword)
        params: dict[str, str] = {}
        if robot.kind == "dingtalk":
            message = {**message, "msgUuid": _uuid(idempotency_key)}
            if robot.secret:
                stamp = str(int(self._clock() * 1000))
                params = {"timestamp": stamp, "sign": keyed_twice(stamp, robot.secret)}
        answer = self._http.send(Request(robot.kind, "POST", robot.url, params, body=message))
        code = str(answer.json.get("errcode") or "0")
        if code != "0":
            raise self._http.error(robot.kind, code, str(answer.json.get("errmsg") or ""))
        if answer.status >= 300:
            raise self._http.error(robot.kind, f"http_{answer.status}")
        return Receipt(form="markdown")


def robot_budget_key(robot: RobotTarget) -> str:
    """The budget's key: the same for all processes, and no secret in it."""
    return f"robot:{hashlib.sha256(robot.url.encode()).hexdigest()[:32]}"


def _uuid(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()

"""Group webhooks and sessionWebhooks: the messages that need no token."""

from __future__ import annotations

import json
import time

from . import robot_limit
from .config import Group
from .crypto import robot_sign
from .fields import Fields, part, parts, text, texts, visible
from .gateway import ApiAnswer, ApiRequest, Endpoint
from .refusal import errcode
from .state import KEPT, State, keep_newest

BLOCK_SECONDS = 600.0
SIGN_SECONDS = 3600
UUID_SECONDS = 24 * 3600.0
TYPES = ("text", "link", "markdown", "actionCard", "feedCard")
SESSION_GONE = 400102  # the platform names session.expired and session.notExisted but publishes no number


def send(state: State, request: ApiRequest) -> ApiAnswer:
    group = state.group("dingtalk", request.query.get("access_token", ""))
    if group is None or group.key != request.query["access_token"]:
        raise errcode(400101, "access_token不存在")
    _check_json(request)
    check(request.body)
    _check_security(group, request)
    uuid = text(request.body, "msgUuid")
    mark, now = f"{group.key}/{uuid}", state.clock.now()
    if uuid and state.seen.get(mark, 0.0) > now:
        return ApiAnswer({"errcode": 0, "errmsg": "ok"}, absorbed=True, note="msgUuid 重复，平台不再发送")
    if not robot_limit.takes(state, group.key, blocked_for=BLOCK_SECONDS):
        raise errcode(130101, "send too fast, exceed 20 times per minute")
    if uuid:
        state.seen[mark] = now + UUID_SECONDS
        keep_newest(state.seen, KEPT)
    state.show("dingtalk", group.key, "robot", request.body, group=True)
    return ApiAnswer({"errcode": 0, "errmsg": "ok"})


def send_by_session(state: State, request: ApiRequest) -> ApiAnswer:
    _check_json(request)
    check(request.body)
    session = state.sessions.get(request.query.get("session", ""))
    if session is None:
        raise errcode(SESSION_GONE, "session.notExisted")
    if state.clock.now() >= session.expires_at:
        raise errcode(SESSION_GONE, "session.expired")
    state.show("dingtalk", session.chat, "app", request.body, group=session.group)
    return ApiAnswer({"errcode": 0, "errmsg": "ok"})


def check(body: Fields) -> None:
    """Raises the Refusal of the first rule that a webhook message breaks."""
    kind = text(body, "msgtype")
    if kind not in TYPES:
        raise errcode(400105, f"msgtype {kind!r}", violation=True)
    content = part(body, kind)
    needed = {"text": ["content"], "markdown": ["title", "text"], "actionCard": ["title", "text"],
              "link": ["title", "text", "messageUrl"], "feedCard": []}[kind]  # fmt: skip
    missing = [name for name in needed if not text(content, name).strip()]
    if missing:
        raise errcode(40035, f"{kind} without {missing}", violation=True)
    if kind == "actionCard":
        _check_action_card(content)
    if kind == "feedCard" and not parts(content, "links"):
        raise errcode(40035, "feedCard without links", violation=True)
    at = part(body, "at")
    if len(texts(at, "atMobiles")) + len(texts(at, "atUserIds")) > 50:
        raise errcode(40035, "at most 50 mentions", violation=True)


def _check_action_card(content: Fields) -> None:
    single = text(content, "singleTitle") and text(content, "singleURL")
    buttons = parts(content, "btns")
    if not single and not buttons:
        raise errcode(40035, "actionCard without buttons", violation=True)
    if any(not text(button, "title") or not text(button, "actionURL") for button in buttons):
        raise errcode(40035, "actionCard button without title or actionURL", violation=True)


def _check_json(request: ApiRequest) -> None:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise errcode(43004, "无效的HTTP HEADER Content-Type", violation=True)
    if not request.body:
        raise errcode(40035, "缺少参数 json", violation=True)


def _check_security(group: Group, request: ApiRequest) -> None:
    if group.keyword and group.keyword not in f"{visible(request.body)}{json.dumps(request.body, ensure_ascii=False)}":
        raise errcode(310000, "keywords not in content", violation=True)
    if not group.secret:
        return
    stamp = request.query.get("timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp) / 1000) > SIGN_SECONDS:
        raise errcode(310000, "invalid timestamp", violation=True)
    if request.query.get("sign") != robot_sign(stamp, group.secret):
        raise errcode(310000, "sign not match", violation=True)


ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("POST", "/robot/send"): send,
    ("POST", "/robot/sendBySession"): send_by_session,
}

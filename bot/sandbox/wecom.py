"""WeCom's API: tokens, directory, media, group robots, and the way to every endpoint."""

from __future__ import annotations

import secrets
from email.parser import BytesParser
from email.policy import HTTP

from . import robot_limit, wecom_limits, wecom_messages
from .fields import Fields
from .gateway import ApiAnswer, ApiRequest, Endpoint
from .refusal import Refusal, errcode
from .state import State, keep_newest

OPEN = ("/cgi-bin/gettoken", "/cgi-bin/webhook/send", "/cgi-bin/webhook/upload_media")
MEDIA_LIMITS = {"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "file": 20 << 20}


def find(state: State, request: ApiRequest) -> Endpoint:
    """The endpoint of a call, once its token is good."""
    wanted = ENDPOINTS.get((request.method, request.path))
    if wanted is None:
        raise Refusal(
            f"no such endpoint: {request.method}", {"errcode": 40066, "errmsg": "invalid url"}, status=404,
            violation=True,
        )  # fmt: skip
    if request.path not in OPEN:
        token = request.query.get("access_token", "")
        if not token:
            raise errcode(41001, "access_token missing")
        if not state.token_is_valid("wecom", token):
            is_ours = token in state.tokens["wecom"].issued
            raise errcode(42001, "access_token expired") if is_ours else errcode(40014, "invalid access_token")
    return wanted


def gettoken(state: State, request: ApiRequest) -> ApiAnswer:
    tenant = state.config.wecom
    if request.query.get("corpid") != tenant.corp_id:
        raise errcode(40013, "invalid corpid")
    if request.query.get("corpsecret") != tenant.secret:
        raise errcode(40001, "invalid credential")
    token = state.issue_token("wecom")
    return ApiAnswer({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200})


def user_get(state: State, request: ApiRequest) -> ApiAnswer:
    persona = state.persona("wecom", request.query.get("userid", ""))
    if persona is None:
        raise errcode(60111, "userid not found")
    return ApiAnswer(
        {"errcode": 0, "errmsg": "ok", "userid": persona.wecom, "name": persona.name, "position": persona.title,
         "department": [1], "main_department": 1, "status": 1, "enable": 1}
    )  # fmt: skip


def user_simplelist(state: State, _request: ApiRequest) -> ApiAnswer:
    members = [{"userid": p.wecom, "name": p.name, "department": [1]} for p in state.people if p.wecom is not None]
    return ApiAnswer({"errcode": 0, "errmsg": "ok", "userlist": members})


def department_list(_state: State, _request: ApiRequest) -> ApiAnswer:
    root: Fields = {"id": 1, "name": "海豚科技", "parentid": 0, "order": 1}
    return ApiAnswer({"errcode": 0, "errmsg": "ok", "department": [root]})


def agent_get(state: State, request: ApiRequest) -> ApiAnswer:
    if request.query.get("agentid") != state.config.wecom.agent_id:
        raise errcode(301002, "not allow operate another agent with this accesstoken")
    return ApiAnswer({"errcode": 0, "errmsg": "ok", "agentid": int(state.config.wecom.agent_id), "name": "海豚"})


def callback_ips(_state: State, _request: ApiRequest) -> ApiAnswer:
    return ApiAnswer({"errcode": 0, "errmsg": "ok", "ip_list": ["127.0.0.*"]})


def webhook_send(state: State, request: ApiRequest) -> ApiAnswer:
    group = state.group("wecom", request.query.get("key", ""))
    if group is None or group.key != request.query["key"]:
        raise errcode(93000, "invalid webhook url")
    wecom_limits.check(request.body, robot=True)
    if not robot_limit.takes(state, group.key):
        raise errcode(45009, "api freq out of limit")
    state.show("wecom", group.key, "robot", request.body, group=True)
    return ApiAnswer({"errcode": 0, "errmsg": "ok"})


def upload(state: State, request: ApiRequest) -> ApiAnswer:
    kind = request.query.get("type", "")
    if "webhook" in request.path:
        group = state.group("wecom", request.query.get("key", ""))
        if group is None:
            raise errcode(93000, "invalid webhook url")
    name, data = _file(request)
    if kind not in MEDIA_LIMITS or not 5 < len(data) <= MEDIA_LIMITS[kind]:
        raise errcode(40006, f"invalid media size or type {kind!r}", violation=True)
    media_id = keep(state, name, data)
    return ApiAnswer(
        {"errcode": 0, "errmsg": "ok", "type": kind, "media_id": media_id, "created_at": str(int(state.clock.now()))}
    )


def media_get(state: State, request: ApiRequest) -> ApiAnswer:
    found = state.media.get(request.query.get("media_id", ""))
    if found is None:
        raise errcode(40007, "invalid media_id")
    return ApiAnswer({}, raw=found[1])


def keep(state: State, name: str, data: bytes) -> str:
    """Stores a file (the newest 50 are kept) and names it."""
    media_id = secrets.token_urlsafe(32)
    state.media[media_id] = (name, data)
    keep_newest(state.media, 50)
    return media_id


def _file(request: ApiRequest) -> tuple[str, bytes]:
    """The `media` part of a multipart body."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.raw)
    for piece in message.iter_parts() if message.is_multipart() else ():
        if piece.get_param("name", header="content-disposition") == "media":
            content = piece.get_payload(decode=True)
            return piece.get_filename() or "file", content if isinstance(content, bytes) else b""
    raise errcode(41005, "media data missing", violation=True)


ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/cgi-bin/gettoken"): gettoken,
    ("GET", "/cgi-bin/user/get"): user_get,
    ("GET", "/cgi-bin/user/simplelist"): user_simplelist,
    ("GET", "/cgi-bin/department/list"): department_list,
    ("GET", "/cgi-bin/agent/get"): agent_get,
    ("GET", "/cgi-bin/getcallbackip"): callback_ips,
    ("GET", "/cgi-bin/media/get"): media_get,
    ("POST", "/cgi-bin/media/upload"): upload,
    ("POST", "/cgi-bin/webhook/upload_media"): upload,
    ("POST", "/cgi-bin/webhook/send"): webhook_send,
    **{("POST", path): endpoint for path, endpoint in wecom_messages.ENDPOINTS.items()},
}

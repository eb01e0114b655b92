"""DingTalk's two API hosts: tokens, directory, files, and the way to every endpoint."""

from __future__ import annotations

from . import dingtalk_cards, dingtalk_messages, dingtalk_robot
from .fields import Fields, text
from .gateway import ApiAnswer, ApiRequest, Endpoint
from .refusal import Refusal, errcode, v1
from .state import State


def find(state: State, request: ApiRequest) -> Endpoint:
    """The endpoint of a call, once its token is good."""
    wanted = ENDPOINTS.get((request.method, request.path))
    if wanted is None and request.path.startswith("/v1.0/"):
        raise v1("InvalidAction.NotFound", f"no such endpoint: {request.method}", status=404)
    if wanted is None:
        body: Fields = {"errcode": 404, "errmsg": "请求的URI地址不存在"}
        raise Refusal(f"no such endpoint: {request.method}", body, violation=True)
    if request.path.startswith("/topapi/"):
        token = request.query.get("access_token", "")
        if not token:
            raise errcode(41001, "缺少access_token参数")
        if not state.token_is_valid("dingtalk", token):
            raise errcode(40014, "不合法的access_token")
    if request.path.startswith("/v1.0/") and wanted is not access_token:
        token = request.headers.get("x-acs-dingtalk-access-token", "")
        if not state.token_is_valid("dingtalk", token):
            raise v1("InvalidAuthentication", "不合法的access_token", violation=False)
    return wanted


def access_token(state: State, request: ApiRequest) -> ApiAnswer:
    tenant = state.config.dingtalk
    if (text(request.body, "appKey"), text(request.body, "appSecret")) != (tenant.app_key, tenant.app_secret):
        raise v1("invalidClientIdOrSecret", "无效的clientId或者clientSecret", violation=False)
    return ApiAnswer({"accessToken": state.issue_token("dingtalk"), "expireIn": 7200})


def gettoken(state: State, request: ApiRequest) -> ApiAnswer:
    tenant = state.config.dingtalk
    if (request.query.get("appkey"), request.query.get("appsecret")) != (tenant.app_key, tenant.app_secret):
        raise errcode(40089, "不合法的corpid或corpsecret")
    token = state.issue_token("dingtalk")
    return ApiAnswer({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200})


def user_get(state: State, request: ApiRequest) -> ApiAnswer:
    persona = state.persona("dingtalk", text(request.body, "userid"))
    if persona is None:
        raise errcode(60121, "找不到该用户")
    result: Fields = {"userid": persona.dingtalk, "unionid": f"union-{persona.dingtalk}", "name": persona.name,
                      "title": persona.title, "active": True, "dept_id_list": [1]}  # fmt: skip
    return ApiAnswer({"errcode": 0, "errmsg": "ok", "result": result})


def file_download(state: State, request: ApiRequest) -> ApiAnswer:
    code = text(request.body, "downloadCode")
    if text(request.body, "robotCode") != state.config.dingtalk.robot_code:
        raise v1("invalidParameter.robotCode.invalid", "robotCode")
    if code not in state.media:
        raise v1("invalidParameter.downloadCode.invalid", "downloadCode", violation=False)
    return ApiAnswer({"downloadUrl": f"{state.own_url}/files/{code}"})


ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("POST", "/v1.0/oauth2/accessToken"): access_token,
    ("GET", "/gettoken"): gettoken,
    ("POST", "/topapi/v2/user/get"): user_get,
    ("POST", "/v1.0/robot/messageFiles/download"): file_download,
    **dingtalk_messages.ENDPOINTS,
    **dingtalk_cards.ENDPOINTS,
    **dingtalk_robot.ENDPOINTS,
}

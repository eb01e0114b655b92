"""The dozen DingTalk calls that Haitun makes, on the one session."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import orjson

from bot.channels.base import Download, PlatformError
from bot.channels.errors import named_scopes
from bot.channels.http import Answer, Http, Request, named_in
from bot.channels.tokens import Tokens, TokenStore

CALLBACK_PATH = "/callbacks/dingtalk/cards"

CallbackMode = Literal["http", "stream"]


@dataclass(frozen=True)
class DingTalkAccount:
    """One in-house app. `card_secret` signs card callbacks; derived from the secret key, the same in all processes."""

    app_key: str
    app_secret: str = field(repr=False)
    robot_code: str
    corp_id: str
    callback_token: str = field(repr=False)
    callback_aes_key: str = field(repr=False)
    card_secret: str = field(repr=False)
    card_template_id: str
    api_base: str
    oapi_base: str
    mode: CallbackMode = "http"

    @property
    def route_key(self) -> str:
        """The card callback route's name: one per installation, known to every process of it."""
        return f"haitun-{hashlib.sha256(self.card_secret.encode()).hexdigest()[:16]}"


class DingTalkClient:
    """Each method raises `PlatformError`; a bad token is refreshed and the call repeated once."""

    def __init__(self, account: DingTalkAccount, http: Http, store: TokenStore) -> None:
        self._account, self._http = account, http
        self._base = account.api_base.rstrip("/")
        self._tokens = Tokens(store, _app(account), self._fetch)

    def send_to_person(self, account: str, key: str, param: Mapping[str, Any]) -> str:
        """A robot message; returns its processQueryKey. Has no idempotency key on the platform's side."""
        body = {"robotCode": self._account.robot_code, "userIds": [account], **_message(key, param)}
        answer = self._call("POST", "/v1.0/robot/oToMessages/batchSend", body)
        for name, code in (("invalidStaffIdList", "invalidStaffId"), ("flowControlledStaffIdList", "flowControlled")):
            if account in _listed(answer.get(name)):
                raise self._http.error("dingtalk", code)
        return str(answer.get("processQueryKey") or "")

    def send_to_group(self, conversation: str, key: str, param: Mapping[str, Any]) -> str:
        """A robot message into an internal group that the robot is in."""
        body = {"robotCode": self._account.robot_code, "openConversationId": conversation, **_message(key, param)}
        return str(self._call("POST", "/v1.0/robot/groupMessages/send", body).get("processQueryKey") or "")

    def recall(self, message_id: str) -> None:
        """Within 24 hours; a group's message is `conversation|key` (both are base64, which has no bar)."""
        group, _, key = message_id.rpartition("|")
        body: dict[str, Any] = {"robotCode": self._account.robot_code, "processQueryKeys": [key]}
        if group:
            self._call("POST", "/v1.0/robot/groupMessages/recall", {**body, "openConversationId": group})
        else:
            self._call("POST", "/v1.0/robot/otoMessages/batchRecall", body)

    def deliver_card(self, space: str, card_key: str, params: Mapping[str, str], shown: str) -> str:
        """A new card into `IM_ROBOT.<user>` or `IM_GROUP.<conversation>`; returns the carrier id.

        `shown` is what the chat list reads. A card key that exists is a repeat and succeeds with "".
        """
        try:
            answer = self._call(
                "POST", "/v1.0/card/instances/createAndDeliver", self._card(space, card_key, params, shown)
            )
        except PlatformError as error:
            if error.code != "param.cardAlreadyExist":
                raise
            return ""
        result = answer.get("result")
        delivered = result.get("deliverResults") if isinstance(result, dict) else None
        for one in delivered if isinstance(delivered, list) else []:
            if isinstance(one, dict) and one.get("success") is not True:
                raise self._http.error("dingtalk", "deliverFailed")
        first = delivered[0] if isinstance(delivered, list) and delivered else {}
        return str(first.get("carrierId") or "")

    def update_card(self, card_key: str, params: Mapping[str, str]) -> None:
        """Changes the named parameters for everybody who has the card."""
        body = {
            "outTrackId": card_key,
            "userIdType": 1,
            "cardData": {"cardParamMap": dict(params)},
            "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
        }
        self._call("PUT", "/v1.0/card/instances", body)

    def register_callback(self, public_url: str) -> None:
        """Points this installation's route at `public_url`; safe to repeat, to be done once per start."""
        body = {
            "callbackRouteKey": self._account.route_key,
            "callbackUrl": f"{public_url.rstrip('/')}{CALLBACK_PATH}",
            "apiSecret": self._account.card_secret,
            "forceUpdate": True,
        }
        self._call("POST", "/v1.0/card/callbacks/register", body)

    def media(self, code: str, *, most: int) -> Download:
        """A message's content: DingTalk gives an address for it, which is used only over https or on its own host."""
        body = {"downloadCode": code, "robotCode": self._account.robot_code}
        url = str(self._call("POST", "/v1.0/robot/messageFiles/download", body).get("downloadUrl") or "")
        ours = urlsplit(self._base)
        if urlsplit(url).scheme != "https" and urlsplit(url)[:2] != ours[:2]:
            raise self._http.error("dingtalk", "bad_url")
        found = self._http.fetch(Request("dingtalk", "GET", url), most=most)
        return Download(found.data, named_in(found.disposition))

    def send_by_session(self, session: str, message: Mapping[str, Any]) -> None:
        """To a sessionWebhook, which needs no token; the caller has checked its host."""
        answer = self._http.send(Request("dingtalk", "POST", session, body=dict(message)))
        self.check(answer)

    def prove(self) -> None:
        """Asks for a token past every cache; DingTalk gives the same one again while it is valid."""
        self._fetch()

    def check(self, answer: Answer) -> Mapping[str, Any]:
        """The JSON object of a success, of either API generation."""
        code = answer.json.get("code") or answer.json.get("errcode") or 0
        if str(code) in ("88",) and isinstance(answer.json.get("sub_code"), str | int):
            code = answer.json["sub_code"]
        if answer.json.get("status") == 1111:
            code = 1111
        if code == 0 and answer.json.get("success") is False:
            code = "notSuccess"
        if str(code) in ("0", "ok") and answer.status < 300:
            return answer.json
        message = str(answer.json.get("message") or answer.json.get("errmsg") or answer.json.get("sub_msg") or "")
        named = str(code) if str(code) != "0" else f"http_{answer.status}"
        raise self._http.error("dingtalk", named, message, detail=named_scopes(answer.json))

    def _fetch(self) -> tuple[str, int]:
        body = {"appKey": self._account.app_key, "appSecret": self._account.app_secret}
        answer = self.check(
            self._http.send(Request("dingtalk", "POST", f"{self._base}/v1.0/oauth2/accessToken", body=body))
        )
        return str(answer["accessToken"]), int(answer.get("expireIn") or 7200)

    def _call(self, method: str, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        def call(token: str) -> Mapping[str, Any]:
            headers = {"x-acs-dingtalk-access-token": token}
            return self.check(
                self._http.send(Request("dingtalk", method, f"{self._base}{path}", headers=headers, body=body))
            )

        return self._tokens.with_token(call)

    def _card(self, space: str, card_key: str, params: Mapping[str, str], shown: str) -> dict[str, Any]:
        http = self._account.mode == "http"
        model = {
            "supportForward": False,  # a forwarded card's buttons would answer to somebody else
            "lastMessageI18n": {"ZH_CN": shown},
            "notification": {"alertContent": shown, "notificationOff": False},
        }
        body: dict[str, Any] = {
            "cardTemplateId": self._account.card_template_id,
            "outTrackId": card_key,
            "callbackType": "HTTP" if http else "STREAM",
            "cardData": {"cardParamMap": dict(params)},
            "openSpaceId": f"dtv1.card//{space}",
            "userIdType": 1,
        }
        if http:
            body["callbackRouteKey"] = self._account.route_key
        if space.startswith("IM_GROUP."):
            return {
                **body,
                "imGroupOpenSpaceModel": model,
                "imGroupOpenDeliverModel": {"robotCode": self._account.robot_code},
            }
        deliver = {"spaceType": "IM_ROBOT", "robotCode": self._account.robot_code}
        return {**body, "imRobotOpenSpaceModel": model, "imRobotOpenDeliverModel": deliver}


def _message(key: str, param: Mapping[str, Any]) -> dict[str, str]:
    return {"msgKey": key, "msgParam": orjson.dumps(dict(param)).decode()}


def _app(account: DingTalkAccount) -> str:
    mark = hashlib.sha256(account.app_secret.encode()).hexdigest()[:12]
    return f"dingtalk:{account.app_key}:{mark}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

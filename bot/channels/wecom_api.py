"""wechatpy's work client on our session, tokens and error table: no recursion, no fixed host, always a timeout."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from wechatpy.work import WeChatClient

from bot.channels.base import Download, PlatformError
from bot.channels.http import Fetched, Http, Request, named_in
from bot.channels.tokens import Tokens, TokenStore

# A repeat is recognised by its whole JSON. The interval takes part in it, so that the same words sent on purpose a
# minute later (another idempotency key) are another message.
DUPLICATE_SECONDS, DUPLICATE_SPREAD = 900, 900


@dataclass(frozen=True)
class WeComAccount:
    """One self-built app of one corporation."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    callback_token: str = field(repr=False)
    callback_aes_key: str = field(repr=False)
    api_base: str


@dataclass(frozen=True)
class Sent:
    """What message/send gave back; both empty when WeCom recognised a repeat."""

    message_id: str
    response_code: str


class WeComClient(WeChatClient):  # type: ignore[misc]
    """All of wechatpy's API groups (`message`, `user`, `department`, `agent`, ...) raise `PlatformError`."""

    def __init__(self, account: WeComAccount, http: Http, store: TokenStore) -> None:
        super().__init__(account.corp_id, account.secret, auto_retry=False)
        self.API_BASE_URL = f"{account.api_base.rstrip('/')}/cgi-bin/"
        self._account, self._ours = account, http
        self._tokens = Tokens(store, _app(account), self._fetch)

    def send_message(self, account: str, message: Mapping[str, Any], idempotency_key: str) -> Sent:
        """To one member. The same key and message are recognised as a repeat for a quarter of an hour at least."""
        spread = int.from_bytes(hashlib.sha256(idempotency_key.encode()).digest()[:4], "big") % DUPLICATE_SPREAD
        guarded = {
            **message,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATE_SECONDS + spread,
        }
        answer = self.message.send(self._account.agent_id, account, msg=guarded)
        for name, code in (("invaliduser", "invaliduser"), ("unlicenseduser", "unlicensed")):
            if account.lower() in _accounts(answer.get(name)):
                raise self._ours.error("wecom", code)
        return Sent(str(answer.get("msgid") or ""), str(answer.get("response_code") or ""))

    def update_card(self, account: str, response_code: str, part: Mapping[str, Any]) -> None:
        """Spends `response_code`. What WeCom refuses for its content raises with the remedy `fallback`."""
        body = {
            "userids": [account],
            "agentid": self._account.agent_id,
            "response_code": response_code,
            **part,
        }
        try:
            self.post("message/update_template_card", data=body)
            return
        except PlatformError as error:
            if error.remedy not in ("bug", "drop") and self._ours.is_known("wecom", error.code):
                raise
            code = error.code
        raise PlatformError(code, "fallback", "卡片不能再更新，改发新卡片")

    def recall(self, message_id: str) -> None:
        """Within 24 hours."""
        self.post("message/recall", data={"msgid": message_id})

    def fetch_media(self, media_id: str, *, most: int) -> Download:
        """A message's content; WeCom keeps it for three days. A refusal comes as JSON with status 200."""

        def call(token: str) -> Fetched:
            params = {"access_token": token, "media_id": media_id}
            found = self._ours.fetch(Request("wecom", "GET", f"{self.API_BASE_URL}media/get", params), most=most)
            if found.content_type.startswith(("application/json", "text/plain")) and found.data[:1] == b"{":
                self._raise_refusal(found.data)
            return found

        found = self._tokens.with_token(call)
        return Download(found.data, named_in(found.disposition))

    def _raise_refusal(self, data: bytes) -> None:
        answer = orjson.loads(data)
        code = str(answer.get("errcode") or "0")
        if code != "0":
            raise self._ours.error("wecom", code, str(answer.get("errmsg") or ""))

    def app_name(self) -> str:
        """The app's name; proves token, agent id and trusted IP."""
        return str(self.agent.get(self._account.agent_id).get("name") or "")

    def budget_error(self, wait: float) -> PlatformError:
        """The refusal of our own budget, counted like the platform's."""
        error = self._ours.error("wecom", "budget")
        error.wait = max(wait, 1.0)
        return error

    @property
    def access_token(self) -> str:
        """For wechatpy's own use."""
        return self._tokens.current()[0]

    def fetch_access_token(self) -> Mapping[str, Any]:
        """wechatpy's hook; the token itself is kept by the store."""
        return {"access_token": self._tokens.current()[0]}

    def _fetch(self) -> tuple[str, int]:
        params = {"corpid": self._account.corp_id, "corpsecret": self._account.secret}
        answer = self._checked(Request("wecom", "GET", f"{self.API_BASE_URL}gettoken", params))
        return str(answer["access_token"]), int(answer.get("expires_in") or 7200)

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """wechatpy's single way out. Raises `TypeError` for what none of our calls uses (file uploads)."""
        processor = kwargs.pop("result_processor", None)
        base = kwargs.pop("api_base_url", self.API_BASE_URL)
        params = {name: str(value) for name, value in (kwargs.pop("params", None) or {}).items()}
        body = kwargs.pop("data", None)
        kwargs.pop("timeout", None)
        if kwargs:
            raise TypeError(f"not supported: {', '.join(sorted(kwargs))}")
        url = url_or_endpoint if url_or_endpoint.startswith(("http://", "https://")) else f"{base}{url_or_endpoint}"

        def call(token: str) -> Mapping[str, Any]:
            return self._checked(Request("wecom", method.upper(), url, {**params, "access_token": token}, body=body))

        answer = self._tokens.with_token(call)
        return processor(answer) if processor else answer

    def _checked(self, request: Request) -> Mapping[str, Any]:
        answer = self._ours.send(request)
        code = str(answer.json.get("errcode") or "0")
        if code != "0":
            raise self._ours.error("wecom", code, str(answer.json.get("errmsg") or ""))
        if answer.status >= 300:
            raise self._ours.error("wecom", f"http_{answer.status}")
        return answer.json


def _app(account: WeComAccount) -> str:
    """One token per secret: a changed secret never meets the old secret's token."""
    mark = hashlib.sha256(account.secret.encode()).hexdigest()[:12]
    return f"wecom:{account.corp_id}:{account.agent_id}:{mark}"


def _accounts(value: Any) -> list[str]:
    """message/send gives `a|b`, the card update a list; lower case in both."""
    names = value if isinstance(value, list) else str(value or "").split("|")
    return [str(name).lower() for name in names]

"""WeCom: the callback door of a self-built app, and the channel to its members."""

import hashlib
import re
import time
from collections.abc import Mapping
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from wechatpy.messages import BaseMessage
from wechatpy.work.events import BaseEvent

from bot.channels import wecom_events as events
from bot.channels.base import DoorAnswer, DoorError, Download, PlatformError, Receipt
from bot.channels.budget import Budget, Grant
from bot.channels.envelope import Envelope
from bot.channels.wecom_api import WeComAccount, WeComClient
from bot.inbound import Ignored, Inbound, Joined, Said, SaidKind, Tapped
from cards.card import Card
from cards.text import plain
from cards.wecom import app_message, card_update

PASSIVE_BYTES = 2048
PERSON_LIMITS = ((30, 60), (1000, 3600))  # messages, seconds: document/path/90236
SAY = "say:"

_SYSTEM_SENDER = "sys"
_MSG_ID = re.compile(r"\d{1,20}")
_CHANGE = re.compile(r"[a-z_]{1,40}")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_FORMS: Mapping[str, Literal["card", "markdown", "text"]] = {"template_card": "card", "markdown": "markdown"}
# Message kind to the details kept of it (our name, the element).
_SAID: Mapping[str, tuple[SaidKind, tuple[tuple[str, str], ...]]] = {
    "text": ("text", ()),
    "image": ("image", (("media_id", "MediaId"), ("picture_url", "PicUrl"))),
    "voice": ("voice", (("media_id", "MediaId"), ("format", "Format"))),
    "video": ("video", (("media_id", "MediaId"), ("thumb_media_id", "ThumbMediaId"))),
    "location": (
        "location",
        (("latitude", "Location_X"), ("longitude", "Location_Y"), ("scale", "Scale"), ("label", "Label")),
    ),
    "link": (
        "link",
        (("title", "Title"), ("description", "Description"), ("url", "Url"), ("picture_url", "PicUrl")),
    ),
}
_JOINED: Mapping[str, Literal["subscribe", "unsubscribe", "enter"]] = {
    "subscribe": "subscribe",
    "unsubscribe": "unsubscribe",
    "enter_agent": "enter",
}


class WeComDoor:
    """`GET` and `POST /callbacks/wecom`. Each method raises `DoorError` and nothing else on whatever comes in."""

    def __init__(self, account: WeComAccount) -> None:
        self._account = account
        self._envelope = Envelope(account.callback_token, account.callback_aes_key, (account.corp_id,))

    def verify(self, query: Mapping[str, str]) -> bytes:
        """The answer to the URL verification: the decrypted echo, bare."""
        # An unescaped + has become a space on the way; base64 knows no space.
        sealed = _needed(query, "echostr").replace(" ", "+")
        self._check(query, sealed)
        return self._envelope.open(sealed).text.encode()

    def open(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Inbound:  # noqa: ARG002
        """The event inside; the signature is checked before anything is decrypted."""
        sealed = _sealed(body)
        self._check(query, sealed)
        text = self._envelope.open(sealed).text
        return _inbound(events.read_message(text), text)

    def answer(self, inbound: Inbound, card: Card | None) -> DoorAnswer:
        """The card as encrypted text to whoever wrote or entered; silence (an empty 200) for None and for taps."""
        if card is None or isinstance(inbound, Tapped | Ignored) or not inbound.account:
            return DoorAnswer()
        text = plain(card, limit_bytes=PASSIVE_BYTES)
        reply = (
            f"<xml><ToUserName><![CDATA[{_cdata(inbound.account)}]]></ToUserName>"
            f"<FromUserName><![CDATA[{self._account.corp_id}]]></FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{_cdata(text)}]]></Content></xml>"
        )
        return DoorAnswer(self._envelope.seal_xml(reply).encode(), "text/xml; charset=utf-8")

    def _check(self, query: Mapping[str, str], sealed: str) -> None:
        signature, stamp, nonce = (_needed(query, name) for name in ("msg_signature", "timestamp", "nonce"))
        self._envelope.check(signature, stamp, nonce, sealed)


class WeComChannel:
    """To the members in the app's visible range. `budget` None: unlimited, for tests and single calls."""

    name = "wecom"

    def __init__(self, account: WeComAccount, client: WeComClient, *, budget: Budget | None = None) -> None:
        self._account, self._client, self._budget = account, client, budget

    def send(self, account: str, card: Card, *, card_key: str, idempotency_key: str) -> Receipt:
        """Raises `ValueError` for a card key that is no task id."""
        return self._send(account, app_message(card, task_id=card_key), idempotency_key)

    def send_text(self, account: str, card: Card, *, idempotency_key: str) -> Receipt:
        content = plain(card, limit_bytes=PASSIVE_BYTES)
        return self._send(account, {"msgtype": "text", "text": {"content": content}}, idempotency_key)

    def update(self, account: str, card: Card, *, card_key: str, response_code: str) -> None:  # noqa: ARG002
        """No code says "already spent": every refusal of the content has the remedy `fallback` (send a fresh card)."""
        self._client.update_card(account, response_code, card_update(card))

    def recall(self, message_id: str) -> None:
        self._client.recall(message_id)

    def reply(self, session: str, card: Card, *, idempotency_key: str) -> Receipt:  # noqa: ARG002
        """WeCom has no sessions: always refused."""
        raise PlatformError("no_session", "bug", "企业微信没有会话地址")

    def probe(self) -> str:
        name = self._client.app_name()
        return f"WeCom: token, agent {self._account.agent_id} and caller IP are accepted" + (
            f" ({name})" if name else ""
        )

    def _send(self, account: str, message: Mapping[str, Any], idempotency_key: str) -> Receipt:
        grants = self._take(account)
        sent = 0
        try:
            answer = self._client.send_message(account, message, idempotency_key)
            sent = 1
        except PlatformError as error:
            sent = int(error.uncertain)
            raise
        finally:
            for grant in grants:
                grant.settle(sent)
        form = _FORMS.get(str(message["msgtype"]), "text")
        return Receipt(answer.message_id, answer.response_code, form)

    def download(self, media: str, *, most: int) -> Download:
        return self._client.fetch_media(media, most=most)

    def _take(self, account: str) -> list[Grant]:
        """Beyond its limits WeCom drops messages and says ok, so that they are not sent at all."""
        grants: list[Grant] = []
        if self._budget is None:
            return grants
        for limit, seconds in PERSON_LIMITS:
            key = f"wecom:{self._account.corp_id}:{self._account.agent_id}:{account.lower()}:{seconds}"
            grants.append(self._budget.take(key, limit, seconds, after_loss=0.5))
            if not grants[-1].allowed:
                for grant in grants:
                    grant.settle(0)
                raise self._client.budget_error(grants[-1].wait)
        return grants


def _needed(query: Mapping[str, str], name: str) -> str:
    value = query.get(name)
    if not value:
        raise DoorError(400, "missing_parameter")
    return value


def _sealed(body: bytes) -> str:
    """The Encrypt element of the outer XML, which anybody may have written."""
    if b"\0" in body:
        raise DoorError(400, "bad_xml")  # UTF-16 and UTF-32, in which no byte guard sees a bomb
    try:
        root = ElementTree.fromstring(body, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, ValueError, LookupError):
        raise DoorError(400, "bad_xml") from None
    sealed = root.findtext("Encrypt")
    if not sealed:
        raise DoorError(400, "no_encrypt")
    return sealed.strip()


def _inbound(message: BaseMessage, text: str) -> Inbound:
    account = events.field(message, "FromUserName").lower()
    if isinstance(message, BaseEvent):
        return _event(message, account, _digest(text))
    msg_id = events.field(message, "MsgId")
    event_id = msg_id if _MSG_ID.fullmatch(msg_id) else _digest(text)
    if events.is_unknown(message) or message.type not in _SAID:
        is_event = events.field(message, "MsgType").lower() == "event"
        return Ignored("wecom", event_id, "unknown_event" if is_event else "unknown_message", account)
    if not account:
        return Ignored("wecom", event_id, "no_sender")
    kind, wanted = _SAID[message.type]
    said = events.field(message, "Content").strip() if kind == "text" else ""
    found = ((name, events.field(message, element)) for name, element in wanted)
    return Said("wecom", account, event_id, said, kind, details={name: value for name, value in found if value})


def _event(message: BaseEvent, account: str, event_id: str) -> Inbound:
    name = str(message.event)
    if account == _SYSTEM_SENDER or not account:
        return Ignored("wecom", event_id, _reason(message, name))
    if isinstance(message, events.TemplateCardEvent):
        return Tapped(
            "wecom",
            account,
            event_id,
            card=events.field(message, "TaskId"),
            key=events.field(message, "EventKey"),
            selected=message.selected,
            response_code=events.field(message, "ResponseCode"),
        )
    if name == "click" and events.field(message, "EventKey").startswith(SAY):
        return Said("wecom", account, event_id, events.field(message, "EventKey").removeprefix(SAY).strip())
    if name in _JOINED:
        return Joined("wecom", account, event_id, _JOINED[name])
    return Ignored("wecom", event_id, _reason(message, name), account)


def _reason(message: BaseEvent, name: str) -> str:
    change = events.field(message, "ChangeType")
    return f"{name}.{change}" if _CHANGE.fullmatch(change) else name


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _cdata(text: str) -> str:
    """Text that stays inside a CDATA section, without what XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>")

"""DingTalk's three callback doors: robot messages, card taps, the event subscription."""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from bot.channels.base import DoorAnswer, DoorError
from bot.channels.dingtalk_api import DingTalkAccount
from bot.channels.envelope import Envelope
from bot.channels.signs import check_equal, check_fresh, header, keyed_once, keyed_twice
from bot.inbound import Ignored, Inbound, Said, SaidKind, Tapped
from cards.card import Card
from cards.dingtalk import card_params, webhook_message

JSON_TYPE = "application/json; charset=utf-8"
LONGEST_ID = 200

Clock = Callable[[], float]

_NAME = re.compile(r"[a-z_]{1,60}")
# Message type to our kind and the details kept of it (our name, the element).
_KINDS: Mapping[str, tuple[SaidKind, tuple[tuple[str, str], ...]]] = {
    "picture": ("image", (("download_code", "downloadCode"),)),
    "audio": ("voice", (("download_code", "downloadCode"), ("duration", "duration"))),
    "video": ("video", (("download_code", "downloadCode"), ("duration", "duration"), ("video_type", "videoType"))),
    "file": ("file", (("download_code", "downloadCode"), ("file_name", "fileName"))),
}


class DingTalkRobotDoor:
    """`POST /callbacks/dingtalk/robot`. The signature does not cover the body: a repeat is known by its msgId."""

    def __init__(self, account: DingTalkAccount, *, clock: Clock = time.time) -> None:
        self._account, self._clock = account, clock

    def open(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Inbound:  # noqa: ARG002
        stamp, sign = header(headers, "timestamp"), header(headers, "sign")
        check_fresh(stamp, self._clock())
        check_equal(sign, keyed_twice(stamp, self._account.app_secret))
        return robot_message(_object(body), _digest(body), self._account.oapi_base)

    def answer(self, inbound: Inbound, card: Card | None) -> DoorAnswer:
        """The card as markdown; `{"msgtype": "empty"}` is the documented silence."""
        if card is None or isinstance(inbound, Ignored):
            return _json_answer({"msgtype": "empty"})
        return _json_answer(webhook_message(card, keyword=""))


class DingTalkCardDoor:
    """`POST /callbacks/dingtalk/cards`. What it answers is shown to the person who tapped alone."""

    def __init__(self, account: DingTalkAccount, *, clock: Clock = time.time) -> None:
        self._account, self._clock = account, clock

    def open(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Inbound:  # noqa: ARG002
        stamp, sign = header(headers, "x-ddpaas-signature-timestamp"), header(headers, "x-ddpaas-signature")
        check_fresh(stamp, self._clock())
        check_equal(sign, keyed_once(stamp, self._account.card_secret))
        # A tap has no id: the same button tapped again later is another tap, the same request is not.
        return card_tap(_object(body), _digest(stamp.encode() + b"\n" + body))

    def answer(self, inbound: Inbound, card: Card | None) -> DoorAnswer:
        """The changed card, or nothing changed for None."""
        if card is None or isinstance(inbound, Ignored):
            return _json_answer({})
        changed = {"cardParamMap": card_params(card)}
        options = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
        return _json_answer({"cardUpdateOptions": options, "cardData": changed})


class DingTalkEventDoor:
    """`POST /callbacks/dingtalk/events`: acknowledged and counted; every answer is the encrypted `success`."""

    def __init__(self, account: DingTalkAccount) -> None:
        # Console subscriptions write the app key behind the message, the older registration the corp id.
        owners = tuple(owner for owner in (account.app_key, account.corp_id) if owner)
        self._envelope = Envelope(account.callback_token, account.callback_aes_key, owners)
        self._owner = account.app_key

    def open(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Inbound:  # noqa: ARG002
        signature = _either(query, "msg_signature", "signature")
        stamp, nonce = _either(query, "timestamp", "timeStamp"), _either(query, "nonce")
        sealed = _object(body).get("encrypt")
        if not isinstance(sealed, str) or not sealed:
            raise DoorError(400, "no_encrypt")
        self._envelope.check(signature, stamp, nonce, sealed)
        opened = self._envelope.open(sealed)
        event = _object(opened.text.encode())
        self._owner = opened.receive_id  # one subscription uses one of them: the answer must use the same
        name = _text(event, "EventType") or _text(event, "eventType")
        reason = name if _NAME.fullmatch(name) else "unknown_event"
        return Ignored("dingtalk", _id(_text(event, "eventId"), _digest(opened.text.encode())), reason)

    def answer(self, inbound: Inbound, card: Card | None) -> DoorAnswer:  # noqa: ARG002
        return _json_answer(self._envelope.seal_json("success", self._owner))


def robot_message(message: Mapping[str, Any], digest: str, oapi_base: str) -> Inbound:
    """What a robot message means, in HTTP and in stream mode. `digest` stands in for a missing msgId."""
    event_id, account = _id(_text(message, "msgId"), digest), _text(message, "senderStaffId")
    content = message.get("content")
    kind, said, details = _said(message, content)
    if kind is None:
        empty = not isinstance(message.get("text"), dict) and not content
        return Ignored("dingtalk", event_id, "over_quota" if empty else "unknown_message", account)
    group = _text(message, "conversationType") == "2"
    session = _text(message, "sessionWebhook")
    return Said(
        "dingtalk",
        account,
        event_id,
        said,
        kind,
        chat=_text(message, "conversationId") if group else "",
        mentioned=_text(message, "isInAtList").lower() == "true",
        session=session if same_origin(session, oapi_base) else "",
        details=details,
    )


def card_tap(callback: Mapping[str, Any], digest: str) -> Inbound:
    """What a card callback means, in HTTP and in stream mode."""
    account, kind = _text(callback, "userId"), _text(callback, "type")
    if kind not in ("", "actionCallback"):
        return Ignored(
            "dingtalk", digest, "dynamic_data" if kind == "dynamicDataCallback" else "unknown_card_event", account
        )
    content = _unpacked(callback.get("content")) or _unpacked(callback.get("value"))
    private = _unpacked(content.get("cardPrivateData"))
    params = _unpacked(private.get("params")) or _unpacked(content.get("params")) or _unpacked(callback.get("params"))
    actions = private.get("actionIds") or content.get("actionIds") or callback.get("actionIds")
    key = actions[0] if isinstance(actions, list) and actions else ""
    return Tapped(
        "dingtalk",
        account,
        digest,
        card=_text(callback, "outTrackId"),
        key=_clean(key),
        selected={_clean(name): _chosen(value) for name, value in params.items()},
        chat=_text(callback, "spaceId") if _text(callback, "spaceType").upper() == "IM_GROUP" else "",
    )


def same_origin(url: str, base: str) -> bool:
    """Whether scheme, host and port are the same: where a sessionWebhook may be called at all."""
    try:
        given, ours = urlsplit(url), urlsplit(base)
        if "@" in given.netloc or "\\" in url or any(c.isspace() for c in url):
            return False
        return bool(given.hostname) and _origin(given) == _origin(ours)
    except ValueError:
        return False


def _origin(url: Any) -> tuple[str, str, int | None]:
    port = url.port or {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, (url.hostname or ""), port


def _said(message: Mapping[str, Any], content: Any) -> tuple[SaidKind | None, str, dict[str, str]]:
    """Kind, words and details. The sheet's contradictory forms: `text.content`, or `content` as a string."""
    kind = _text(message, "msgtype")
    if kind in ("text", ""):
        inner = message.get("text")
        said = inner.get("content") if isinstance(inner, dict) else inner
        said = said if isinstance(said, str) else content
        return ("text" if isinstance(said, str) else None), _clean(said).strip(), {}
    if not isinstance(content, dict):
        return None, "", {}
    if kind == "richText":
        return _rich_text(content.get("richText"))
    if kind not in _KINDS:
        return None, "", {}
    ours, wanted = _KINDS[kind]
    found = ((name, _text(content, element)) for name, element in wanted)
    return ours, _text(content, "recognition").strip(), {name: value for name, value in found if value}


def _rich_text(parts: Any) -> tuple[SaidKind | None, str, dict[str, str]]:
    given = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    said = "".join(_text(part, "text") for part in given).strip()
    codes = [code for code in (_text(part, "downloadCode") for part in given) if code]
    if not said and not codes:
        return None, "", {}
    return ("text" if said else "image"), said, ({"download_code": codes[0]} if codes else {})


def _chosen(value: Any) -> tuple[str, ...]:
    return tuple(_clean(item) for item in value) if isinstance(value, list) else (_clean(value),)


def _unpacked(value: Any) -> dict[str, Any]:
    """An object, given as such or as JSON in a string."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return {}
    return value if isinstance(value, dict) else {}


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise DoorError(400, "bad_json") from None
    if not isinstance(value, dict):
        raise DoorError(400, "bad_json")
    return value


def _text(source: Mapping[str, Any], name: str) -> str:
    return _clean(source.get(name))


def _clean(value: Any) -> str:
    """Text or number as text without NUL, which PostgreSQL cannot hold; "" for anything else."""
    return str(value).replace("\0", "") if isinstance(value, str | int | float) else ""


def _either(query: Mapping[str, str], *names: str) -> str:
    value = next((query[name] for name in names if query.get(name)), "")
    if not value:
        raise DoorError(400, "missing_parameter")
    return value


def _id(given: str, digest: str) -> str:
    return given if 0 < len(given) <= LONGEST_ID else digest


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json_answer(value: Any) -> DoorAnswer:
    return DoorAnswer(orjson.dumps(value), JSON_TYPE)

"""DingTalk's side of a conversation: signed robot messages, card taps and encrypted events."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from .callbacks import Courier, Post, Reply
from .config import Group, Persona
from .crypto import BadEnvelope, card_sign, robot_sign
from .fields import Fields, as_fields, from_json, text
from .records import CardInstance
from .state import KEPT, Session, State, keep_newest

MESSAGE_DEADLINE, TAP_DEADLINE, EVENT_DEADLINE = 10.0, 2.0, 2.5
SESSION_SECONDS = 5400
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Heard:
    """The bot's answer to one callback; `body` is its JSON."""

    reply: Reply
    body: Fields = field(default_factory=dict)
    fault: str = ""


class DingTalkCallbacks:
    def __init__(self, state: State, courier: Courier) -> None:
        self.state, self.courier = state, courier

    def message(
        self, sender: Persona, content: Fields, *, group: Group | None = None, msg_id: str | None = None
    ) -> Heard:
        """Tells the bot of a message; `content` is msgtype and its part. Robot messages are not sent again."""
        secret = self.state.config.dingtalk.app_secret
        body = json.dumps(self._envelope(sender, content, group, msg_id), ensure_ascii=False).encode()

        def make() -> Post:
            stamp = self._stamp()
            headers = {"content-type": JSON, "timestamp": stamp, "sign": robot_sign(stamp, secret)}
            return Post(f"{self.state.bot_url}/callbacks/dingtalk/robot", body, headers)

        return self._heard(
            self.courier.deliver("dingtalk", _pretty(body), make, deadline=MESSAGE_DEADLINE, tries=1, read=_shown)
        )

    def tap(self, card: CardInstance, account: str, action: str, params: Fields, space: tuple[str, str]) -> Heard:
        """Tells the route that the card was made with; the answer is due within two seconds."""
        url, secret = self.state.routes.get(card.callback_route, ("", ""))
        if not url:
            return Heard(Reply(0, why="卡片没有可用的回调地址"), fault="the card has no registered callback route")
        user = f"union-{account}" if card.by_union_id else account
        content = {"cardPrivateData": {"actionIds": [action], "params": params}}
        told: Fields = {
            "type": "actionCallback", "outTrackId": card.out_track_id, "corpId": self.state.config.dingtalk.corp_id,
            "userId": user, "userIdType": 2 if card.by_union_id else 1, "spaceType": space[0], "spaceId": space[1],
            "content": json.dumps(content, ensure_ascii=False),
        }  # fmt: skip
        body = json.dumps(told, ensure_ascii=False).encode()

        def make() -> Post:
            stamp, headers = self._stamp(), {"content-type": JSON}
            if secret:
                headers |= {"x-ddpaas-signature-timestamp": stamp, "x-ddpaas-signature": card_sign(stamp, secret)}
            return Post(url, body, headers)

        return self._heard(
            self.courier.deliver("dingtalk", _pretty(body), make, deadline=TAP_DEADLINE, tries=1, read=_shown)
        )

    def event(self, event: Fields) -> Heard:
        """Pushes one encrypted event; the answer must decrypt to `success`."""
        envelope = self.state.envelopes["dingtalk"]
        told: Fields = {"CorpId": self.state.config.dingtalk.corp_id, "eventId": secrets.token_hex(16), **event}
        plain = json.dumps(told, ensure_ascii=False)

        def make() -> Post:
            cipher, stamp, nonce = envelope.seal(plain), self._stamp(), secrets.token_hex(4)
            sign = envelope.signature(stamp, nonce, cipher)
            query = urlencode({"msg_signature": sign, "signature": sign, "timestamp": stamp, "nonce": nonce})
            url = f"{self.state.bot_url}/callbacks/dingtalk/events?{query}"
            return Post(url, json.dumps({"encrypt": cipher}).encode(), {"content-type": JSON})

        reply = self.courier.deliver(
            "dingtalk", _pretty(plain.encode()), make, deadline=EVENT_DEADLINE, tries=3, read=_shown
        )
        heard = self._heard(reply)
        if reply.status != 200:
            return heard
        answer = heard.body
        try:
            cipher = text(answer, "encrypt")
            envelope.verify(text(answer, "msg_signature"), text(answer, "timeStamp"), text(answer, "nonce"), cipher)
            fault = "" if envelope.open(cipher) == "success" else "the answer is not success"
        except BadEnvelope as error:
            fault = f"event answer: {error}"
        if fault:
            with self.state.lock:
                self.state.violations.append(fault)
        return Heard(reply, answer, fault)

    def _envelope(self, sender: Persona, content: Fields, group: Group | None, msg_id: str | None) -> Fields:
        state, tenant, account = self.state, self.state.config.dingtalk, sender.dingtalk or ""
        session, now = secrets.token_urlsafe(16), time.time()
        until = state.clock.now() + SESSION_SECONDS
        with state.lock:
            state.sessions[session] = Session(group.key if group else account, group is not None, until)
            keep_newest(state.sessions, KEPT)
        told: Fields = {
            "senderPlatform": "Mac", "conversationId": group.conversation if group else f"cid-{account}",
            "chatbotCorpId": tenant.corp_id, "chatbotUserId": "$:LWCP_v1:$robot",
            "msgId": msg_id or f"msg{secrets.token_urlsafe(16)}", "senderNick": sender.name, "isAdmin": False,
            "senderStaffId": account, "createAt": int(now * 1000),
            "sessionWebhookExpiredTime": int((now + SESSION_SECONDS) * 1000),
            "senderCorpId": tenant.corp_id, "conversationType": "2" if group else "1",
            "senderId": f"$:LWCP_v1:${account}", "robotCode": tenant.robot_code,
            "sessionWebhook": f"{state.own_url}/dingtalk/robot/sendBySession?session={session}",
        }  # fmt: skip
        if group:
            robot: Fields = {"dingtalkId": "$:LWCP_v1:$robot"}
            told |= {"conversationTitle": group.name, "isInAtList": True, "atUsers": [robot]}
        return {**told, **content}

    @staticmethod
    def _stamp() -> str:
        return str(int(time.time() * 1000))

    @staticmethod
    def _heard(reply: Reply) -> Heard:
        return Heard(reply, as_fields(from_json(reply.text)) if reply.status == 200 else {})


def _pretty(body: bytes) -> str:
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)


def _shown(raw: str) -> str:
    """An answer for the wire view: JSON indented, anything else as it came."""
    parsed = from_json(raw)
    return raw[:2000] if isinstance(parsed, str) else json.dumps(parsed, ensure_ascii=False, indent=2)

"""The memory of both platforms. One lock; everything bounded."""

from __future__ import annotations

import itertools
import secrets
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TypeVar

from .config import Group, Kind, Persona, SandboxConfig
from .crypto import Envelope
from .faults import Faults
from .feed import Feed
from .fields import Fields
from .records import Call, CardInstance, Clock, Exchange, Message
from .view import exchange_json, message_json

KEPT = 2000
TOKEN_SECONDS = 7200
CODE_SECONDS = 72 * 3600


Key = TypeVar("Key")
Value = TypeVar("Value")


def keep_newest(found: dict[Key, Value], limit: int) -> None:
    """Forgets the oldest entries beyond `limit`."""
    for old in list(itertools.islice(found, max(0, len(found) - limit))):
        del found[old]


@dataclass
class TokenDesk:
    """Access tokens of one app: asking again while one is valid gives the same one."""

    current: str = ""
    expires_at: float = 0.0
    issued: set[str] = field(default_factory=set)
    requests: int = 0


@dataclass
class ResponseCode:
    """WeCom's right to change a card once."""

    msgid: str
    born_at: float
    used: bool = False


@dataclass
class Session:
    """A DingTalk sessionWebhook: who it answers, and until when."""

    chat: str
    group: bool
    expires_at: float


class State:
    """Shared by the API emulation, the phones and the page."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.own_url = (config.own_url or f"{config.bot_url}/sandbox").rstrip("/")
        self.bot_url = config.bot_url.rstrip("/")
        self.lock = threading.Condition(threading.RLock())
        self.clock = Clock()
        self.faults = Faults()
        self.feed = Feed()
        self.people: list[Persona] = list(config.people)
        self.groups: list[Group] = list(config.groups)
        self.envelopes: dict[Kind, Envelope] = {
            "wecom": Envelope(config.wecom.callback_token, config.wecom.callback_aes_key, config.wecom.corp_id),
            "dingtalk": Envelope(
                config.dingtalk.callback_token, config.dingtalk.callback_aes_key, config.dingtalk.app_key
            ),
        }
        self.numbers = itertools.count(1)
        self.tokens: dict[Kind, TokenDesk] = {"wecom": TokenDesk(), "dingtalk": TokenDesk()}
        self.routes: dict[str, tuple[str, str]] = {}  # callbackRouteKey -> (url, apiSecret)
        self.codes: dict[str, ResponseCode] = {}
        self.cards: dict[str, CardInstance] = {}
        self.sessions: dict[str, Session] = {}
        self.last_used: dict[str, Kind] = {}  # name -> the platform on which this person last did something
        self.media: dict[str, tuple[str, bytes]] = {}  # media_id or downloadCode -> (name, data)
        self.forget()

    def forget(self) -> None:
        """Empties phones, wire and counters; tokens and card routes stay, as the bot holds them."""
        with self.lock:
            self.calls: deque[Call] = deque(maxlen=KEPT)
            self.absorbed: deque[Call] = deque(maxlen=KEPT)
            self.violations: deque[str] = deque(maxlen=KEPT)
            self.refusals: deque[str] = deque(maxlen=KEPT)
            self.dropped: deque[str] = deque(maxlen=KEPT)  # what WeCom swallows without an error
            self.wire: deque[Exchange] = deque(maxlen=300)
            self.messages: deque[Message] = deque(maxlen=KEPT)
            self.robot_times: dict[str, deque[float]] = {}
            self.robot_blocked: dict[str, float] = {}
            self.member_times: dict[str, deque[float]] = {}
            self.seen: dict[str, float] = {}  # duplicate keys -> until when
            self.task_ids: dict[str, None] = {}

    # -- people

    def persona(self, kind: Kind, account: str) -> Persona | None:
        """WeCom's userids do not mind their case."""
        for persona in self.people:
            own = persona.account(kind)
            if own is not None and (own == account or (kind == "wecom" and own.lower() == account.lower())):
                return persona
        return None

    def account(self, kind: Kind, account: str) -> str | None:
        persona = self.persona(kind, account)
        return persona.account(kind) if persona else None

    def accounts(self, kind: Kind) -> list[str]:
        return [account for persona in self.people if (account := persona.account(kind)) is not None]

    def group(self, kind: Kind, key: str) -> Group | None:
        """By webhook key, by name, or by DingTalk conversation id."""
        return next((g for g in self.groups if g.kind == kind and key in (g.key, g.name, g.conversation)), None)

    # -- tokens and codes

    def issue_token(self, kind: Kind) -> str:
        with self.lock:
            desk, now = self.tokens[kind], self.clock.now()
            desk.requests += 1
            if not desk.current or now >= desk.expires_at:
                desk.current = f"{kind}-{secrets.token_urlsafe(24)}"
                desk.issued.add(desk.current)
            desk.expires_at = now + TOKEN_SECONDS
            return desk.current

    def token_is_valid(self, kind: Kind, token: str) -> bool:
        desk = self.tokens[kind]
        return bool(token) and token == desk.current and self.clock.now() < desk.expires_at

    def expire_tokens(self) -> None:
        """As when the platform invalidates early: every token handed out so far is refused from now on."""
        with self.lock:
            for desk in self.tokens.values():
                desk.current = ""

    def new_code(self, msgid: str) -> str:
        with self.lock:
            code = secrets.token_urlsafe(24)
            self.codes[code] = ResponseCode(msgid, self.clock.now())
            keep_newest(self.codes, KEPT)
            return code

    def spend_code(self, code: str) -> ResponseCode | None:
        """None where it is unknown, used or older than 72 hours."""
        with self.lock:
            found = self.codes.get(code)
            if found is None or found.used or self.clock.now() - found.born_at > CODE_SECONDS:
                return None
            found.used = True
            return found

    # -- messages and the wire

    def add(self, message: Message) -> Message:
        with self.lock:
            self.messages.append(message)
            self.lock.notify_all()
        self.feed.publish("message", message_json(message))
        return message

    def show(
        self, kind: Kind, chat: str, sender: str, payload: Fields, *, group: bool = False, msgid: str = ""
    ) -> Message:
        """Puts a message on a phone or into a group."""
        number = next(self.numbers)
        return self.add(
            Message(number, kind, chat, sender, payload, self.clock.now(), group=group, msgid=msgid or f"m{number}")
        )

    def changed(self, message: Message) -> None:
        with self.lock:
            message.revision += 1
            self.lock.notify_all()
        self.feed.publish("message", message_json(message))

    def record(self, exchange: Exchange) -> None:
        with self.lock:
            self.wire.append(exchange)
            self.lock.notify_all()
        self.feed.publish("wire", {**exchange_json(exchange), "faults": self.faults.pending()})

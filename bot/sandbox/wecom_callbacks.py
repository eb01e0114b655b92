"""WeCom's side of a conversation: encrypted XML out, a passive reply back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from .callbacks import Courier, Post, Reply
from .crypto import BadEnvelope
from .state import State

DEADLINE, TRIES, VERIFY_DEADLINE = 5.0, 3, 1.0

Xml = str | int | float | list[tuple[str, "Xml"]]


@dataclass(frozen=True)
class Heard:
    """The bot's answer to one callback; `passive` is its decrypted XML, `fault` what was wrong with it."""

    reply: Reply
    passive: Element | None = None
    xml: str = ""
    fault: str = ""


def xml(name: str, value: Xml) -> str:
    """Text in CDATA, numbers bare, as WeCom writes it."""
    if isinstance(value, list):
        return f"<{name}>{''.join(xml(*each) for each in value)}</{name}>"
    if isinstance(value, str):
        return f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"
    return f"<{name}>{value}</{name}>"


class WeComCallbacks:
    def __init__(self, state: State, courier: Courier) -> None:
        self.state, self.courier = state, courier
        self.envelope = state.envelopes["wecom"]

    @property
    def url(self) -> str:
        return f"{self.state.bot_url}/callbacks/wecom"

    def post(self, sender: str, fields: list[tuple[str, Xml]]) -> Heard:
        """Tells the bot of one message or event; up to three tries of five seconds."""
        tenant = self.state.config.wecom
        head: list[tuple[str, Xml]] = [
            ("ToUserName", tenant.corp_id), ("FromUserName", sender), ("CreateTime", int(time.time())),
        ]  # fmt: skip
        agent = int(tenant.agent_id) if tenant.agent_id.isdigit() else tenant.agent_id
        plain = xml("xml", [*head, *fields, ("AgentID", agent)])
        reply = self.courier.deliver(
            "wecom", _indented(plain), lambda: self._sealed(plain), deadline=DEADLINE, tries=TRIES, read=self._shown
        )
        return self._heard(reply)

    def verify(self) -> Heard:
        """The GET with which the console checks a callback URL; the answer is due within a second."""
        secret = str(secrets.randbelow(10**19))
        cipher = self.envelope.seal(secret)
        query = {**self._signed(cipher), "echostr": cipher}
        post = Post(f"{self.url}?{urlencode(query)}", b"", {}, "GET")
        reply = self.courier.deliver("wecom", secret, lambda: post, deadline=VERIFY_DEADLINE, tries=1)
        return Heard(reply, fault="" if (reply.status, reply.text) == (200, secret) else "the echo differs")

    def _signed(self, cipher: str) -> dict[str, str]:
        stamp, nonce = str(int(time.time())), secrets.token_hex(5)
        return {"msg_signature": self.envelope.signature(stamp, nonce, cipher), "timestamp": stamp, "nonce": nonce}

    def _sealed(self, plain: str) -> Post:
        tenant, cipher = self.state.config.wecom, self.envelope.seal(plain)
        body = xml("xml", [("ToUserName", tenant.corp_id), ("AgentID", tenant.agent_id), ("Encrypt", cipher)])
        return Post(f"{self.url}?{urlencode(self._signed(cipher))}", body.encode(), {"content-type": "text/xml"})

    def _opened(self, raw: str) -> str:
        """The plaintext of a passive reply; empty for silence."""
        if raw.strip() in ("", "success"):
            return ""
        outer = fromstring(raw)
        cipher, stamp, nonce = (outer.findtext(name) or "" for name in ("Encrypt", "TimeStamp", "Nonce"))
        self.envelope.verify(outer.findtext("MsgSignature") or "", stamp, nonce, cipher)
        return self.envelope.open(cipher)

    def _heard(self, reply: Reply) -> Heard:
        if reply.status != 200:
            return Heard(reply)
        try:
            plain = self._opened(reply.text)
            return Heard(reply, fromstring(plain) if plain else None, plain)
        except (BadEnvelope, ParseError, DefusedXmlException) as error:
            fault = f"passive reply: {error or type(error).__name__}"
            with self.state.lock:
                self.state.violations.append(fault)
            return Heard(reply, fault=fault)

    def _shown(self, raw: str) -> str:
        try:
            return _indented(self._opened(raw))
        except (BadEnvelope, ParseError, DefusedXmlException) as error:
            return f"无法解开：{error}\n{raw[:2000]}"


def _indented(plain: str) -> str:
    try:
        return "\n".join(_lines(fromstring(plain), 0)) if plain else ""
    except (ParseError, DefusedXmlException):
        return plain


def _lines(element: Element, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if len(element):
        yield f"{pad}<{element.tag}>"
        for child in element:
            yield from _lines(child, depth + 1)
        yield f"{pad}</{element.tag}>"
    else:
        yield f"{pad}<{element.tag}>{escape(element.text or '')}</{element.tag}>"

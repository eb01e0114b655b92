"""What the sandbox remembers: accepted calls, the wire, messages on phones, DingTalk card instances."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from .config import Kind
from .fields import Fields, as_fields, as_list, from_json, part, parts, text, visible


@dataclass(frozen=True)
class Call:
    """One request of the bot that the platform accepted."""

    number: int
    platform: Kind
    method: str
    path: str
    query: dict[str, str]
    body: Fields
    at: float

    @property
    def text(self) -> str:
        return visible(self.body)


@dataclass
class Exchange:
    """One line of the wire view. `direction` is `to_bot` or `to_platform`; bodies are decrypted."""

    number: int
    platform: Kind
    direction: str
    method: str
    path: str
    status: int
    millis: int
    request: str
    response: str
    at: float
    verdict: str = "ok"  # ok | refused | violation | absorbed | dropped | fault | failed
    note: str = ""
    raw_request: str = ""  # of a callback, as HTTP carried it: signed, on WeCom encrypted
    raw_response: str = ""


@dataclass(frozen=True)
class Button:
    """Something on a card that a finger can touch."""

    text: str
    key: str
    url: str = ""
    dead: bool = False
    params: Fields = field(default_factory=dict)


@dataclass
class CardInstance:
    """A DingTalk card: one per outTrackId, shown in any number of conversations."""

    out_track_id: str
    template: str
    public: dict[str, str]
    private: dict[str, dict[str, str]]
    callback_route: str
    by_union_id: bool = False
    clicker: dict[str, dict[str, str]] = field(default_factory=dict)  # what a callback's answer showed its clicker
    spaces: dict[str, str] = field(default_factory=dict)  # space -> carrierId

    def seen_by(self, account: str) -> dict[str, str]:
        return {**self.public, **self.private.get(account, {}), **self.clicker.get(account, {})}


@dataclass
class Message:
    """One bubble or card on one phone, or in one group."""

    number: int
    platform: Kind
    chat: str  # an account (the app's chat with that person) or a group's key
    sender: str  # "app", "robot", or an account
    payload: Fields  # as it crossed the wire; DingTalk's msgParam and passive XML already taken apart
    at: float
    group: bool = False
    msgid: str = ""
    dead: str = ""  # WeCom's replace_name: every button is one grey button
    recalled: bool = False
    failed: str = ""  # why it never reached the bot
    recipients: tuple[str, ...] = ()  # of a group message that only some see
    card: CardInstance | None = None
    revision: int = 0

    @property
    def kind(self) -> str:
        return text(self.payload, "msgtype")

    @property
    def body(self) -> Fields:
        """The part named by msgtype; of a DingTalk card its parameters as this chat's person sees them."""
        if self.card is not None:
            return dict(self.card.seen_by(self.chat))
        return part(self.payload, self.kind)

    @property
    def text(self) -> str:
        if self.card is not None:
            return visible({"cardParamMap": self.body})
        return "\n".join(filter(None, [visible(self.payload), self.dead]))

    @property
    def task_id(self) -> str:
        return text(self.body, "task_id")

    @property
    def buttons(self) -> list[Button]:
        if self.card is not None:
            return dingtalk_buttons(self.body)
        if self.kind == "actionCard":
            return action_card_buttons(self.body)
        return wecom_buttons(self.body, self.dead) if self.kind == "template_card" else []

    def button(self, wanted: str) -> Button | None:
        return next((button for button in self.buttons if wanted in button.text), None)


def wecom_buttons(card: Fields, dead: str = "") -> list[Button]:
    """The buttons of a template card, its submit button and its menu entries included."""
    dead = dead or text(card, "replace_text")
    menu = [Button(text(a, "text"), text(a, "key")) for a in parts(part(card, "action_menu"), "action_list")]
    if dead:
        return [Button(dead, "", dead=True), *menu]
    found = [Button(text(b, "text"), text(b, "key"), text(b, "url")) for b in parts(card, "button_list")]
    submit = part(card, "submit_button")
    if submit:
        found.append(Button(text(submit, "text"), text(submit, "key")))
    return found + menu


def dingtalk_buttons(values: Fields) -> list[Button]:
    """`msgButtons` of the built-in template, directly in the parameters or inside sys_full_json_obj."""
    full = as_fields(from_json(values.get("sys_full_json_obj")))
    listed = from_json(full.get("msgButtons") or values.get("msgButtons"))
    return [
        Button(
            text(button, "text"),
            text(button, "id") if button.get("request") is True or text(button, "request") == "true" else "",
            text(button, "url"),
            button.get("disabled") is True,
            part(button, "params"),
        )
        for button in map(as_fields, as_list(listed))
    ]


def action_card_buttons(card: Fields) -> list[Button]:
    single = text(card, "singleTitle")
    if single:
        return [Button(single, "", text(card, "singleURL"))]
    return [Button(text(b, "title"), "", text(b, "actionURL")) for b in parts(card, "btns")]


class Clock:
    """The platforms' clock: real time, which a test may push forward."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += seconds

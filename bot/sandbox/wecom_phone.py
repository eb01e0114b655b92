"""A phone with WeCom on it."""

from __future__ import annotations

import secrets
from typing import Literal

from .config import Persona
from .fields import part, parts, text, visible
from .passive import as_json, as_message
from .phones import Answer, CannotTap, Reading, Selected, live_button
from .records import Button, Message
from .samples import PICTURE, VIDEO, VOICE
from .state import State
from .wecom import keep
from .wecom_callbacks import Heard, WeComCallbacks, Xml
from .wecom_messages import apply_update


class WeComPhone(Reading):
    platform: Literal["wecom"] = "wecom"

    def __init__(self, state: State, callbacks: WeComCallbacks, persona: Persona, account: str) -> None:
        self.state, self.callbacks, self.persona, self.account = state, callbacks, persona, account

    def says(
        self, text: str, *, msg_id: str | None = None, group: str | None = None, until: str | None = None,
        wait: float = 6.0,
    ) -> Answer:  # fmt: skip
        """A self-built app hears only its own chat: there is no group to speak in."""
        if group:
            raise CannotTap("a WeCom app does not hear groups")
        shown = self._show({"msgtype": "text", "text": {"content": text}})
        answer = self._message([("MsgType", "text"), ("Content", text)], msg_id, shown)
        return self._collect(answer, shown.number, until, wait, None)

    def sends(self, kind: str, data: bytes | None = None, name: str = "picture.png") -> Answer:
        """image, voice, video, location or link; `data` is a picture's own."""
        media: list[tuple[str, Xml]] = []
        if kind in ("image", "voice", "video"):
            samples = {"voice": ("voice.amr", VOICE), "video": ("video.mp4", VIDEO)}
            name, sample = samples.get(kind, (name, PICTURE))
            media_id = keep(self.state, name, data if data is not None else sample)
            media = [("MediaId", media_id)]
            if kind == "image":
                media = [("PicUrl", f"{self.state.own_url}/files/{media_id}"), *media]
            elif kind == "voice":
                media = [*media, ("Format", "amr")]
            else:
                media = [*media, ("ThumbMediaId", media_id)]
            shown = self._show({"msgtype": kind, kind: {"media_id": media_id}})
        elif kind == "location":
            label = "上海市浦东新区世纪大道100号"
            media = [
                ("Location_X", 31.236),
                ("Location_Y", 121.505),
                ("Scale", 15),
                ("Label", label),
                ("AppType", "wxwork"),
            ]
            shown = self._show({"msgtype": "location", "location": {"title": label}})
        elif kind == "link":
            media = [("Title", "海豚科技官网"), ("Description", "公司介绍"), ("Url", "https://example.com/"),
                     ("PicUrl", f"{self.state.own_url}/static/avatar.svg")]  # fmt: skip
            shown = self._show({"msgtype": "link", "link": {"title": "海豚科技官网", "text": "公司介绍"}})
        else:
            raise CannotTap(f"WeCom has no inbound {kind!r}")
        answer = self._message([("MsgType", kind), *media], None, shown)
        return self._collect(answer, shown.number, None, 0.0, None)

    def enters(self) -> Answer:
        return self.event("enter_agent", [("EventKey", "")])

    def event(self, name: str, fields: list[tuple[str, Xml]] | None = None) -> Answer:
        """Any event of the app, such as subscribe, click or LOCATION."""
        began = next(self.state.numbers)
        answer = self._heard(
            self.callbacks.post(self.account, [("MsgType", "event"), ("Event", name), *(fields or [])])
        )
        return self._collect(answer, began, None, 0.0, None)

    def taps(self, card: Message, button: str, *, until: str | None = None, wait: float = 6.0) -> Answer:
        """Presses a button or a menu entry, found by its text, with what is chosen on the card's selector."""
        return self._press(card, live_button(card, button), {}, until, wait)

    def submit(self, card: Message, selected: Selected | None = None) -> Answer:
        """Submits a vote or a multiple choice; what is not in `selected` stays as it stands on the card."""
        return self.press(card, text(part(card.body, "submit_button"), "key"), selected or {})

    def press(self, card: Message, key: str, selected: Selected) -> Answer:
        """Presses the button with this key."""
        found = next((b for b in card.buttons if b.key == key and not b.dead and not card.recalled), None)
        if found is None or not key:
            raise CannotTap(f"no live button {key!r} on {card.text!r}")
        return self._press(card, found, selected, None, 0.0)

    def _press(self, card: Message, button: Button, selected: Selected, until: str | None, wait: float) -> Answer:
        if not button.key:
            raise CannotTap(f"{button.text!r} is a link")
        began = next(self.state.numbers)
        menu = parts(part(card.body, "action_menu"), "action_list")
        in_menu = any(text(action, "key") == button.key for action in menu)
        event = "template_card_menu_event" if in_menu else "template_card_event"
        fields: list[tuple[str, Xml]] = [
            ("MsgType", "event"), ("Event", event), ("EventKey", button.key), ("TaskId", card.task_id),
            ("CardType", text(card.body, "card_type")), ("ResponseCode", self.state.new_code(card.msgid)),
        ]  # fmt: skip
        if not in_menu:
            fields.append(("SelectedItems", _selected_items(choices(card, selected))))
        answer = self._heard(self.callbacks.post(self.account, fields), card=card if in_menu else None)
        return self._collect(answer, began, until, wait, None)

    def _show(self, payload: dict[str, object]) -> Message:
        return self.state.show("wecom", self.account, self.account, payload)

    def _message(self, fields: list[tuple[str, Xml]], msg_id: str | None, shown: Message) -> Answer:
        number = int(msg_id) if msg_id else secrets.randbelow(10**18)
        heard = self.callbacks.post(self.account, [*fields, ("MsgId", number)])
        if heard.reply.status != 200:
            shown.failed = heard.reply.why or f"机器人应答 {heard.reply.status}"
            self.state.changed(shown)
        return self._heard(heard)

    def _heard(self, heard: Heard, card: Message | None = None) -> Answer:
        """Shows a passive reply. Card replies to a button's event are ignored, as 90241's list of events has it."""
        passive = ""
        if heard.passive is not None:
            payload, kind = as_message(heard.passive), heard.passive.findtext("MsgType")
            if payload is not None:
                passive = visible(payload)
                self.state.show("wecom", self.account, "app", payload)
            elif card is not None and kind in ("update_button", "update_template_card"):
                template = heard.passive.find("TemplateCard")
                replace = heard.passive.findtext("Button/ReplaceName") or ""
                apply_update(self.state, card, replace, as_json(template) if template is not None else {})
        return Answer.of(heard.reply, passive, heard.fault)


def choices(card: Message, selected: Selected) -> Selected:
    """What stands chosen on a card, changed by what the finger chose."""
    body, found = card.body, Selected()
    box = part(body, "checkbox")
    if box:
        checked = [text(o, "id") for o in parts(box, "option_list") if o.get("is_checked") is True]
        found[text(box, "question_key")] = checked
    selection = [part(body, "button_selection")] if "button_selection" in body else []
    for question in [*parts(body, "select_list"), *selection]:
        ids = [text(option, "id") for option in parts(question, "option_list")]
        preset = text(question, "selected_id")
        found[text(question, "question_key")] = [preset if preset in ids else ids[0]] if ids else []
    known = {key: ids for key, ids in selected.items() if key in found}
    if len(known) != len(selected):
        raise CannotTap(f"no question {sorted(set(selected) - set(found))} on the card")
    return {**found, **known}


def _selected_items(selected: Selected) -> Xml:
    return [
        ("SelectedItem", [("QuestionKey", key), ("OptionIds", [("OptionId", each) for each in ids])])
        for key, ids in selected.items()
    ]

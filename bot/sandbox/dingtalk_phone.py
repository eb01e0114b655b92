"""A phone with DingTalk on it."""

from __future__ import annotations

from typing import Literal

from . import dingtalk_cards, dingtalk_robot
from .config import Group, Persona
from .dingtalk_callbacks import DingTalkCallbacks, Heard
from .fields import Fields, text, visible
from .phones import Answer, CannotTap, Reading, Selected, dtmd_text, live_button
from .records import Button, Message
from .refusal import Refusal
from .samples import PICTURE, VIDEO, VOICE
from .state import State
from .wecom import keep


class DingTalkPhone(Reading):
    platform: Literal["dingtalk"] = "dingtalk"

    def __init__(self, state: State, callbacks: DingTalkCallbacks, persona: Persona, account: str) -> None:
        self.state, self.callbacks, self.persona, self.account = state, callbacks, persona, account

    def says(
        self, text: str, *, msg_id: str | None = None, group: str | None = None, until: str | None = None,
        wait: float = 6.0,
    ) -> Answer:  # fmt: skip
        """In a group (its name or key) the robot is mentioned, else it would not hear."""
        place = self._group(group)
        typed = f"@海豚 {text}" if place else text
        content: Fields = {"msgtype": "text", "text": {"content": f" {text}" if place else text}}
        return self._tell({"msgtype": "text", "text": {"content": typed}}, content, place, msg_id, until, wait)

    def sends(self, kind: str, data: bytes | None = None, name: str = "客户名单.xlsx") -> Answer:
        """picture (or image), audio (or voice), video, file or richText; `data` and `name` are a file's own."""
        kind = {"image": "picture", "voice": "audio"}.get(kind, kind)
        samples = {"audio": VOICE, "video": VIDEO}
        code = keep(self.state, name, data if data is not None else samples.get(kind, PICTURE))
        contents: dict[str, Fields] = {
            "picture": {"downloadCode": code},
            "audio": {"duration": 4000, "downloadCode": code, "recognition": "查一下我的客户"},
            "file": {"downloadCode": code, "fileName": name},
            "video": {"duration": 3, "downloadCode": code, "videoType": "mp4"},
            "richText": {"richText": [{"text": "看看这张名片"}, {"type": "picture", "downloadCode": code}]},
        }
        if kind not in contents:
            raise CannotTap(f"DingTalk has no inbound {kind!r}")
        shown: Fields = {"msgtype": kind, kind: {"media_id": code, **contents[kind]}}
        return self._tell(shown, {"msgtype": kind, "content": contents[kind]}, None, None, None, 0.0)

    def enters(self) -> Answer:
        raise CannotTap("DingTalk has no enter event")

    def taps(self, card: Message, button: str, *, until: str | None = None, wait: float = 6.0) -> Answer:
        """Presses a button found by its text; a dtmd link makes the person say its content."""
        return self._press(card, live_button(card, button), until, wait)

    def press(self, card: Message, key: str, _selected: Selected) -> Answer:
        """Presses the button with this key (its id, else its link)."""
        found = next((b for b in card.buttons if key in (b.key, b.url) and key and not b.dead), None)
        if found is None or card.recalled:
            raise CannotTap(f"no live button {key!r} on {card.text!r}")
        return self._press(card, found, None, 0.0)

    def submit(self, _card: Message, _selected: Selected | None = None) -> Answer:
        raise CannotTap("DingTalk's button template has nothing to submit")

    def _press(self, card: Message, button: Button, until: str | None, wait: float) -> Answer:
        group = self._group(card.chat) if card.group else None
        said = dtmd_text(button.url)
        if said:
            return self.says(said, group=group.key if group else None, until=until, wait=wait)
        if not button.key or card.card is None:
            raise CannotTap(f"{button.text!r} is a link")
        began = next(self.state.numbers)
        space = ("IM_GROUP", group.conversation) if group else ("IM_ROBOT", self.account)
        heard = self.callbacks.tap(card.card, self.account, button.key, button.params, space)
        answer = Answer.of(heard.reply, visible(heard.body), heard.fault)
        if heard.body:
            with self.state.lock:
                try:
                    dingtalk_cards.answered(self.state, card.card, self.account, heard.body)
                except Refusal as refusal:
                    answer.fault = refusal.reason
                    self.state.violations.append(f"card callback's answer: {refusal.reason}")
        return self._collect(answer, began, until, wait, group)

    def _tell(
        self, shown: Fields, content: Fields, group: Group | None, msg_id: str | None, until: str | None, wait: float
    ) -> Answer:
        chat = group.key if group else self.account
        bubble = self.state.show("dingtalk", chat, self.account, shown, group=group is not None)
        heard = self.callbacks.message(self.persona, content, group=group, msg_id=msg_id)
        if heard.reply.status != 200:
            bubble.failed = heard.reply.why or f"机器人应答 {heard.reply.status}"
            self.state.changed(bubble)
        answer = Answer.of(heard.reply, self._show_reply(heard, chat, group), heard.fault)
        return self._collect(answer, bubble.number, until, wait, group)

    def _show_reply(self, heard: Heard, chat: str, group: Group | None) -> str:
        """The response's message, checked as a webhook's; `empty` or no JSON at all is silence."""
        kind = text(heard.body, "msgtype")
        if not kind or kind == "empty":
            return ""
        try:
            dingtalk_robot.check(heard.body)
        except Refusal as refusal:
            with self.state.lock:
                self.state.violations.append(f"robot callback's answer: {refusal.reason}")
            return ""
        self.state.show("dingtalk", chat, "app", heard.body, group=group is not None)
        return visible(heard.body)

    def _group(self, name: str | None) -> Group | None:
        if not name:
            return None
        found = self.state.group("dingtalk", name)
        if found is None:
            raise CannotTap(f"no DingTalk group {name!r}")
        return found

"""A person's phone as stories use it: says, taps, sees."""

import re
from dataclasses import dataclass

from running import House

from bot.sandbox.config import Kind
from bot.sandbox.dingtalk_phone import DingTalkPhone
from bot.sandbox.records import Message
from bot.sandbox.wecom_phone import WeComPhone


@dataclass
class Phone:
    """`says` and `taps` give all that the chat showed because of it, the worker's part included."""

    house: House
    kind: Kind
    name: str

    def says(self, text: str, *, group: str | None = None, msg_id: str | None = None) -> str:
        """In a group the robot is mentioned; what comes back there and privately is given together."""
        mark = self.house.platform.mark()
        answer = self.device.says(text, group=group, msg_id=msg_id)
        assert answer.status == 200, f"{text}: {answer.status} {answer.fault}"
        self.house.post()
        there = [m.text for m in self.house.platform.messages if m.group and m.number > mark and m.sender == "app"]
        return "\n".join([*there, *(m.text for m in self.new(mark))])

    def sends(self, kind: str, data: bytes | None = None, name: str = "客户名单.xlsx") -> str:
        """A message that is not text."""
        mark = self.house.platform.mark()
        answer = self.device.sends(kind, data, name)
        assert answer.status == 200, f"{kind}: {answer.status} {answer.fault}"
        self.house.post()
        return "\n".join(m.text for m in self.new(mark))

    def taps(self, card: str | Message, button: str) -> str:
        """The newest card that shows `card`; gives what is new, and the card as it stands then."""
        found = self.card(card) if isinstance(card, str) else card
        mark = self.house.platform.mark()
        answer = self.device.taps(found, button)
        assert answer.status == 200 and not answer.fault, f"{button}: {answer.status} {answer.fault}"
        self.house.post()
        return "\n".join([found.text, *(m.text for m in self.new(mark))])

    def card(self, pattern: str) -> Message:
        """The newest card with live buttons."""
        return self.device.card(pattern, timeout=0.05)

    def sees(self, pattern: str, *, since: int = 0) -> Message:
        """The newest message or card that shows it."""
        found = self.device.sees(pattern, timeout=0.05, since=since)
        assert found is not None, f"{self.name} sees no {pattern}, only:\n" + "\n---\n".join(self.texts[-4:])
        return found

    def sees_nothing(self, pattern: str, *, since: int = 0) -> None:
        """No message since then shows it."""
        assert not [m.text for m in self.new(since) if re.search(pattern, m.text)]

    def buttons(self, pattern: str) -> list[str]:
        """The live buttons of the newest card."""
        return [button.text for button in self.card(pattern).buttons if not button.dead]

    def new(self, mark: int) -> list[Message]:
        """What this chat showed since."""
        return [message for message in self.device.inbox if message.number > mark]

    @property
    def texts(self) -> list[str]:
        """Everything in this chat, oldest first."""
        return [message.text for message in self.device.inbox]

    @property
    def device(self) -> WeComPhone | DingTalkPhone:
        """The emulated phone itself."""
        return self.house.platform.phone(self.kind, self.name)

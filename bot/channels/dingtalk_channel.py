"""DingTalk: the channel to members and groups."""

from typing import Literal

from bot.channels.base import Download, PlatformError, Receipt
from bot.channels.dingtalk import same_origin
from bot.channels.dingtalk_api import DingTalkAccount, DingTalkClient
from cards.card import Card
from cards.dingtalk import PARAM_BYTES, card_params, robot_param, webhook_message
from cards.text import plain

SHOWN = 60


class DingTalkChannel:
    """Cards where something can be tapped, else messages of the in-house robot."""

    name = "dingtalk"

    def __init__(self, account: DingTalkAccount, client: DingTalkClient) -> None:
        self._account, self._client = account, client

    def send(self, account: str, card: Card, *, card_key: str, idempotency_key: str) -> Receipt:  # noqa: ARG002
        """A card is made once per `card_key`; a plain message has no key on the platform's side and may come twice."""
        if card.buttons:
            carrier = self._client.deliver_card(f"IM_ROBOT.{account}", card_key, card_params(card), _shown(card))
            return Receipt(carrier, form="card")
        key, param = robot_param(card)
        return Receipt(self._client.send_to_person(account, key, param), form=_form(key))

    def send_text(self, account: str, card: Card, *, idempotency_key: str) -> Receipt:  # noqa: ARG002
        param = {"content": plain(card, limit_bytes=PARAM_BYTES)}
        return Receipt(self._client.send_to_person(account, "sampleText", param))

    def send_to_group(self, conversation: str, card: Card, *, card_key: str) -> Receipt:
        """As `send`, into a group that the robot is in; nobody can be mentioned this way."""
        if card.buttons:
            carrier = self._client.deliver_card(f"IM_GROUP.{conversation}", card_key, card_params(card), _shown(card))
            return Receipt(f"{conversation}|{carrier}" if carrier else "", form="card")
        key, param = robot_param(card)
        sent = self._client.send_to_group(conversation, key, param)
        return Receipt(f"{conversation}|{sent}" if sent else "", form=_form(key))

    def update(self, account: str, card: Card, *, card_key: str, response_code: str) -> None:  # noqa: ARG002
        """For everybody who has the card."""
        self._client.update_card(card_key, card_params(card))

    def recall(self, message_id: str) -> None:
        self._client.recall(message_id)

    def reply(self, session: str, card: Card, *, idempotency_key: str) -> Receipt:  # noqa: ARG002
        """Through the sessionWebhook, good for about 90 minutes; afterwards `fallback`."""
        if not same_origin(session, self._account.oapi_base):
            raise PlatformError("foreign_session", "fallback", "会话地址不在 HAITUN_DINGTALK_OAPI_BASE 上，未使用")
        self._client.send_by_session(session, webhook_message(card, keyword=""))
        return Receipt(form="markdown")

    def download(self, media: str, *, most: int) -> Download:
        return self._client.media(media, most=most)

    def register_callback(self, public_url: str) -> None:
        """Once per start; in stream mode nothing is to be registered."""
        if self._account.mode == "http":
            self._client.register_callback(public_url)

    def probe(self) -> str:
        self._client.prove()
        return f"DingTalk: token of app {self._account.app_key} is accepted"


def _shown(card: Card) -> str:
    return card.title[:SHOWN] or "海豚"


def _form(key: str) -> Literal["markdown", "text"]:
    return "text" if key == "sampleText" else "markdown"

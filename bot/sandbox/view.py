"""Records as JSON for the page."""

from __future__ import annotations

from .fields import Fields
from .records import CardInstance, Exchange, Message


def message_json(message: Message) -> Fields:
    """`body` is what the payload holds under its msgtype; cards carry their live state."""
    return {
        "number": message.number,
        "platform": message.platform,
        "chat": message.chat,
        "group": message.group,
        "sender": message.sender,
        "kind": "card" if message.card else message.kind,
        "body": message.body,
        "at": message.at,
        "dead": message.dead,
        "recalled": message.recalled,
        "failed": message.failed,
        "at_users": message.payload.get("at"),
        "views": _views(message.card) if message.card and message.group else None,
        "revision": message.revision,
    }


def _views(card: CardInstance) -> Fields:
    """What those people see of a card in a group who do not see what all see."""
    return {account: card.seen_by(account) for account in {*card.private, *card.clicker}}


def exchange_json(exchange: Exchange) -> Fields:
    return dict(vars(exchange))

"""How an answer reaches its person: on the response, as a card of its own, or in private when asked in a group."""

import secrets
from dataclasses import replace

from bot.inbound import Joined, Said, Tapped
from handlers.context import Context
from handlers.notices import enqueue, make_card, message_row
from handlers.reply import Button, Reply
from models.company.people import ChannelAccount
from models.rows import fetch_one

# What may be said in a group as it is: it shows no record.
SHOWN_IN_GROUPS = ("question", "refusal", "text", "crash", "stranger", "help", "help_topic", "undone")


def hand_out(ctx: Context, inbound: Said | Tapped | Joined, reply: Reply, *, always: bool = False) -> Reply | None:
    """The reply that rides on the response, or None when it was put into the outbox (`always`: whatever it is).

    A reply with buttons is a card of its own; what is asked in a group and shows a record is answered in private.
    """
    chat = inbound.chat if isinstance(inbound, Said) else ""
    if chat and reply.template in SHOWN_IN_GROUPS:
        return replace(reply, buttons=())
    if not reply.buttons and not chat and not always:
        return reply
    account = fetch_one(
        ctx.db,
        ChannelAccount,
        ChannelAccount.platform == inbound.platform,
        ChannelAccount.account == inbound.account,
    )
    if account is None:
        return reply
    buttons = tuple(button for button in reply.buttons if _fits(inbound.platform, button))
    card = make_card(ctx, account, reply.template, reply.facts, buttons, reply.subject) if buttons else None
    key = f"reply|{inbound.platform}|{inbound.event_id}|{secrets.token_hex(4)}"
    enqueue(ctx, [message_row(ctx, account, reply.template, reply.facts, key=key, card=card, is_urgent=True)])
    return Reply("text", {"text": "结果已经私聊发给你"}) if chat else None


def _fits(platform: str, button: Button) -> bool:
    """DingTalk's card has no selects: its questions are answered by typing."""
    return platform == "wecom" or button.text != "submit"

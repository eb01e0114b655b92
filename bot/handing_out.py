"""How an answer reaches its person: on the response, as a card of its own, or in private when asked in a group."""

import secrets
from dataclasses import replace

from bot.inbound import Joined, Said, Tapped
from bot.showing import SUBMIT, shown
from cards.wecom import is_template_card
from handlers.context import Context
from handlers.notices import enqueue, make_card, message_row
from handlers.reply import Button, Reply
from models.company.people import ChannelAccount
from models.rows import freeze

# What may be said in a group as it is: it shows no record.
SHOWN_IN_GROUPS = ("question", "refusal", "text", "crash", "stranger", "help", "help_topic", "undone")
TOLD_IN_PRIVATE = Reply("text", {"text": "结果已经私聊发给你"})


def hand_out(ctx: Context, inbound: Said | Tapped | Joined, reply: Reply, *, always: bool = False) -> Reply | None:
    """The reply that rides on the response, or None when it was put into the outbox (`always`: whatever it is).

    A reply with buttons is a card of its own, and so is what WeCom shows as a big card; what is asked in a group and
    shows a record is answered in private.
    """
    chat = inbound.chat if isinstance(inbound, Said) else ""
    if chat and reply.template in SHOWN_IN_GROUPS:
        return replace(reply, buttons=())
    if ctx.actor is None or (not (reply.buttons or chat or always) and not _is_message(inbound, reply)):
        return reply
    account = freeze(ChannelAccount, (inbound.platform, inbound.account, ctx.me.id, None))
    buttons = tuple(button for button in reply.buttons if _fits(inbound.platform, button))
    card = make_card(ctx, account, reply.template, reply.facts, buttons, reply.subject) if buttons else None
    key = f"reply|{inbound.platform}|{inbound.event_id}|{secrets.token_hex(4)}"
    enqueue(ctx, [message_row(ctx, account, reply.template, reply.facts, key=key, card=card, is_urgent=True)])
    return TOLD_IN_PRIVATE if chat else None


def _is_message(inbound: Said | Tapped | Joined, reply: Reply) -> bool:
    """WeCom takes template cards as messages only. Without a link and without buttons there is none."""
    has_link = inbound.platform == "wecom" and bool(reply.facts.get("link"))
    return has_link and is_template_card(shown(reply.template, reply.facts))


def _fits(platform: str, button: Button) -> bool:
    """DingTalk's card has no selects: its questions are answered by typing."""
    return platform == "wecom" or button.text != SUBMIT

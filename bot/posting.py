"""The answer to an event that was put off: nobody waits on the response any more, so it goes through the outbox."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.handing_out import TOLD_IN_PRIVATE, hand_out
from bot.inbound import Joined, Platform, Said, Tapped
from handlers.context import Context
from handlers.notices import enqueue, message_row
from handlers.reply import Reply
from models.base import Json
from models.company.people import ChannelAccount
from models.rows import freeze

SESSION_LIFE = timedelta(minutes=80)  # a little less than DingTalk's


def post_answer(ctx: Context, inbound: Said | Tapped | Joined, reply: Reply, *, received_at: datetime) -> None:
    """What would have ridden on the response: into the group that asked while its address is good, else in private."""
    key = f"late|{inbound.platform}|{inbound.event_id}"
    if isinstance(inbound, Said) and inbound.chat and inbound.session and ctx.now - received_at < SESSION_LIFE:
        row = _row(ctx, inbound.platform, inbound.session, reply, key)
        enqueue(ctx, [row | {"kind": "session", "lane": f"session:{inbound.chat}"}])
    elif ctx.actor is None:
        post_alone(ctx, inbound.platform, inbound.account, reply, key=key)
    elif reply != TOLD_IN_PRIVATE:
        alone = replace(inbound, chat="") if isinstance(inbound, Said) else inbound
        hand_out(ctx, alone, reply, always=True)


def post_alone(ctx: Context, platform: Platform, account: str, reply: Reply, *, key: str) -> None:
    """A plain answer to an account, a stranger's too."""
    row = _row(ctx, platform, account, reply, key)
    enqueue(ctx, [row if ctx.actor is not None else row | {"lane": f"stranger:{platform}:{account}"}])


def _row(ctx: Context, platform: Platform, address: str, reply: Reply, key: str) -> Json:
    account = freeze(ChannelAccount, (platform, address, ctx.actor.id if ctx.actor else None, None))
    return message_row(ctx, account, reply.template, reply.facts, key=key, is_urgent=True)

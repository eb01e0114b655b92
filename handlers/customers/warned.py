"""Was the owner warned before a reclaim: what the outbox says, and what follows (contract.md `haitun tick`)."""

from datetime import datetime
from typing import Literal

from handlers.context import Context
from handlers.customers import seas
from models.clock import day_of
from models.outbox import Outbox
from models.rows import fetch_all

Warned = Literal["yes", "not yet", "lost"]
LOST = ("dead", "cancelled")


def was_warned(ctx: Context, topic: str, owner: int, code: str, *, since: datetime, last: datetime | None) -> Warned:
    """Of the warnings about `code` written since `since`, has one arrived early enough for a reclaim now?

    In time is one that arrived by the day of the `last` planned warning; a later one leaves one business day. Who has
    no account to hear on counts as warned when it was written; "lost" when none will ever arrive.
    """
    about = Outbox.facts.contains({"customers": [{"code": code}]})
    written = (Outbox.person_id == owner, Outbox.topic == topic, Outbox.created_at >= since)
    notices = fetch_all(ctx.db, Outbox, *written, about)
    if notices and all(notice.state in LOST for notice in notices):
        return "lost"
    heard = [notice.sent_at for notice in notices if notice.state == "sent" and notice.sent_at is not None]
    if notices and not heard:
        return "not yet"
    day = day_of(min(heard) if heard else since, ctx.zone)
    in_time = last is not None and day <= day_of(last, ctx.zone)
    return "yes" if in_time or seas.calendar(ctx).later(day, 1, business=True) <= ctx.today else "not yet"

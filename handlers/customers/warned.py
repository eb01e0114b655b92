"""Was the owner warned before a reclaim: what the outbox says, and what follows (contract.md `haitun tick`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ARRAY, BigInteger, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH

from handlers.context import Context
from handlers.customers import seas
from models.clock import day_of
from models.outbox import Outbox

Warned = Literal["yes", "not yet", "lost"]
LOST = ("dead", "cancelled")


@dataclass(frozen=True)
class Written:
    """One warning in the outbox, and the codes that it named."""

    state: str
    created_at: datetime
    sent_at: datetime | None
    codes: frozenset[str]


def written(ctx: Context, topic: str, owners: Iterable[int], since: datetime) -> dict[int, list[Written]]:
    """The warnings of a topic that were written to these people since then."""
    given = {"topic": topic, "owners": list(owners), "since": since}
    found: dict[int, list[Written]] = {}
    for owner, state, created_at, sent_at, codes in ctx.db.execute(_WRITTEN, given):
        found.setdefault(owner, []).append(Written(state, created_at, sent_at, frozenset(codes)))
    return found


def was_warned(
    ctx: Context, notices: Iterable[Written], code: str, *, since: datetime, last: datetime | None
) -> Warned:
    """Of the warnings about `code` written to the owner since `since`, has one arrived early enough for a reclaim now?

    In time is one that arrived by the day of the `last` planned warning; a later one leaves one business day. Who has
    no account to hear on counts as warned when it was written; "lost" when none will ever arrive.
    """
    about = [notice for notice in notices if notice.created_at >= since and code in notice.codes]
    if about and all(notice.state in LOST for notice in about):
        return "lost"
    heard = [notice.sent_at for notice in about if notice.state == "sent" and notice.sent_at is not None]
    if about and not heard:
        return "not yet"
    day = day_of(min(heard) if heard else since, ctx.zone)
    in_time = last is not None and day <= day_of(last, ctx.zone)
    return "yes" if in_time or seas.calendar(ctx).later(day, 1, business=True) <= ctx.today else "not yet"


_CODES = func.jsonb_path_query_array(Outbox.facts, cast("$.customers[*].code", JSONPATH), type_=JSONB)
_WRITTEN = (
    select(Outbox.person_id, Outbox.state, Outbox.created_at, Outbox.sent_at, _CODES)
    .where(Outbox.person_id == func.any(bindparam("owners", type_=ARRAY(BigInteger))))
    .where(Outbox.topic == bindparam("topic"), Outbox.created_at >= bindparam("since"))
)

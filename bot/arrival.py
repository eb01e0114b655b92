"""The first statement of a walk: the event is kept, once; its person and what he was last asked here come with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from bot.conversations import conversation
from bot.inbound import Joined, Said, Tapped
from handlers.company.people import account_of
from models.base import Json
from models.company.people import ChannelAccount, Person
from models.dialogue import Dialogue
from models.inbox import Inbox
from models.rows import freeze
from models.statement import Statement


@dataclass(frozen=True)
class Arrival:
    """`inbox` is the id of the event's row; `person` None for strangers and for someone who left."""

    inbox: int
    person: Person | None
    conversation: str
    question: Json | None


def inbox_row(inbound: Said | Tapped | Joined, now: datetime, state: str, **more: Any) -> Json:
    """The event as a row of the inbox."""
    kind = type(inbound).__name__.lower()
    own = {"platform": inbound.platform, "event_id": inbound.event_id, "account": inbound.account, "kind": kind}
    return {**own, "state": state, "received_at": now, **more}


_COLUMNS = ("platform", "event_id", "account", "kind", "state", "received_at")
_KEPT = (
    insert(Inbox.__table__)
    .values(attempts=0, **{name: bindparam(name, type_=Inbox.__table__.c[name].type) for name in _COLUMNS})
    .on_conflict_do_nothing()
    .returning(Inbox.__table__.c.id)
    .cte("kept")
)
_HIS = (ChannelAccount.platform == bindparam("platform")) & (ChannelAccount.account == bindparam("known_as"))
_ASKED = (Dialogue.conversation == bindparam("conversation")) & (Dialogue.expires_at > bindparam("received_at"))
_ARRIVE = Statement(
    select(_KEPT.c.id, Dialogue.question, *Person.__table__.c)
    .select_from(_KEPT)
    .outerjoin(ChannelAccount, _HIS)
    .outerjoin(Person, (Person.id == ChannelAccount.person_id) & Person.is_active)
    .outerjoin(Dialogue, _ASKED)
)


def arrive(db: Connection, inbound: Said | Tapped | Joined, now: datetime) -> Arrival | None:
    """None when this event was here before; a repeat waits until the first has committed."""
    chat = "" if isinstance(inbound, Joined) else inbound.chat
    name = conversation(inbound.platform, inbound.account, chat)
    known_as = account_of(inbound.platform, inbound.account)
    row = _ARRIVE.first(db, inbox_row(inbound, now, "done") | {"conversation": name, "known_as": known_as})
    if row is None:
        return None
    person = freeze(Person, row[2:])
    return Arrival(row[0], person if person.id is not None else None, name, row[1])

"""A reclaim warning that waited for its turn is told as things are by then: whose deadline has moved since is left out
(domain.md E.1.5)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from handlers.customers.warning import WARNING
from handlers.sales.lead_warning import WARNING as LEAD_WARNING
from models.base import Json
from models.customers.customer import Customer
from models.outbox import Outbox
from models.sales.lead import Lead

MODELS: Mapping[str, type[Customer] | type[Lead]] = {WARNING: Customer, LEAD_WARNING: Lead}
AGAIN = "|again:"  # who asks for an old warning gets it as it was


def still_due(db: Connection, rows: Sequence[Outbox]) -> dict[int, Json | None]:
    """By id, of those rows that must not be sent as they stand: their facts as they are now, None for nothing left."""
    changed: dict[int, Json | None] = {}
    for topic, model in MODELS.items():
        waiting = [row for row in rows if row.topic == topic and AGAIN not in row.dedupe_key]
        if waiting:
            deadlines = _deadlines(db, model, {int(one["code"][1:]) for row in waiting for one in _about(row.facts)})
            told = {row.id: _told(row.facts, deadlines) for row in waiting}
            changed |= {row.id: told[row.id] for row in waiting if told[row.id] != row.facts}
    return changed


def about_told(row: Outbox, buttons: Sequence[Json]) -> Sequence[Json]:
    """Of a warning's buttons those that are about what it still tells."""
    if row.topic not in MODELS:
        return buttons
    told = {one["code"] for one in _about(row.facts)}
    return [button for button in buttons if button["args"].get("ref") in told]


def _about(facts: Json) -> list[Json]:
    """The records that a card lists, or the one that a group is told of."""
    alone = [{"code": facts["code"], "reclaim_at": facts["deadline"]}] if "deadline" in facts else []
    return list(facts.get("customers") or alone)


def _deadlines(db: Connection, model: type[Customer] | type[Lead], idents: set[int]) -> dict[int, datetime | None]:
    statement = select(model.id, model.reclaim_at).where(model.id.in_(idents), model.owner_id.is_not(None))
    return {row.id: row.reclaim_at for row in db.execute(statement)}


def _told(facts: Json, deadlines: Mapping[int, datetime | None]) -> Json | None:
    about = _about(facts)
    left = [one for one in about if _is_due(one, deadlines)]
    if not left:
        return None
    if len(left) == len(about):
        return facts
    shorter = facts | {"customers": left}
    if "title" in facts:
        shorter["title"] = re.sub(r"\d+(?= 条线索)", str(len(left)), str(facts["title"]))
    return shorter


def _is_due(one: Json, deadlines: Mapping[int, datetime | None]) -> bool:
    present = deadlines.get(int(one["code"][1:]))
    return present is not None and present == datetime.fromisoformat(one["reclaim_at"])

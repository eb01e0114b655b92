"""Which customer or lead a person is talking about: the last one that was shown to him or changed by him in chat."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.context import Context
from handlers.customers.subjects import NOUNS
from handlers.finding import seen
from models.codes import noun_of, plain_code
from models.history import History
from models.outbox import Outbox
from models.rows import fetch_all

LIFE = timedelta(minutes=30)
_LAST = 5
_KEYS = ("customer", "lead", "opportunity", "about", "subject")


def spoken_of(ctx: Context) -> Any:
    """The row, where the actor may change it; None when nothing was spoken of within half an hour, or another's."""
    code = _newest(ctx)
    noun = NOUNS.get(noun_of(code or "") or "")
    return seen(ctx, noun, int(str(code)[1:]), write=True) if noun is not None else None


def _newest(ctx: Context) -> str | None:
    since = ctx.now - LIFE
    own = (History.actor_id == ctx.me.id, History.at > since, History.at <= ctx.now, History.door == ctx.door)
    changed = [
        (row.at, code)
        for row in fetch_all(ctx.db, History, *own, order_by=[History.id.desc()], limit=_LAST)
        if (code := _changed(row)) is not None
    ]
    told = (Outbox.person_id == ctx.me.id, Outbox.topic == "reply", Outbox.created_at > since)
    shown = [
        (row.created_at, code)
        for row in fetch_all(ctx.db, Outbox, *told, order_by=[Outbox.id.desc()], limit=_LAST)
        if row.channel == ctx.door and row.created_at <= ctx.now and (code := code_in(row.facts)) is not None
    ]
    found = [*changed[:1], *shown[:1]]
    return max(found, key=lambda one: one[0])[1] if found else None


def _changed(row: History) -> str | None:
    if row.noun in NOUNS:
        return plain_code(row.noun, row.record_id)
    if row.customer_id is not None:
        return plain_code("customer", row.customer_id)
    return row.ref if noun_of(row.ref) in NOUNS else None


def code_in(facts: Mapping[str, Any]) -> str | None:
    """The customer or lead that a card is about; of an order or payment its customer."""
    inner = [facts.get(name) for name in (*_KEYS, "order", "payment")]
    rows = [row for row in inner if isinstance(row, Mapping)]
    rows += [row["customer"] for row in rows if isinstance(row.get("customer"), Mapping)]
    codes = (str(row.get("code") or "") for row in rows)
    return next((code for code in codes if noun_of(code) in NOUNS), None)

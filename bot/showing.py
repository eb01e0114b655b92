"""From a reply, an outbox row or a card in the ledger to the neutral card that a person sees."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cards.card import Card, CardButton
from cards.render import render
from handlers.context import Context
from handlers.notices import button_rows
from handlers.registry import REFRESH
from models.base import Json
from models.sent_card import SentCard

SUBMIT = "submit"


def shown(template: str, facts: Mapping[str, Any], buttons: Sequence[Json] = ()) -> Card:
    """The card of a template with the ledger's buttons; one named `submit` belongs to the template's own question."""
    keys = {row["text"]: row["key"] for row in buttons if row.get("text") == SUBMIT}
    card = render(template, facts, keys=keys)
    taps = tuple(CardButton(b["text"], b["key"], b.get("style", "plain")) for b in buttons if b["text"] != SUBMIT)
    heard = (f"听到：「{facts['heard']}」",) if facts.get("heard") else ()  # what a voice was understood as
    return replace(card, buttons=taps, lines=(*heard, *card.lines))


def present_state(ctx: Context, card: SentCard) -> tuple[Card, list[Json]] | None:
    """What a card on somebody's phone should show now, and its buttons; None when there is nothing to say any more.

    Buttons that mean the same keep their keys, so that a tap on the not yet refreshed card still counts.
    """
    refresh = REFRESH.get(card.noun)
    reply = refresh(ctx, card.record_id) if refresh is not None else None
    if reply is None:
        return None
    buttons = _kept(card.buttons, button_rows(reply.buttons))
    return shown(reply.template, reply.facts, buttons), buttons


def closed(card: SentCard, word: str) -> Card:
    """The same card without buttons: what became of it stands at its end."""
    return replace(shown(card.template, card.facts), buttons=(), selects=(), submit=None, closed=word)


def _kept(old: Sequence[Json], new: Sequence[Json]) -> list[Json]:
    keys = {(b["command"], str(b["args"])): b["key"] for b in old}
    return [{**b, "key": keys.get((b["command"], str(b["args"])), b["key"])} for b in new]

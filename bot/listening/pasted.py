"""Messages that are no sentences: several leads, a business card, an e-mail signature."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.listening.name_card import read_card
from bot.listening.questions import card_question, leftover_question
from bot.listening.several import several_leads
from bot.listening.slots import Field
from bot.listening.understanding import Understanding

LEAD, LEADS = "lead.register", "lead.register_many"
_MOST_CERTAIN = 4  # lines: fewer under 登记线索 are read like any sentence


def several_pasted(text: str, fields: Mapping[str, Field], now: datetime) -> Understanding | None:
    """Several leads, or the one that was said twice."""
    found = several_leads(text, tuple(fields.values()), now)
    if found is None:
        return None
    if len(found.leads) == 1:
        return Understanding(LEAD, _ordered(found.leads[0], fields))
    question = leftover_question("；".join(found.unread)) if found.unread else None
    return Understanding(LEADS, {"leads": found.leads}, (), question)


def card_pasted(text: str, fields: Mapping[str, Field], *, is_asked: bool) -> Understanding | None:
    """A card; `is_asked` takes only one whose message says that it is to be registered, else it is confirmed first."""
    lines = text.count("\n")
    card = read_card(text) if lines >= (_MOST_CERTAIN - 1 if is_asked else 1) else None
    if card is None or (is_asked and not card.is_asked):
        return None
    args = _ordered(card.args, fields)
    told = "，".join(f"{fields[name].labels[0]} {value}" for name, value in args.items())
    return Understanding(LEAD, args, (), None if card.is_asked else card_question(told))


def _ordered(args: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    return {name: args[name] for name in fields if name in args}

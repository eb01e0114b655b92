"""What a group may read: who is in it is not known, so everything is cut for its least privileged member (domain.md
D13). Whatever goes to a robot passes here; the details open in private, behind the usual checks."""

from collections.abc import Mapping
from typing import Any

from cards.wording import group_safe
from handlers.reply import Facts
from models.base import Json

# A group sees code, name, who, what, when (contract.md, company file); counts and rankings are a report's.
TOLD = (
    "code", "name", "who", "at", "deadline", "sea", "pool", "source", "order", "by", "subject", "approvers", "customer",
    "day", "scope", "counts", "ranking", "amount", "money",
)  # fmt: skip
AMOUNTS = frozenset({"amount", "money"})
VERBATIM = frozenset({"at", "deadline", "day", "code", "order", "subject", "amount", "money"})
OF_RECORD = frozenset({"code", "name", "label", "amount", "value"})


def for_group(facts: Facts, *, amounts: bool) -> Json:
    """Only what a group may know, names rid of the numbers and addresses that stand in them; amounts on demand."""
    return {name: _cut(name, facts[name], amounts) for name in TOLD if name in facts and _is_told(name, amounts)}


def _is_told(name: str, amounts: bool) -> bool:
    return amounts or name not in AMOUNTS


def _cut(name: str, value: Any, amounts: bool) -> Any:
    if name in VERBATIM:
        return value
    if isinstance(value, Mapping):
        told = [key for key in value if key in OF_RECORD and _is_told(key, amounts)]
        return {key: _cut(key, value[key], amounts) for key in told}
    if isinstance(value, (list, tuple)):
        return [_cut(name, one, amounts) for one in value]
    return group_safe(value) if isinstance(value, str) else value

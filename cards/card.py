"""The neutral card: what a person sees, before any platform's format and limits."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Style = Literal["plain", "primary", "danger"]
Tone = Literal["grey", "green", "red", "blue"]


@dataclass(frozen=True)
class CardButton:
    """A button as the platform gets it: `key` is random and means something in our ledger alone."""

    text: str
    key: str
    style: Style = "plain"


@dataclass(frozen=True)
class CardField:
    """One row of name and value."""

    name: str
    value: str


@dataclass(frozen=True)
class Option:
    """One choice of a select or vote."""

    id: str
    text: str
    chosen: bool = False


@dataclass(frozen=True)
class Select:
    """A question with fixed answers; `many` allows several (a check list)."""

    key: str
    title: str
    options: tuple[Option, ...]
    many: bool = False


@dataclass(frozen=True)
class Emphasis:
    """One big number with its name."""

    value: str
    name: str


@dataclass(frozen=True)
class Picture:
    """An image behind a public URL; `ratio` is width / height."""

    url: str
    ratio: float = 1.6


@dataclass(frozen=True)
class Card:
    """Everything but `title` may be empty. `mentions` are platform accounts that a group robot names.

    `selects` with `submit` is a question (vote when one, form when several); `buttons` are taps.
    `closed` is the text of a card that takes no more taps (已同意).
    """

    title: str
    tag: str = ""
    tone: Tone = "grey"
    lines: tuple[str, ...] = ()
    fields: tuple[CardField, ...] = ()
    quote: str = ""
    emphasis: Emphasis | None = None
    picture: Picture | None = None
    link: str = ""
    hint: str = ""
    buttons: tuple[CardButton, ...] = ()
    selects: tuple[Select, ...] = ()
    submit: CardButton | None = None
    closed: str = ""
    mentions: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """A JSON value from which `card_from_json` makes an equal card."""
        return asdict(self)


def card_from_json(value: Mapping[str, Any]) -> Card:
    """The card of `as_json` or of a rendered template. Raises `TypeError` on an unknown key."""
    given = dict(value)
    given["lines"] = tuple(given.get("lines", ()))
    given["mentions"] = tuple(given.get("mentions", ()))
    given["fields"] = tuple(CardField(**row) for row in given.get("fields", ()))
    given["buttons"] = tuple(CardButton(**row) for row in given.get("buttons", ()))
    given["selects"] = tuple(_select(row) for row in given.get("selects", ()))
    for name, kind in (("emphasis", Emphasis), ("picture", Picture), ("submit", CardButton)):
        given[name] = kind(**given[name]) if given.get(name) else None
    return Card(**given)


def _select(row: Mapping[str, Any]) -> Select:
    return Select(**{**row, "options": tuple(Option(**option) for option in row["options"])})

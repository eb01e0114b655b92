"""The little language of `Command.says` (docs/grammar.md), read into parts."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\{(?P<slot>\.\.\.!?|[a-z_]+(?::[a-z]+)?[!+]*)\}|(?P<sign>[()\[\]|])|(?P<text>[^{}()\[\]|]+)")
# Texts that only lead to the argument behind them: missing with it, they may be unsaid too.
CONNECTIVES = ("给", "到", "为", "成", "至", "原因")


class BadPattern(ValueError):
    """A `says` that is not in the language, or names an argument that the command does not have."""


@dataclass(frozen=True)
class Text:
    said: str


@dataclass(frozen=True)
class Place:
    """A slot: `how` narrows its shape (code, phone, …), `mark` holds ! (never asked for) and + (read for more)."""

    name: str
    how: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Rest:
    """`{...}`; strict (`{...!}`) fits only when something in it is recognised and nothing is missing."""

    strict: bool = False


@dataclass(frozen=True)
class Choice:
    """One of several ways; `optional` for square brackets."""

    ways: tuple["Parts", ...]
    optional: bool = False


Part = Text | Place | Rest | Choice
Parts = tuple[Part, ...]


def parse(says: str) -> Parts:
    """The parts of one pattern."""
    ways, position = _sequence(says, 0, "")
    if position < len(says) or len(ways) > 1:
        raise BadPattern(f"{says}: | or a closing bracket outside brackets")
    return ways[0]


def _sequence(says: str, position: int, closing: str) -> tuple[tuple[Parts, ...], int]:
    """The alternatives up to `closing`, and where they end."""
    ways: list[Parts] = []
    parts: list[Part] = []
    while position < len(says):
        token = _TOKEN.match(says, position)
        if token is None:
            raise BadPattern(f"{says}: at {position}")
        position = token.end()
        sign = token["sign"]
        if sign is None:
            parts.append(_leaf(token))
        elif sign == "|":
            ways.append(tuple(parts))
            parts = []
        elif sign in "([":
            inner, position = _sequence(says, position, ")" if sign == "(" else "]")
            parts.append(Choice(_longest_first(inner), optional=sign == "["))
        elif sign == closing:
            return (*ways, tuple(parts)), position
        else:
            raise BadPattern(f"{says}: unexpected {sign}")
    if closing:
        raise BadPattern(f"{says}: {closing} is missing")
    return (*ways, tuple(parts)), position


def _leaf(token: re.Match[str]) -> Part:
    if token["text"]:
        return Text(token["text"].strip().lower())
    if token["slot"].startswith("..."):
        return Rest(strict=token["slot"].endswith("!"))
    match = re.fullmatch(r"([a-z_]+)(?::([a-z]+))?([!+]*)", token["slot"])
    if match is None:
        raise BadPattern(token["slot"])
    return Place(match[1], match[2] or "", match[3])


def _longest_first(ways: tuple[Parts, ...]) -> tuple[Parts, ...]:
    """领取 is tried before 领; ways that are not plain text keep their order."""
    if not all(len(way) == 1 and isinstance(way[0], Text) for way in ways):
        return ways
    return tuple(sorted(ways, key=lambda way: -len(way[0].said) if isinstance(way[0], Text) else 0))


def has_place(parts: Parts) -> bool:
    return any(
        isinstance(part, Place | Rest) or (isinstance(part, Choice) and any(has_place(way) for way in part.ways))
        for part in parts
    )


def can_be_asked(parts: Parts) -> bool:
    """Whether nothing but arguments that the bot can ask for stands here."""
    return all(
        (isinstance(part, Choice) and part.optional)
        or (isinstance(part, Rest) and not part.strict)
        or (isinstance(part, Place) and "!" not in part.mark)
        or (isinstance(part, Text) and part.said in CONNECTIVES)
        for part in parts
    )


def needed_texts(parts: Parts) -> tuple[tuple[str, ...], ...]:
    """For each obligatory text its alternatives: a sentence that holds none of one's cannot fit."""
    found: list[tuple[str, ...]] = []
    for part in parts:
        if isinstance(part, Text) and part.said not in CONNECTIVES:
            found.append((part.said.split(" ")[0],))
        elif isinstance(part, Choice) and not part.optional:
            inner = [needed_texts(way) for way in part.ways]
            if all(inner):
                found.append(tuple(word for texts in inner for word in texts[0]))
    return tuple(found)

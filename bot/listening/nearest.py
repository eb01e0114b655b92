"""What one could have said: the examples that share most with a sentence nobody understood."""

from collections.abc import Sequence

from bot.listening.normalize import sentence
from handlers.command import Command

STARTERS = ("lead.register", "customer.claim", "help")


def nearest(commands: Sequence[Command], text: str, count: int = 3) -> list[str]:
    """One example each of the `count` commands whose examples share most pairs of characters with the text.

    A sentence that begins like an example means it most likely; one that shares nothing gets examples of what people
    start with.
    """
    key = sentence(text).key
    said = _pairs(key)
    scored = []
    for index, command in enumerate(commands):
        best = max(command.examples, key=lambda example: _likeness(said, example))
        begins = len(key) > 2 and sentence(best).key.startswith(key[:2])
        scored.append((-_likeness(said, best) - begins, command.name not in STARTERS, index, best))
    return [example for _, _, _, example in sorted(scored)[:count]]


def _likeness(said: set[str], example: str) -> float:
    pairs = _pairs(sentence(example).key)
    return len(said & pairs) / (len(pairs) or 1)


def _pairs(key: str) -> set[str]:
    return {key[i : i + 2] for i in range(len(key) - 1)}

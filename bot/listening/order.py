"""Free order of the parts: where a sentence fits nothing as it was said, its pieces are tried in another order."""

import re
from collections.abc import Iterator

from bot.listening.normalize import SEPARATORS, Sentence

_PIECE = re.compile(rf"(?:(?<![a-z])\s|\s(?![a-z])|(?!\s)(?![/:~]){SEPARATORS})+")
MOST_PIECES = 7
MOST_LETTERS = 120


def rotations(said: Sentence) -> Iterator[tuple[Sentence, Sentence]]:
    """The sentence as if it began at each of its later pieces, and what then comes last: 价格太低 驳回 SO… as
    驳回 SO… 价格太低. The pieces keep their order otherwise, so that little is guessed."""
    if len(said.key) > MOST_LETTERS:
        return
    cuts = [match.span() for match in _PIECE.finditer(said.key)]
    if not cuts or len(cuts) >= MOST_PIECES:
        return
    for start, end in cuts:
        first, last = said.cut(end), said.cut(0, start)
        yield Sentence(f"{first.text} {last.text}", f"{first.key} {last.key}"), last

"""`haitun parse`: one sentence in, one JSON line out; no database, no network."""

import json
from datetime import datetime

from bot.listening.grammar import Grammar
from bot.listening.understanding import Understanding


def parse_line(text: str, *, speaker: str | None, now: datetime) -> str:
    """The line that `haitun parse` prints (contract.md)."""
    from handlers.registry import COMMANDS

    return as_line(Grammar(COMMANDS).understand(text, now=now, speaker=speaker))


def as_line(understood: Understanding) -> str:
    """`{"command", "args", "missing", "question"}` on one line."""
    shown = {
        "command": understood.command,
        "args": understood.args,
        "missing": list(understood.missing),
        "question": understood.question,
    }
    return json.dumps(shown, ensure_ascii=False)

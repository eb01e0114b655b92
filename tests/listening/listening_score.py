"""How many sentences of a table are understood: `python tests/listening/listening_score.py [TABLE ...]`.

Rows with `style` are counted by style. A row that is `held` out was not looked at while the grammar was made: its
misses are counted, and only shown with `--held`.
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.listening.grammar import Grammar
from handlers.registry import BY_NAME, COMMANDS

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
OWN = Path(__file__).with_name("sentences.jsonl")
STYLES = Path(__file__).with_name("styles.jsonl")
CORPUS = Path(os.environ.get("HAITUN_CORPUS", Path(__file__).parents[2] / "../shared/corpus/utterances.jsonl"))
Row = dict[str, Any]


def rows(table: Path) -> list[Row]:
    return [json.loads(line) for line in table.read_text("utf-8").splitlines() if line.strip()]


def fits(want: Any, got: Any) -> bool:
    """Expected arguments are a subset; an expected string that looks like a date is a prefix."""
    if isinstance(want, dict):
        return isinstance(got, dict) and all(key in got and fits(value, got[key]) for key, value in want.items())
    if isinstance(want, list):
        return (
            isinstance(got, list) and len(want) == len(got) and all(fits(a, b) for a, b in zip(want, got, strict=True))
        )
    if isinstance(want, str) and want[:3] == "202" and isinstance(got, str):
        return got.startswith(want)
    if isinstance(want, float | int) and isinstance(got, float | int):
        return abs(want - got) < 1e-9
    return bool(want == got)


def judged(table: list[Row], grammar: Grammar) -> Iterator[tuple[Row, bool, str]]:
    """Each row, whether it was understood, and what was understood instead."""
    for row in table:
        found = grammar.understand(row["text"], now=NOW)
        wanted = row["command"] if row["command"] in BY_NAME else None
        right = found.command == wanted and not (wanted is None and found.readings)
        if row.get("asked"):  # something in it is impossible, vague or missing
            right = found.question is not None and (found.command == wanted or bool(found.readings))
        if wanted is not None:
            absent = [name for name in row.get("absent", []) if name in found.args]
            right = (
                right
                and fits(row["args"], found.args)
                and not absent
                and list(found.missing) == row.get("missing", list(found.missing))
            )
        yield (
            row,
            right,
            f"{found.command} {json.dumps(found.args, ensure_ascii=False)} {found.missing} {found.question or ''}",
        )


def report(name: str, table: list[Row], *, show_held: bool = False) -> tuple[int, int]:
    """Prints accuracy by command (or style), every miss, and of a held-out part its own score."""
    counted: dict[str, list[bool]] = defaultdict(list)
    held: list[bool] = []
    for row, right, got in judged(table, Grammar(COMMANDS)):
        counted[row.get("style") or (row["command"] if row["command"] in BY_NAME else "(nothing)")].append(right)
        held += [right] if row.get("held") else []
        if not right and (show_held or not row.get("held")):
            want = f"{row['command']} {json.dumps(row['args'], ensure_ascii=False)}{' asked' * bool(row.get('asked'))}"
            print(f"  missed: {row['text']}\n    want {want}\n    got  {got}")
    results = [right for rights in counted.values() for right in rights]
    good, total = sum(results), len(results)
    print(f"{name}: {good}/{total} = {good / total:.1%}")
    for key, rights in sorted(counted.items()):
        print(f"  {key:28} {sum(rights)}/{len(rights)}")
    if held:
        print(f"  held out: {sum(held)}/{len(held)} = {sum(held) / len(held):.1%}")
    return good, total


if __name__ == "__main__":
    for path in [Path(argument) for argument in sys.argv[1:] if argument != "--held"] or [CORPUS, OWN, STYLES]:
        if path.exists():
            report(path.name, rows(path), show_held="--held" in sys.argv)
        else:
            print(f"{path}: not there, left out")

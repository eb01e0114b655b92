"""What is read from one sentence after a visit; the table is the fixture of domain.md D2."""

from pathlib import Path

import pytest
from listening.listening_score import CORPUS, NOW, OWN, STYLES, Row, fits, rows

from bot.listening.grammar import Grammar
from handlers.registry import COMMANDS

GRAMMAR = Grammar(COMMANDS)
TABLE = rows(Path(__file__).with_name("visits.jsonl"))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["text"][:24])
def test_the_slots(row: Row) -> None:
    found = GRAMMAR.understand(row["text"], now=NOW)
    if row["command"] != "visit.log":
        assert found.command != "visit.log"
        return
    assert found.command == "visit.log" and fits(row["args"], found.args), found
    assert bool(found.question) == bool(row.get("asked"))


def test_the_table_is_large_enough() -> None:
    assert sum(row["command"] == "visit.log" for row in TABLE) >= 55 and len(TABLE) >= 60


def test_no_other_sentence_is_taken_for_one() -> None:
    others = [row for table in (OWN, STYLES, CORPUS) if table.exists() for row in rows(table)]
    taken = [row["text"] for row in others if GRAMMAR.understand(row["text"], now=NOW).command == "visit.log"]
    assert not taken

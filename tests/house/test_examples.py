"""Each command's examples mean this command, all of it, and no other."""

import json
import os
from datetime import datetime
from pathlib import Path

import pytest

from bot.listening.grammar import Grammar
from bot.listening.says import BadPattern
from handlers.command import Command
from handlers.registry import COMMANDS

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
GRAMMAR = Grammar(COMMANDS)
SAID = [(command, example) for command in COMMANDS for example in command.examples]
ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("HAITUN_CORPUS", ROOT / "../shared/corpus/utterances.jsonl"))


@pytest.mark.parametrize(("command", "example"), SAID, ids=[example for _, example in SAID])
def test_an_example_means_its_command(command: Command, example: str) -> None:
    understood = GRAMMAR.understand(example, now=NOW)
    assert (understood.command, understood.missing, understood.question) == (command.name, (), None)
    command.args.model_validate(understood.args)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_two_examples(command: Command) -> None:
    assert len(set(command.examples)) >= 2


def test_a_pattern_outside_the_language_is_refused_with_its_command() -> None:
    from dataclasses import replace

    for says in ("领取{nobody}", "领取(", "领取)", "a|b"):
        with pytest.raises(BadPattern, match=COMMANDS[0].name):
            Grammar([replace(COMMANDS[0], says=(says,))])


def test_no_sentence_of_the_corpus_stands_in_the_code() -> None:
    if not CORPUS.exists():
        print(f"{CORPUS}: not there, left out")
        return
    said = [json.loads(line)["text"] for line in CORPUS.read_text("utf-8").splitlines()]
    texts = [text for text in said if not text.isascii()]  # a bare code is no sentence
    sources = [path for folder in ("bot", "handlers", "cards") for path in (ROOT / folder).rglob("*.py")]
    code = "".join(path.read_text("utf-8") for path in sources)
    examples = {example for _, example in SAID}
    assert not [text for text in texts if text in examples or (len(text) >= 8 and text in code)]

"""House test: every template, with kind and with hostile facts, fits on every platform and forges nothing."""

import json
import re
from typing import Any

import pytest
from card_forms import outputs, problems, variants
from card_samples import CASES, HOSTILE, SAMPLES, facts, spoil
from jinja2 import UndefinedError

from cards.card import Card, card_from_json
from cards.render import TEMPLATES, render
from cards.text import plain

KEYS = {"choice": "q1", "reason": "q2", "sea": "q3", "submit": "go"}


def marked(out: dict[str, Any]) -> list[str]:
    """What platforms read as markdown."""
    key, param = out["param"]
    return [
        out["robot"]["markdown"]["content"],
        *([out["app"]["markdown"]["content"]] if "markdown" in out["app"] else []),
        out["params"]["markdown"],
        out["params"]["tips"],
        *(param.values() if key != "sampleText" else []),
        out["webhook"]["markdown"]["text"],
    ]


def forged(text: str, card: Card) -> list[str]:
    """Markup in it that no translator writes."""
    text = re.sub(r'</?font( color="[#\w]+")?>', "", text)
    text = re.sub(r"\[查看详情\]\(https://scrm\.example\.com[^)]*\)", "", text)
    for user in ("lilei", "1002"):
        text = text.replace(f"<@{user}>", "") if user in card.mentions else text
    return re.findall(r"<[^>]*>?|\]\(|`|!\[|~~|(?m:^#(?!###? )|^(?:-{3,}|={3,}))", text)


def test_every_template_has_samples() -> None:
    there = {str(path.relative_to(TEMPLATES).with_suffix("")) for path in TEMPLATES.rglob("*.j2")}
    assert there == set(SAMPLES)


@pytest.mark.parametrize(("name", "number"), CASES)
def test_kind_facts_fit(name: str, number: int) -> None:
    for card in variants(render(name, facts(name, number), keys=KEYS)):
        assert not problems(outputs(card))
        assert card_from_json(json.loads(json.dumps(card.as_json()))) == card
        assert "None" not in plain(card) and "Undefined" not in plain(card)


@pytest.mark.parametrize(("name", "number"), CASES)
def test_hostile_facts_fit_and_forge_nothing(name: str, number: int) -> None:
    for poison in HOSTILE:
        for card in variants(render(name, spoil(facts(name, number), poison), keys=KEYS)):
            out = outputs(card)
            assert not problems(out), poison[:40]
            for text in marked(out):
                assert not forged(text, card), poison[:40]
            assert not set(out["plain"]) & set("<>\x00\x1b\u202e\u2066\ud800\ufeff")


@pytest.mark.parametrize("name", [name for name in SAMPLES if SAMPLES[name][0]])
def test_a_missing_fact_is_an_error(name: str) -> None:
    with pytest.raises(UndefinedError):
        render(name, {})

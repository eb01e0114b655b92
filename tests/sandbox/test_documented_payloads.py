"""The documented samples keep the rules that the sandbox enforces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.sandbox import dingtalk_robot, wecom_cards, wecom_limits
from bot.sandbox.fields import Fields, part
from bot.sandbox.refusal import Refusal

PAYLOADS = Path(__file__).parent / "payloads"


def load(path: Path) -> Fields:
    found: Fields = json.loads(path.read_text())
    body = found.get("body")
    return {str(key): value for key, value in body.items()} if isinstance(body, dict) else found


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("wecom_*.json")), ids=lambda path: path.stem)
def test_wecom(path: Path) -> None:
    body = load(path)
    if "update" in path.stem:
        assert wecom_cards.problem(part(body, "template_card"), update=True) is None
    else:
        wecom_limits.check(body, robot="robot" in path.stem)


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("dingtalk_*.json")), ids=lambda path: path.stem)
def test_dingtalk(path: Path) -> None:
    dingtalk_robot.check(load(path))


def test_a_robot_takes_notices_only() -> None:
    with pytest.raises(Refusal, match="group robot"):
        wecom_limits.check(load(PAYLOADS / "wecom_app__template_card_vote_interaction.json"), robot=True)

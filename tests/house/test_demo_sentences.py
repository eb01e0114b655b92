"""What the sandbox offers a newcomer is understood, whoever of the demo company says it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.demo import DemoPerson, company_text, read_company
from bot.demo_sentences import sentences_for
from bot.listening.grammar import Grammar
from handlers.registry import COMMANDS

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
GRAMMAR = Grammar(COMMANDS)
COMPANY = read_company(company_text("http://127.0.0.1:8000/sandbox", NOW))


@pytest.mark.parametrize("person", COMPANY.people, ids=lambda person: person.name)
def test_every_sentence_is_one_complete_command(person: DemoPerson) -> None:
    said = sentences_for(person, COMPANY)
    assert "帮助" in said
    for sentence in said:
        understood = GRAMMAR.understand(sentence, now=NOW, speaker=person.name)
        assert understood.command is not None and not understood.missing, sentence


def test_a_rep_is_offered_his_own_customer_and_one_of_his_sea() -> None:
    rep = next(person for person in COMPANY.people if person.name == "赵磊")
    said = sentences_for(rep, COMPANY)
    assert "领取 滨海港务" in said and "下单 中关村软件 打印机x3 1200 九五折" in said

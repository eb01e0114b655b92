"""An open question and the message that follows it."""

import json

import pytest
from listening.listening_score import NOW

from bot.listening.dialogue import OpenQuestion, Outcome, answer, question_of
from bot.listening.grammar import Grammar
from handlers.registry import COMMANDS

GRAMMAR = Grammar(COMMANDS)
TWO = OpenQuestion(
    "customer.claim",
    {"ref": "海豚"},
    "choice",
    slot="ref",
    candidates=(("C000001", "上海海豚科技有限公司"), ("C000002", "海豚湾餐饮")),
)


def asked(text: str) -> OpenQuestion:
    """The question after a first message, as it comes back from where it was kept."""
    question = question_of(GRAMMAR.understand(text, now=NOW))
    assert question is not None, text
    kept = OpenQuestion.from_json(json.loads(json.dumps(question.as_json())))
    assert kept == question
    return kept


def then(question: OpenQuestion, text: str) -> Outcome:
    return answer(question, text, grammar=GRAMMAR, now=NOW)


def test_one_answer_may_fill_several_parts() -> None:
    outcome = then(asked("登记线索"), "马冬梅 13344445555")
    assert (outcome.kind, outcome.understood.args) == ("run", {"name": "马冬梅", "phone": "13344445555"})


def test_another_handle_answers_who() -> None:
    outcome = then(asked("登记线索"), "133 4444 5555")
    assert (outcome.kind, outcome.understood.args) == ("run", {"phone": "13344445555"})


def test_parts_are_asked_for_one_by_one() -> None:
    first = then(asked("下单"), "蓝鲸贸易")
    assert first.kind == "ask" and first.open is not None and first.open.asked == "lines"
    second = then(first.open, "打印机3台 九折")
    assert second.kind == "run"
    assert second.understood.args == {
        "ref": "蓝鲸贸易",
        "lines": [{"product": "打印机", "quantity": 3}],
        "discount": 0.9,
    }


def test_a_reason_is_taken_as_it_is() -> None:
    outcome = then(asked("驳回 SO20261123-0002"), "毛利不够, 3折都不到")
    assert (outcome.kind, outcome.understood.args["reason"]) == ("run", "毛利不够, 3折都不到")


def test_a_complete_command_runs_and_the_question_stays() -> None:
    question = asked("退回 海豚科技")
    outcome = then(question, "领取 恒通机电")
    assert (outcome.kind, outcome.understood.command, outcome.open) == ("other", "customer.claim", question)
    assert outcome.open is not None and then(outcome.open, "没预算").kind == "run"


def test_content_that_sounds_like_a_command_is_the_content() -> None:
    outcome = then(asked("写跟进 海豚科技"), "拜访了李总 谈了价格 下次周五再联系")
    assert (outcome.kind, outcome.understood.args["method"]) == ("run", "拜访")
    assert outcome.understood.args["next_at"].startswith("2026-11-27")


@pytest.mark.parametrize("word", ["取消", "算了", "不用了", "取消吧"])
def test_leaving(word: str) -> None:
    assert then(asked("登记线索"), word).kind == "cancel"


def test_a_doubtful_number_is_asked_again() -> None:
    question = asked("回款 SO20261123-0001 小十万")
    assert question.asked == "amount" and "小十万" in question.question
    assert then(question, "差不多吧").kind == "ask"
    assert then(question, "九万八").understood.args["amount"] == 98000


@pytest.mark.parametrize("said", ["2", "第二个", "选2", "海豚湾", "C000002", "2.", "最后一个", "第2家"])
def test_choosing(said: str) -> None:
    outcome = then(TWO, said)
    assert (outcome.kind, outcome.understood.args) == ("run", {"ref": "C000002"})


@pytest.mark.parametrize("said", ["3", "海豚", "哈哈"])
def test_no_choice(said: str) -> None:
    outcome = then(TWO, said)
    assert (outcome.kind, outcome.open) == ("ask", TWO)


def test_a_tapped_button_asks_for_what_it_lacks() -> None:
    understood = GRAMMAR.completed("approval.reject", {"ref": "SO20261123-0001"}, ())
    assert understood.missing == ("reason",) and understood.question


def test_confirming() -> None:
    question = OpenQuestion("customer.create", {"name": "某某公司"}, "confirm", question="照办吗?")
    assert then(question, "好的").kind == "run"
    assert then(question, "不要").kind == "cancel"
    assert then(question, "今天天气").kind == "ask"


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("退回 海豚科技", "把海豚科技退回公海"),
        ("驳回 SO20261123-0002", "驳回 SO20261123-0002"),
        ("登记线索", "登记线索"),
    ],
)
def test_a_sentence_said_twice_is_asked_about_twice(first: str, again: str) -> None:
    outcome = then(asked(first), again)
    assert (outcome.kind, outcome.open) == ("ask", asked(first))


def test_saying_it_with_the_missing_part_answers() -> None:
    whole = then(asked("下单"), "下单 云图智能")
    assert (whole.kind, whole.understood.args, whole.understood.missing) == ("ask", {"ref": "云图智能"}, ("lines",))
    reminder = then(asked("明天提醒我"), "提醒我给张总打电话")
    assert (reminder.kind, reminder.understood.args["title"]) == ("run", "给张总打电话")


def test_an_incomplete_order_for_somebody_else_begins_anew() -> None:
    outcome = then(asked("下单 云图智能"), "下单 海豚科技")
    assert (outcome.kind, outcome.understood.args) == ("ask", {"ref": "海豚科技"})


def test_a_payment_of_somebody_else_is_his() -> None:
    outcome = then(asked("回款 SO20261123-0001"), "回款 云图智能 3000")
    assert (outcome.kind, outcome.understood.args) == ("other", {"ref": "云图智能", "amount": 3000})


@pytest.mark.parametrize("said", ["退回 恐龙园", "驳回 SO20261123-0002", "跟进 恐龙园"])
@pytest.mark.parametrize("first", ["下单", "下单 恐龙园", "给恐龙园下单", "回款 SO20261123-0001"])
def test_another_command_that_lacks_a_part_is_no_answer(first: str, said: str) -> None:
    outcome = then(asked(first), said)
    assert outcome.kind == "ask" and outcome.open == asked(said)


def test_words_that_were_asked_for_may_begin_as_a_command_does() -> None:
    outcome = then(asked("退回 恐龙园"), "跟进 恐龙园")
    assert (outcome.kind, outcome.understood.args["reason"]) == ("run", "跟进 恐龙园")


@pytest.mark.parametrize("said", ["3000左右", "等一下"])
def test_money_for_something_else_is_not_written_here(said: str) -> None:
    question = asked("回款 SO20261123-0001")
    outcome = then(question, said)
    assert outcome.kind == "ask" and outcome.open is not None and outcome.open.asked == "amount"
    assert outcome.open.args == question.args


@pytest.mark.parametrize("said", ["嗯", "好", "..."])
def test_a_grunt_is_no_content(said: str) -> None:
    question = asked("写跟进 海豚科技")
    assert then(question, said).open == question


def test_a_reason_may_name_the_command() -> None:
    outcome = then(asked("退回 海豚科技"), "客户要求退回")
    assert (outcome.kind, outcome.understood.args["reason"]) == ("run", "客户要求退回")


def test_a_part_said_instead_of_yes_takes_its_place() -> None:
    question = asked("登记线索 王小明 12345")
    outcome = then(question, "13812345678")
    assert (outcome.kind, outcome.understood.args) == ("run", {"name": "王小明", "phone": "13812345678"})
    too_much = OpenQuestion("payment.create", {"ref": "SO20261123-0001", "amount": 50000, "confirm": "x"}, "confirm")
    assert then(too_much, "改成 1.1万").understood.args == {"ref": "SO20261123-0001", "amount": 11000}


@pytest.mark.parametrize("said", ["我再想想", "13812", "回款 云图智能"])
def test_what_is_no_part_changes_nothing(said: str) -> None:
    question = asked("登记线索 王小明 12345")
    assert then(question, said).open == question


def test_something_else_begun_takes_the_place_of_a_choice() -> None:
    outcome = then(TWO, "下单 云图智能")
    assert (outcome.kind, outcome.understood.command, outcome.understood.missing) == ("ask", "order.create", ("lines",))
    assert outcome.open is not None and outcome.open.command == "order.create"

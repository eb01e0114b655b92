"""A return without a reason: on WeCom a form with reason and sea, everywhere the next message."""

import pytest
from phone import Phone
from running import House

from bot.sandbox.config import Kind
from bot.sandbox.fields import parts
from bot.sandbox.records import Message
from models.base import Json

CUSTOMER = "杭州西溪基因有限公司"


def form_of(house: House, text: str, who: str = "李雷") -> Message:
    """The form that a sentence is answered with."""
    Phone(house, "wecom", who).says(text)
    card = house.platform.phone("wecom", who).card("请选择原因", timeout=0.05)
    assert card.body["card_type"] == "multiple_interaction"
    return card


def submit(house: House, card: Message, who: str = "李雷", **chosen: str) -> str:
    """What the phone shows after the form was sent."""
    phone = house.platform.phone("wecom", who)
    mark = house.platform.mark()
    answer = phone.submit(card, {key: [value] for key, value in chosen.items()})
    assert answer.status == 200 and not answer.fault
    house.post()
    return "\n".join(message.text for message in phone.inbox if message.number > mark)


def options(card: Message, key: str) -> list[str]:
    select = next(one for one in parts(card.body, "select_list") if one["question_key"] == key)
    return [str(option["text"]) for option in parts(select, "option_list")]


def returned(house: House) -> Json:
    (entry,) = [item for item in house.world.items("周总", "history") if item["event"] == "customer.returned"]
    return entry


def sea_of(house: House) -> str | None:
    (found,) = [item for item in house.world.items("周总", "customers") if item["name"] == CUSTOMER]
    sea: str | None = found["sea"]
    return sea


def test_the_form_returns_the_customer_with_reason_and_sea(house: House) -> None:
    card = form_of(house, "退回客户 西溪基因")
    assert options(card, "reason") == ["联系不上", "无需求", "预算不足", "已选竞品", "区域不符", "重复", "其他"]
    assert options(card, "sea") == ["华东公海", "华北公海"]  # its home first
    shown = submit(house, card, reason="已选竞品", sea="华北公海")
    assert "已选竞品" in shown and "华北公海" in shown
    assert sea_of(house) == "华北公海"
    assert returned(house)["door"] == "wecom"
    assert [(button.text, button.dead) for button in card.buttons] == [("已提交", True)]


def test_what_is_not_touched_is_its_home(house: House) -> None:
    submit(house, form_of(house, "退回客户 西溪基因"), reason="联系不上")
    assert sea_of(house) == "华东公海"


def test_the_sea_that_was_said_stands_first(house: House) -> None:
    card = form_of(house, "把西溪基因退回华北公海")
    assert options(card, "sea")[0] == "华北公海"


def test_the_reason_may_be_typed_instead(house: House) -> None:
    card = form_of(house, "退回客户 西溪基因")
    assert "客户搬走了" in Phone(house, "wecom", "李雷").says("客户搬走了")
    assert sea_of(house) == "华东公海"
    assert "已经在华东公海里" in submit(house, card, reason="重复")  # the command decides, not the form
    assert [(button.text, button.dead) for button in card.buttons] == [("没有提交", True)]
    assert returned(house)["event"] == "customer.returned"


def test_the_form_answers_the_open_question(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    submit(house, form_of(house, "退回客户 西溪基因"), reason="重复")
    assert "没听懂" in phone.says("那就这样吧啊啊")


def test_a_lead_goes_to_the_pool_that_was_chosen(house: House) -> None:
    house.world.run("李雷", "lead.claim", ref="方敏")
    card = form_of(house, "退回线索 方敏")
    assert options(card, "sea") == ["华东线索池", "华北线索池"]
    assert "已退回线索池" in submit(house, card, reason="无需求", sea="华北线索池")
    (lead,) = [item for item in house.world.items("周总", "leads") if item["name"] == "方敏"]
    assert (lead["status"], lead["pool"]) == ("unassigned", "华北线索池")


def test_a_refused_form_stays_and_so_does_its_question(house: House) -> None:
    house.world.run("李雷", "order.create", ref="西溪", lines=[{"product": "显微镜", "quantity": 1}])
    card = form_of(house, "退回客户 西溪基因")
    assert "还不能退回" in submit(house, card, reason="重复")
    assert [button.dead for button in card.buttons] == [False]
    house.world.run("李雷", "approval.withdraw", ref="SO20261123-0001")
    assert "已退回华东公海" in submit(house, card, reason="重复")
    assert sea_of(house) == "华东公海"


def test_saying_it_twice_is_no_reason(house: House) -> None:
    form_of(house, "退回客户 西溪基因")
    form_of(house, "把西溪基因退回公海")
    assert sea_of(house) is None


def test_a_form_shows_nothing_of_what_one_may_not_see(house: House) -> None:
    shown = Phone(house, "wecom", "李雷").says("退回客户 燕山化工")
    assert "没找到" in shown and "原因" not in shown and "北京燕山" not in shown


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_no_reason_is_asked_for_what_could_only_be_refused(house: House, kind: Kind) -> None:
    house.world.run("周总", "team.add", ref="燕山化工", person="李雷", access="read")
    phone = Phone(house, kind, "李雷")
    answers = [phone.says(text) for text in ("退回客户 燕山化工", "退回客户 云谷医疗", "退回线索 方敏")]
    assert "不由你负责" in answers[0] and "联系负责人赵六" in answers[0]
    assert "已经在华东公海里" in answers[1] and "已经在华东线索池里" in answers[2]
    assert not [text for text in answers if "原因" in text]
    assert "没听懂" in phone.says("那就这样吧啊啊"), "no question is open"


def test_dingtalk_asks_in_words(house: House) -> None:
    phone = Phone(house, "dingtalk", "李雷")
    assert "退回原因是什么" in phone.says("退回客户 西溪基因")
    assert "没有预算" in phone.says("没有预算")
    assert sea_of(house) == "华东公海"

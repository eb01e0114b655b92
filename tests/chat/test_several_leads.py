"""Several leads in one message, and a pasted business card: looked up, shown, written only when confirmed."""

from phone import Phone
from running import House

from models.history import History
from models.sales.lead import Lead

CARD = "张伟\n采购总监\n上海海豚科技有限公司\n手机：13812345678\n电话：021-55556666\n地址：上海市浦东新区张江路100号"


def leads(house: House) -> set[str]:
    return {str(lead.name) for lead in house.world.rows(Lead)}


def test_a_list_is_written_once_it_is_confirmed(house: House) -> None:
    phone, before = Phone(house, "wecom", "李雷"), leads(house)
    shown = phone.says("登记线索 来源展会\n1. 张三 13800138000\n2. 方敏 13588880001\n3. 王五 13700137000")
    assert "登记 2 条线索" in shown and "不登记：号码 135****0001 已存在" in shown
    assert leads(house) == before and not house.world.rows(History), "nothing is written before the tap"
    assert "已登记 2 条线索" in phone.taps("登记 2 条线索", "确认")
    made = [lead for lead in house.world.rows(Lead) if lead.name in ("张三", "王五")]
    assert [lead.source for lead in made] == ["展会", "展会"]
    assert "撤销" in phone.says("撤销")
    assert leads(house) == before, "undone in one go"


def test_it_may_be_confirmed_or_left_by_typing(house: House) -> None:
    phone, before = Phone(house, "dingtalk", "李雷"), leads(house)
    phone.says("登记线索 张三 13800138000；王五 13700137000")
    assert "已取消" in phone.says("取消")
    assert leads(house) == before
    phone.says("登记线索 张三 13800138000；王五 13700137000")
    assert "已登记 2 条线索" in phone.says("确认")


def test_a_card_is_no_command_until_it_is_confirmed(house: House) -> None:
    phone, before = Phone(house, "wecom", "李雷"), leads(house)
    assert "像是一张名片" in phone.says(CARD)
    assert leads(house) == before
    phone.taps("像是一张名片", "确认")
    (made,) = [lead for lead in house.world.rows(Lead) if lead.name == "张伟"]
    assert (made.phone, made.title, made.company) == ("13812345678", "采购总监", "上海海豚科技有限公司")
    assert "021-55556666" in str(made.note)


def test_two_numbers_of_one_person_are_asked_about(house: House) -> None:
    before = leads(house)
    assert "只能有一个" in Phone(house, "wecom", "李雷").says("登记线索 张三 13800138000 13900139000")
    assert leads(house) == before

"""回款 5万, and no order is named: the one that waits is confirmed, of several one is chosen, none says so."""

from order_desk import order
from phone import Phone
from running import House

from models.money.order import Payment


def approved(house: House) -> str:
    code = order(house.world)
    house.world.run("陈组长", "approval.approve", ref=code)
    return code


def test_the_only_one_is_confirmed(house: House) -> None:
    code, phone = approved(house), Phone(house, "wecom", "李雷")
    assert f"是 {code}（待回款 3600.00 元）的回款吗" in phone.says("回款 600")
    assert not house.world.rows(Payment)
    assert "已登记回款" in phone.says("确认")
    phone.says("收到货款 9000")
    assert "多出" in phone.says("确认") and len(house.world.rows(Payment)) == 1
    phone.says("确认")
    assert len(house.world.rows(Payment)) == 2


def test_of_several_one_is_chosen(house: House) -> None:
    first, second = approved(house), approved(house)
    phone = Phone(house, "dingtalk", "李雷")
    shown = phone.says("回款 600")
    assert first in shown and second in shown
    phone.says("2")
    assert [row.amount_fen for row in house.world.rows(Payment)] == [60_000]


def test_none_says_so(house: House) -> None:
    assert "没有等回款的订单" in Phone(house, "wecom", "李雷").says("回款 5万")


def test_a_customer_named_is_enough(house: House) -> None:
    approved(house)
    assert "已登记回款" in Phone(house, "wecom", "李雷").says("收到杭州西溪基因有限公司回款600")

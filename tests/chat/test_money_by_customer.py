"""A payment told by its customer: the order that waits for it, or a choice between several."""

from order_desk import order
from phone import Phone
from running import House


def approved(house: House) -> str:
    code = order(house.world)
    house.world.run("陈组长", "approval.approve", ref=code)
    return code


def test_of_several_orders_the_number_chooses(house: House) -> None:
    first, second = approved(house), approved(house)
    phone = Phone(house, "wecom", "李雷")
    shown = phone.says("回款 西溪基因 600")
    assert first in shown and second in shown and "待回款 3600.00 元" in shown
    assert second in phone.says("1"), "the newest stands first"
    payments = house.world.items("李雷", "payments")
    assert [(one["order"]["code"], one["amount"]) for one in payments] == [(second, "600.00")]


def test_a_return_is_begun_while_an_order_lacks_its_lines(house: House) -> None:
    phone = Phone(house, "dingtalk", "李雷")
    assert "产品和数量" in phone.says("下单 西溪基因")
    assert "退回原因" in phone.says("退回 西溪基因")
    assert "已退回华东公海" in phone.says("客户没有预算")

"""What a message gets that is no command."""

import pytest
from phone import Phone
from running import House

from models.history import History


@pytest.mark.parametrize(
    ("said", "answer"),
    [("谢谢", "不客气"), ("你好", "你好，李雷"), ("取消", "撤销"), ("2", "没有等你选择"), ("好的", "帮助")],
)
def test_a_courtesy_gets_one_back(house: House, said: str, answer: str) -> None:
    shown = Phone(house, "wecom", "李雷").says(said)
    assert answer in shown and "没听懂" not in shown


def test_a_bare_name_or_code_is_asked_about(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    assert "跟进 西溪基因 内容" in phone.says("西溪基因")
    assert "查 C000006" in phone.says("c000006")
    assert "没听懂" in phone.says("燕山化工")  # somebody else's: nothing tells that it is there
    assert not house.world.rows(History)


def test_a_group_is_told_of_no_record(house: House) -> None:
    shown = Phone(house, "dingtalk", "李雷").says("西溪基因", group="财务群")
    assert "没听懂" in shown and "跟进 西溪基因" not in shown


def test_agreeing_to_nothing_shows_what_waits(house: House) -> None:
    house.world.run("李雷", "order.create", ref="西溪", lines=[{"product": "显微镜", "quantity": 1}])
    shown = Phone(house, "wecom", "陈组长").says("同意")
    assert "SO20261123-0001" in shown and "待我审批" in shown


def test_a_part_that_was_not_understood_is_confirmed(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    assert "「120折」没看懂" in phone.says("下单 西溪 显微镜3台 120折")
    assert "确认" in phone.buttons("请确认")
    assert "已下单" in phone.says("确认")


def test_changing_an_order_asks_for_the_change(house: House) -> None:
    house.world.run("李雷", "order.create", ref="西溪", lines=[{"product": "显微镜", "quantity": 1}])
    phone = Phone(house, "wecom", "李雷")
    phone.says("撤回 SO20261123-0001")
    assert "要改什么" in phone.taps("已撤回", "修改")
    shown = phone.says("九五折")
    assert "已修改并重新提交" in shown and "95折" in shown

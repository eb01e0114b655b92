"""Typed by somebody whom a record does not concern, its code and its name mean as little as ones that nobody has."""

import pytest
from phone import Phone
from running import House

SAID = (
    "查 {}", "{}还欠多少钱", "{}为什么要回收", "{}的跟进记录", "跟进 {} 客户对方案满意", "把{}转给韩梅梅",
    "退回 {} 联系不上", "{}新增联系人 黄蓉 13712340005", "把赵六加到{}的团队", "修改客户 {} 级别 A", "下单 {} 显微镜x2",
    "搜索 {}", "为什么没收到 {} 的通知",
)  # fmt: skip
OF_ORDER = ("查 {}", "同意 {}", "驳回 {} 太贵", "撤回 {}", "催办 {}", "回款 {} 5元", "为什么没收到 {} 的通知")


@pytest.fixture
def stranger(house: House) -> Phone:
    world = house.world
    world.run("李雷", "contact.create", ref="西溪基因", name="欧阳锋", phone="18912345678")
    world.run("李雷", "order.create", ref="西溪基因", lines=[{"product": "显微镜", "quantity": 2, "discount": 0.96}])
    house.post()
    return Phone(house, "dingtalk", "赵六")


def test_codes_and_names_of_a_foreign_customer(stranger: Phone) -> None:
    for known, unknown in (("C000006", "C987654"), ("西溪基因", "飞天猪肉")):
        for sentence in SAID:
            answers = [stranger.says(sentence.format(said)) for said in (known, unknown)]
            assert answers[0].replace(known, unknown) == answers[1], sentence
            stranger.says("取消")


def test_codes_of_a_foreign_order(stranger: Phone) -> None:
    known, unknown = "SO20261123-0001", "SO20261123-9876"
    for sentence in OF_ORDER:
        answers = [stranger.says(sentence.format(said)) for said in (known, unknown)]
        assert answers[0].replace(known, unknown) == answers[1], sentence
        stranger.says("取消")

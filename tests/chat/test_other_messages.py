"""Messages that are not text: a voice, a place, and what cannot be used."""

from decimal import Decimal

import pytest
from phone import Phone
from running import House

from handlers.customers.check_ins import Near, fitting
from models.customers.activity import FollowUp
from models.customers.customer import Customer

PLACE = "上海市浦东新区世纪大道100号"


def own_of(house: House, *names: str) -> None:
    """More customers of 李雷."""
    listed = "\n".join(f"  - {{name: {name}, owner: 李雷}}" for name in names)
    house.world.load(f"customers:\n{listed}\n")


def test_a_voice_is_taken_as_said_and_repeated(house: House) -> None:
    phone = Phone(house, "dingtalk", "李雷")
    shown = phone.sends("voice")
    assert "听到：「查一下我的客户」" in shown and "西溪基因" in shown


def test_a_voice_without_words_tells_how_to_dictate(house: House) -> None:
    assert "键盘上的麦克风" in Phone(house, "wecom", "李雷").sends("voice")


def test_a_place_is_a_visit_to_whom_one_talks_about(house: House) -> None:
    own_of(house, "绍兴鉴湖水质有限公司")
    phone = Phone(house, "wecom", "李雷")
    phone.says("查 西溪基因")
    house.world.later(minutes=5)
    shown = phone.sends("location")
    assert "已记录跟进：杭州西溪基因有限公司" in shown and PLACE in shown and "未计入" not in shown
    row = house.world.row(FollowUp)
    assert (row.method, row.place, row.latitude, row.longitude) == (
        "拜访",
        PLACE,
        Decimal("31.236"),
        Decimal("121.505"),
    )
    customer = house.world.row(Customer, Customer.id == row.record_id)
    assert customer.clock_at == row.at == house.world.now
    phone.taps("已记录跟进", "撤销")
    assert not house.world.rows(FollowUp)
    assert house.world.row(Customer, Customer.id == row.record_id).clock_at != row.at


def test_a_place_of_nobody_is_asked_about(house: House) -> None:
    own_of(house, "绍兴鉴湖水质有限公司", "湖州南太湖仪表有限公司")
    phone = Phone(house, "wecom", "李雷")
    house.world.run("李雷", "todo.create", title="送样", ref="南太湖", due_at="2026-11-23T15:00:00+08:00")
    asked = phone.sends("location")
    assert "在哪个客户那里？" in asked and "1. 湖州南太湖仪表有限公司" in asked
    assert not house.world.rows(FollowUp)
    assert "已记录跟进：湖州南太湖仪表有限公司" in phone.says("1")
    assert house.world.row(FollowUp).place == PLACE


def test_the_only_customer_at_the_place_is_meant(house: House) -> None:
    own_of(house, "绍兴鉴湖水质有限公司")
    house.world.run("李雷", "customer.update", ref="鉴湖", address="浦东新区世纪大道100号 26楼"[:12])
    assert "已记录跟进：绍兴鉴湖水质有限公司" in Phone(house, "wecom", "李雷").sends("location")


def test_what_was_spoken_of_an_hour_ago_is_not_meant(house: House) -> None:
    own_of(house, "绍兴鉴湖水质有限公司")
    phone = Phone(house, "wecom", "李雷")
    phone.says("查 西溪基因")
    house.world.later(minutes=31)
    assert "在哪个客户那里？" in phone.sends("location")


@pytest.mark.parametrize(
    ("place", "fits"),
    [("上海市浦东新区世纪大道100号", ["a"]), ("上海市徐汇区", ["b", "a"]), ("杭州市西湖区", []), ("", [])],
)
def test_addresses_go_before_regions(place: str, fits: list[str]) -> None:
    own = [Near("b", "", None, "上海"), Near("a", "", "世纪大道 100号", "上海"), Near("c", "", "", "")]
    assert [each.code for each in fitting(place, own)] == fits

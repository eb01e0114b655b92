"""What is wrong with an argument is told in words, of an order line with its part."""

import pytest
from world import World


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ({"product": "显微镜", "quantity": 0}, "数量要大于 0"),
        ({"product": "显微镜", "quantity": 1, "discount": 1.5}, "折扣不能大于 1"),
        ({"product": "显微镜", "quantity": 1, "price": -1}, "单价不能小于 0"),
    ],
)
def test_a_wrong_line(world: World, line: dict[str, object], detail: str) -> None:
    refusal = world.refused("李雷", "order.create", ref="西溪", lines=[line])
    assert (refusal.code, refusal.facts["field"], refusal.detail) == ("invalid_argument", "lines", detail)


def test_nothing_where_something_is_needed(world: World) -> None:
    assert world.refused("李雷", "order.create", ref="西溪", lines=[]).detail == "至少要有一项"
    assert world.refused("李雷", "customer.return", ref="西溪", reason="").detail == "不能空着"

"""Who a token or an account is."""

import hashlib

import pytest
from world import World

from handlers.company.people import make_token, person_by_account, person_by_token
from models.access import ApiToken
from models.errors import NotFound


@pytest.mark.parametrize("said", ["李雷", "U000004", "u000004", "lilei", "LILEI", "1002"])
def test_a_token_for_a_name_a_code_or_an_account(world: World, said: str) -> None:
    token = make_token(world.database, said, world.now)
    with world.database.transaction() as db:
        found = person_by_token(db, token)
        assert found is not None
        assert found.name == "李雷"
        assert person_by_token(db, token + "x") is None
    kept = world.row(ApiToken)
    assert kept.digest == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(kept)


@pytest.mark.parametrize("said", ["没有人", "U000999", "郑离职", "zheng", ""])
def test_no_token_for_a_stranger_or_who_left(world: World, said: str) -> None:
    with pytest.raises(NotFound) as refusal:
        make_token(world.database, said, world.now)
    assert "李雷" in refusal.value.next_step


def test_a_token_dies_with_the_employment(world: World) -> None:
    token = make_token(world.database, "李雷", world.now)
    world.load("people: [{name: 李雷, active: false}]")
    with world.database.transaction() as db:
        assert person_by_token(db, token) is None
        assert person_by_account(db, "wecom", "lilei") is None


def test_an_account_in_any_case_on_wecom_only(world: World) -> None:
    with world.database.transaction() as db:
        found = person_by_account(db, "wecom", "LiLei")
        assert found is not None
        assert found.name == "李雷"
        assert person_by_account(db, "dingtalk", "lilei") is None
        assert person_by_account(db, "wecom", "nobody") is None


def test_mobiles_are_for_those_with_sight(world: World) -> None:
    seen = world.api_view("陈组长", "people", world.person("李雷").code)
    assert seen is not None
    assert seen["mobile"] == "13900000002"
    assert seen["accounts"] == ["企业微信 lilei", "钉钉 1002"]
    assert seen["manager"]["name"] == "陈组长"
    foreign = world.api_view("赵六", "people", world.person("李雷").code)
    assert foreign is not None
    assert foreign["mobile"] is None
    assert foreign["accounts"] is None
    assert foreign["department"] == "华东组"


def test_robots_show_no_address(world: World) -> None:
    shown = str(world.items("周总", "robots"))
    assert "华东群" in shown
    assert "http" not in shown
    assert "SECmoney" not in shown
    assert [item["name"] for item in world.items("周总", "robots", topic="payment.approved")] == ["财务群"]


def test_people_and_departments_by_filter(world: World) -> None:
    assert {p["name"] for p in world.items("李雷", "people", department="财务部")} == {"钱会计", "孙出纳"}
    assert {p["name"] for p in world.items("李雷", "people", duties="warehouse")} == {"何师傅"}
    assert {p["name"] for p in world.items("李雷", "people", manager="陈组长")} == {"李雷", "韩梅梅", "郑离职"}
    (group,) = [d for d in world.items("李雷", "departments") if d["name"] == "华东组"]
    assert group["parent"] == "销售部"
    assert group["head"]["name"] == "陈组长"

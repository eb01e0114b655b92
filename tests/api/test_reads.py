"""`GET /api/{nouns}`: scope, pages, filters, and what may not be asked."""

from datetime import datetime

import pytest
from world import World

from handlers.registry import NOUNS
from models.base import Json

from .conftest import Api

MANY = "customers:\n" + "".join(
    f"  - {{name: 第{n:03d}家检测站, owner: 赵六, region: {'甲乙'[n % 2]}区}}\n" for n in range(230)
)
HIDDEN = """
lead_pools:
  - {name: 华东线索池, members: [华东组], admins: [王经理], claimable: true, hidden_fields: [phone, email, wechat]}
"""


@pytest.fixture(scope="module", autouse=True)
def filled(api: Api) -> None:
    api.house.world.load(MANY)
    api.house.world.load(HIDDEN)
    given = {"name": "洪七", "phone": "13712345678", "email": "hong@example.com", "wechat": "hongqi7"}
    api.done("王经理", "lead.register", **given, pool="华东线索池")


@pytest.mark.parametrize("plural", [noun.plural for noun in NOUNS])
def test_every_noun_lists_what_is_in_scope_and_gives_each_by_its_code(api: Api, plural: str) -> None:
    world: World = api.house.world
    for person in ("周总", "李雷"):
        items = api.items(person, plural, limit=200)
        assert [i["code"] for i in items] == [i["code"] for i in reversed(world.items(person, plural))]
        for item in items[:3]:
            one = api.get(person, f"{plural}/{item['code']}")
            assert one.json() == item
            assert {"code", "created_at", "updated_at", "version"} <= item.keys()
    assert api.get("李雷", f"{plural}/X999999").status_code == 404
    foreign = {i["code"] for i in api.items("周总", plural)} - {i["code"] for i in api.items("李雷", plural)}
    for code in sorted(foreign)[:3]:
        answer = api.get("李雷", f"{plural}/{code}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_pages_have_neither_doubles_nor_gaps_while_others_write(api: Api) -> None:
    before = {item["code"] for item in api.items("赵六", "customers", limit=200)}
    found: list[Json] = []
    cursor = None
    while True:
        answer = api.get("赵六", "customers", limit=37, cursor=cursor).json()
        assert len(answer["items"]) <= 37
        found += answer["items"]
        cursor = answer["next"]
        if cursor is None:
            break
        api.done("赵六", "customer.create", name=f"翻页时新建{len(found)}号公司")
        api.done("赵六", "customer.update", ref=found[0]["code"], level="B")
    codes = [item["code"] for item in found]
    assert len(codes) == len(set(codes)) > 200
    assert set(codes) == before, "what was there at the beginning, once each"


def test_limits(api: Api) -> None:
    assert len(api.get("赵六", "customers").json()["items"]) == 50
    assert len(api.get("赵六", "customers", limit=200).json()["items"]) == 200
    for query in ({"limit": 0}, {"limit": 201}, {"limit": "x"}, {"limit": "-1"}, {"limit": "²"}, {"cursor": "!"}):
        answer = api.get("赵六", "customers", **query)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), query


@pytest.mark.parametrize("cursor", ["LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "MTIz4pyT", "=", "%00", "MQ" * 400])
def test_a_cursor_of_ones_own_making_is_no_crash(api: Api, cursor: str) -> None:
    assert api.get("赵六", "customers", cursor=cursor).status_code in (200, 400)


def test_unknown_fields_and_scenes_and_values_are_named(api: Api) -> None:
    for path, query, said in (
        ("customers", {"colour": "red"}, "colour"),
        ("customers", {"scene": "nobody"}, "nobody"),
        ("orders", {"amount": "many"}, "many"),
        ("customers", {"owned_at": "yesterday"}, "yesterday"),
        ("customers", {"password": ""}, "password"),
        ("robots", {"sealed": "x"}, "sealed"),
        ("notices", {"facts": "x"}, "facts"),
        ("notices", {"q": "x"}, "notices"),
    ):
        answer = api.get("周总", path, **query)
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), query
        assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    "text", ["\x00", "%", "_", "'", "\\", "海" * 3000, "\ud7ff\uffff", "1e999", "99999999999999999999"]
)
@pytest.mark.parametrize("name", ["q", "owner", "region", "phone", "reclaim_at", "sea", "tag", "name"])
def test_odd_values_find_nothing_and_break_nothing(api: Api, name: str, text: str) -> None:
    answer = api.get("李雷", "customers", **{name: text})
    assert answer.status_code in (200, 400), answer.text
    assert answer.status_code == 400 or answer.json()["items"] == []


@pytest.mark.parametrize("code", ["C99999999999999999999", "c000006", "%00", "C-1", "..", "海纳", "C٠٠٠٠٠٦"])
def test_odd_codes_are_found_or_not(api: Api, code: str) -> None:
    answer = api.get("李雷", f"customers/{code}")
    assert answer.status_code == (200 if code == "c000006" else 404), answer.text


def test_people_are_found_by_name_and_code(api: Api) -> None:
    lilei = next(p["code"] for p in api.items("李雷", "people") if p["name"] == "李雷")
    by_name = api.items("周总", "customers", owner="李雷")
    assert by_name == api.items("周总", "customers", owner=lilei) == api.items("周总", "customers", owner=lilei.lower())
    assert [item["name"] for item in by_name] == ["杭州西溪基因有限公司"]
    assert by_name[0]["owner"] == {"code": lilei, "name": "李雷"}
    assert api.items("周总", "customers", owner="没有这个人") == []


def test_fields_are_equal_or_not(api: Api) -> None:
    assert len(api.items("赵六", "customers", region="甲区")) == 115
    assert len(api.items("赵六", "customers", region="甲区", q="第00")) == 5
    assert [i["name"] for i in api.items("赵六", "customers", q="燕山")] == ["北京燕山化工有限公司"]
    assert {i["sea"] for i in api.items("周总", "customers", sea="华东公海")} == {"华东公海"}
    assert all(datetime.fromisoformat(i["owned_at"]) for i in api.items("赵六", "customers", owned_at="2026-11-23"))


def test_a_phone_is_normalised_and_a_masked_one_cannot_be_asked_for(api: Api) -> None:
    for said in ("0571-55550004", "（0571）5555 0004", "057155550004", "+86 571 55550004"):
        assert [i["name"] for i in api.items("李雷", "customers", phone=said)] == ["杭州西溪基因有限公司"], said
    (masked,) = api.items("李雷", "customers", q="海纳")
    assert masked["phone"] == "021****0001"
    assert masked["address"] == "已隐藏"
    assert api.items("李雷", "customers", phone="021-55550001") == []
    assert len(api.items("王经理", "customers", phone="021-55550001")) == 1, "the sea's admin sees it"
    assert api.get("李雷", "customers", address="张江路1号").status_code == 400


def test_hidden_fields_of_a_lead_cannot_be_asked_for(api: Api) -> None:
    for name, value in (("phone", "13712345678"), ("email", "hong@example.com"), ("wechat", "hongqi7")):
        assert api.items("李雷", "leads", **{name: value}) == [], name
        assert len(api.items("王经理", "leads", **{name: value})) == 1, name
    (seen,) = api.items("李雷", "leads", q="洪七")
    assert (seen["phone"], seen["email"], seen["wechat"]) == ("137****5678", "已隐藏", "已隐藏")
    assert api.items("李雷", "leads", q="13712345678") == []

"""The page behind a link: to whom it belongs, how long, and what it never shows."""

import re

import pytest
import requests
from order_desk import line, order
from phone import Phone
from running import House
from sqlalchemy import text, update

from bot.page_links import LIFE, seal
from handlers.registry import BY_NAME
from models.base import Json
from models.company.people import Person

COMPANY = "\n".join(
    ["customers:", *(f"  - {{name: 宁波{number:02d}号检测有限公司, owner: 李雷}}" for number in range(24))]
)


def link_for(house: House, name: str, command: str, args: Json) -> str:
    """A link as the chat gives it to this person."""
    parts, viewer = house.parts, house.world.person(name)
    return f"{house.url}/show/{seal(parts.settings, viewer, BY_NAME[command], args, house.world.now + LIFE)}"


def report_link(house: House, name: str, **args: str) -> str:
    return link_for(house, name, "report.show", {"report": "performance", **args})


def opened(url: str) -> "requests.Response":
    return requests.get(url, timeout=10)


def sold(house: House, person: str, ref: str) -> str:
    code = order(house.world, person, line("显微镜", 2), ref=ref)
    house.world.run("陈组长", "approval.approve", ref=code)
    return code


def test_a_report_shows_what_it_sums(house: House) -> None:
    code = sold(house, "李雷", "西溪基因")
    page = opened(report_link(house, "李雷"))
    assert page.status_code == 200
    for shown in ("李雷的本月业绩", "¥2,400.00", code, "杭州西溪基因有限公司", "11月1日(周日) 至 11月30日(周一)"):
        assert shown in page.text
    assert "李雷 2026-11-23 10:00" in page.text  # the watermark


def test_nothing_runs_is_kept_or_found(house: House) -> None:
    page = opened(report_link(house, "李雷"))
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "script" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"] and 'content="noindex' in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page.text)
    style = opened(f"{house.url}/show/page.css")
    assert (style.status_code, style.headers["content-type"].partition(";")[0]) == (200, "text/css")


def test_a_long_list_is_whole_on_its_page(house: House) -> None:
    house.world.load(COMPANY)
    answer = Phone(house, "wecom", "李雷").says("我的客户")
    found = re.search(rf"{house.url}/show/[\w-]+", answer)
    assert found is not None and "还有 15 条" in answer
    page = opened(found[0])
    assert page.status_code == 200
    assert all(f"宁波{number:02d}号检测有限公司" in page.text for number in range(24))
    assert "还有" not in page.text


def test_a_short_list_has_no_page(house: House) -> None:
    assert "/show/" not in Phone(house, "wecom", "李雷").says("我的客户")


def test_a_list_is_asked_for_as_its_viewer(house: House) -> None:
    asked = {"scene": "all"}
    lists = {name: opened(link_for(house, name, "customer.list", asked)).text for name in ("李雷", "赵六", "周总")}
    assert "杭州西溪基因有限公司" in lists["李雷"] and "北京燕山化工有限公司" not in lists["李雷"]
    assert "北京燕山化工有限公司" in lists["赵六"] and "杭州西溪基因有限公司" not in lists["赵六"]
    assert "北京燕山化工有限公司" in lists["周总"] and "杭州西溪基因有限公司" in lists["周总"]


def test_a_colleagues_report_is_not_there(house: House) -> None:
    sold(house, "韩梅梅", "紫金材料")
    page = opened(report_link(house, "李雷", person="韩梅梅"))
    assert page.status_code == 404
    assert "韩梅梅" not in page.text and "2,400" not in page.text


def test_permissions_are_those_of_now(house: House) -> None:
    link = report_link(house, "陈组长", person="李雷")
    assert opened(link).status_code == 200
    with house.world.database.transaction() as db:
        db.execute(text("delete from sight where viewer_id = :id"), {"id": house.world.person("陈组长").id})
    assert opened(link).status_code == 404


def test_who_left_sees_nothing(house: House) -> None:
    link = report_link(house, "李雷")
    gone = update(Person.__table__).where(Person.name == "李雷").values(is_active=False)
    with house.world.database.transaction() as db:
        db.execute(gone)
    assert opened(link).status_code == 404


def test_after_a_day_it_is_gone(house: House) -> None:
    link = report_link(house, "李雷")
    house.world.later(hours=23, minutes=59)
    assert opened(link).status_code == 200
    house.world.later(minutes=1)
    for url in (link, f"{link}.png"):
        page = opened(url)
        assert page.status_code == 410
        assert "链接已过期" in page.text and page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("change", ["x", "cut", "other"])
def test_a_forged_link_is_not_there(house: House, change: str) -> None:
    link = report_link(house, "李雷")
    middle = len(link) - 40
    other = "A" if link[middle] != "A" else "B"
    forged = {"x": f"{house.url}/show/x", "cut": link[:-8], "other": f"{link[:middle]}{other}{link[middle + 1 :]}"}[
        change
    ]
    page = opened(forged)
    assert page.status_code == 404
    assert "没有这个页面" in page.text and page.headers["content-type"].startswith("text/html")


def test_another_seal_of_the_same_key_opens_nothing(house: House) -> None:
    token = house.parts.seal.seal(b'["report.show",{"report":"performance"},1,9999999999]').decode()
    assert opened(f"{house.url}/show/{token}").status_code == 404


def test_a_command_that_writes_has_no_page(house: House) -> None:
    assert opened(link_for(house, "李雷", "customer.return", {"ref": "西溪基因", "reason": "x"})).status_code == 404
    assert house.world.items("李雷", "customers", "mine")


def test_a_link_tells_nothing_by_itself(house: House) -> None:
    token = report_link(house, "陈组长", person="李雷").rpartition("/")[2]
    assert re.fullmatch(r"[\w-]{60,200}", token)
    assert token != report_link(house, "陈组长", person="李雷").rpartition("/")[2]

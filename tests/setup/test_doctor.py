"""Each line of `haitun doctor` is worth its words: the thing is broken, and only that line says so, with what to do."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from redis import Redis
from running import House
from sqlalchemy import text

from bot.health import Finding, examine
from bot.wiring import Parts
from models.clock import utc_now
from models.db import Database

from .conftest import Install

NAMES = ["settings", "database", "schema", "queue", "worker", "inbox", "wecom", "dingtalk"]
NOWHERE = "postgresql+psycopg://haitun:hidden@127.0.0.1:1/haitun"
IP_REFUSED = {"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 203.0.113.7"}


def findings(parts: Parts) -> dict[str, Finding]:
    found = examine(parts)
    assert [one.name for one in found] == NAMES
    assert all(one.detail and "\n" not in one.detail for one in found)
    return {one.name: one for one in found}


def the_only_failure(parts: Parts, name: str) -> str:
    found = findings(parts)
    assert [one.name for one in found.values() if not one.ok] == [name]
    return found[name].detail


def sql(house: House, statement: str, **values: object) -> None:
    with house.world.database.transaction() as db:
        db.execute(text(statement), values)


def test_all_is_well(house: House) -> None:
    sql(house, "insert into heartbeat (name, seen_at) values ('worker/x/1', :at)", at=utc_now())
    found = findings(house.parts)
    assert all(one.ok for one in found.values()), found
    assert "WeCom and DingTalk on" in found["settings"].detail
    assert found["database"].detail.startswith("PostgreSQL ")
    assert found["worker"].detail.startswith("seen ")


def test_no_worker_yet_is_no_fault(house: House) -> None:
    assert findings(house.parts)["worker"].detail == "none has run yet"


def test_an_address_that_platforms_cannot_call(house: House) -> None:
    wecom = house.parts.settings.wecom
    assert wecom is not None
    real = replace(wecom, api_base="https://qyapi.weixin.qq.com")
    parts = replace(house.parts, settings=replace(house.parts.settings, wecom=real))
    assert "HAITUN_PUBLIC_URL" in the_only_failure(parts, "settings")


def test_a_database_that_does_not_answer(house: House) -> None:
    with closing(Database(NOWHERE, threads=1)) as nowhere:
        found = findings(replace(house.parts, database=nowhere))
    broken = [one for one in found.values() if not one.ok]
    assert [one.name for one in broken][:4] == ["database", "schema", "worker", "inbox"]
    assert "HAITUN_DATABASE_URL" in found["database"].detail
    assert "hidden" not in str(broken)


def test_a_schema_that_is_behind(house: House) -> None:
    sql(house, "update alembic_version set version_num = 'older'")
    assert "haitun migrate" in the_only_failure(house.parts, "schema")


def test_a_queue_that_does_not_answer(house: House) -> None:
    with closing(Redis(host="127.0.0.1", port=1, socket_connect_timeout=1)) as nowhere:
        assert "HAITUN_REDIS_URL" in the_only_failure(replace(house.parts, redis=nowhere), "queue")


def test_a_worker_that_is_silent(house: House) -> None:
    sql(house, "insert into heartbeat (name, seen_at) values ('worker/x/1', :at)", at=utc_now() - timedelta(minutes=7))
    said = the_only_failure(house.parts, "worker")
    assert "7 minutes" in said
    assert "haitun worker --beat" in said


@pytest.mark.parametrize(
    ("state", "payload", "minutes", "said"),
    [
        ("deferred", "{}", 25, "1 messages wait, the oldest for 25 minutes"),
        ("failed", "{}", 300, "1 accepted messages failed, the last with number 8F3K"),
        ("deferred", "{}", 1, None),
        ("failed", None, 300, None),  # its person was told on the response, nothing is lost
        ("failed", "{}", 6000, None),
    ],
)
def test_messages_that_were_accepted_and_had_no_effect(
    house: House, state: str, payload: str | None, minutes: int, said: str | None
) -> None:
    made = "insert into inbox (platform, event_id, account, kind, state, payload, reference, attempts, received_at)"
    values = "values ('wecom', 'x', 'lilei', 'said', :state, cast(:payload as jsonb), '8F3K', 9, :at)"
    sql(house, f"{made} {values}", state=state, payload=payload, at=utc_now() - timedelta(minutes=minutes))
    if said is None:
        assert findings(house.parts)["inbox"].ok
    else:
        assert said in the_only_failure(house.parts, "inbox")


@pytest.mark.parametrize(
    ("path", "body", "name", "said"),
    [
        ("/cgi-bin/gettoken", {"errcode": 40001, "errmsg": "invalid credential"}, "wecom", "HAITUN_WECOM_SECRET"),
        ("/cgi-bin/agent/get", IP_REFUSED, "wecom", "203.0.113.7"),
    ],
)
def test_what_wecom_refuses(house: House, path: str, body: dict[str, object], name: str, said: str) -> None:
    house.platform.faults.answer(path, body=body, times=5)
    assert said in the_only_failure(house.parts, name)


def test_what_dingtalk_refuses(house: House) -> None:
    body: dict[str, object] = {"code": "invalidClientIdOrSecret", "message": "无效的clientId或者clientSecret"}
    house.platform.faults.answer("/v1.0/oauth2/accessToken", status=400, body=body, times=5)
    assert "HAITUN_DINGTALK_APP" in the_only_failure(house.parts, "dingtalk")


@pytest.mark.parametrize("path", ["/cgi-bin/*", "/v1.0/*"])
def test_a_platform_that_is_down(house: House, path: str) -> None:
    house.platform.faults.answer(path, status=502, times=50)
    name = "wecom" if "cgi" in path else "dingtalk"
    assert "502" in the_only_failure(house.parts, name)


def test_the_command_says_it_line_by_line(install: Install) -> None:
    home = install()
    assert home.run("migrate").returncode == 0
    well = home.run("doctor")
    assert (well.returncode, well.stderr) == (0, "")
    lines = well.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["ok", f"{name}:"] for name in NAMES[:6]]
    broken = install("other", settings={"HAITUN_DATABASE_URL": NOWHERE})
    said = broken.run("doctor")
    assert said.returncode == 1
    assert "FAIL database:" in said.stdout
    assert "hidden" not in said.stdout + said.stderr


@pytest.mark.parametrize(("name", "value"), [("HAITUN_WECOM_CORP_ID", "ww1"), ("HAITUN_TIMEZONE", "Mars")])
def test_settings_that_stop_every_other_command_are_a_line_here(install: Install, name: str, value: str) -> None:
    said = install(settings={name: value}).run("doctor")
    assert said.returncode == 1
    (line,) = said.stdout.splitlines()
    assert line.startswith("FAIL settings: HAITUN_")

"""Alive, ready, counted over all processes, and an id that goes through everything."""

import re
from datetime import timedelta

import pytest
import requests
from running import House, own_redis
from sqlalchemy import create_engine, text

from bot.settings import load_settings
from bot.wiring import assemble
from handlers import desk
from handlers.context import Notice
from models.clock import utc_now

from .conftest import Api


def metrics(house: House) -> dict[str, float]:
    lines = requests.get(f"{house.url}/metrics", timeout=10).text.splitlines()
    rows = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r'haitun_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})?', name) for name, _, _ in rows)
    return {name: float(value) for name, _, value in rows}


def test_alive_and_ready(house: House) -> None:
    assert requests.get(f"{house.url}/healthz", timeout=5).text == "ok"
    ready = requests.get(f"{house.url}/readyz", timeout=5)
    assert (ready.status_code, ready.json()) == (200, {"database": "ok", "queue": "ok"})


def test_not_ready_says_what_is_missing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with house.world.database.transaction() as db:
        db.execute(text("update alembic_version set version_num = 'older'"))
    ready = requests.get(f"{house.url}/readyz", timeout=5)
    assert ready.status_code == 503
    assert "haitun migrate" in ready.json()["database"]
    assert ready.json()["queue"] == "ok"
    house.parts.database.close()
    monkeypatch.setattr(house.parts.database, "engine", create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    assert requests.get(f"{house.url}/readyz", timeout=10).json()["database"] == "not reachable"
    assert requests.get(f"{house.url}/healthz", timeout=5).status_code == 200, "alive all the same"


def test_counters_of_two_processes_are_added_up(house: House) -> None:
    url = house.parts.settings.redis_url
    own_redis(url)
    settings = load_settings(house.given)
    with assemble(settings, database_url=house.world.url, redis_url=url) as other:
        for parts, times in ((house.parts, 3), (other, 4)):
            for _ in range(times):
                parts.metrics.count("tests", kind='a "quoted" \\ kind')
            parts.metrics.flush()
    found = {name: value for name, value in metrics(house).items() if name.startswith("haitun_tests_total")}
    assert list(found.values()) == [7]


def test_messages_that_wait_or_failed_show(house: House) -> None:
    made = "insert into inbox (platform, event_id, account, kind, state, payload, attempts, received_at)"
    values = "select 'wecom', s, 'lilei', 'said', s, '{}', 1, :at from unnest(array['done', 'deferred', 'failed']) s"
    with house.world.database.transaction() as db:
        db.execute(text(f"{made} {values}"), {"at": utc_now() - timedelta(minutes=5)})
    found = metrics(house)
    assert (found["haitun_inbox_deferred"], found["haitun_inbox_failed"]) == (1, 1)
    assert 290 < found["haitun_inbox_oldest_seconds"] < 400


def test_what_is_counted(house: House) -> None:
    phone = house.platform.phone("wecom", "李雷")
    phone.says("我是谁")
    phone.says("领取 不存在科技")
    requests.post(f"{house.url}/callbacks/wecom?msg_signature=x&timestamp=1&nonce=1", data=b"<xml/>", timeout=5)
    house.platform.faults.answer("/cgi-bin/message/send", body={"errcode": 45009, "errmsg": "freq"}, times=3)
    with house.world.context(None, door="clock") as ctx:
        ctx.tell(Notice("test", "text", {"text": "在吗"}, "x", (house.world.person("李雷").id,), robots=False))
        desk.finish(ctx)
    house.post()
    with house.world.database.transaction() as db:
        earlier = utc_now() - timedelta(minutes=5)
        db.execute(text("update outbox set due_at = :at, state = 'waiting'"), {"at": earlier})
    found = metrics(house)
    assert found['haitun_callbacks_total{kind="said",platform="wecom",reason=""}'] == 2
    assert found['haitun_commands_total{command="whoami",outcome="ok"}'] == 1
    assert found['haitun_commands_total{command="customer.claim",outcome="not_found"}'] == 1
    assert sum(v for name, v in found.items() if name.startswith("haitun_door_refusals_total")) == 1
    assert found['haitun_platform_errors_total{code="45009",platform="wecom"}'] >= 1
    assert found["haitun_outbox_due"] >= 1
    assert 290 < found["haitun_outbox_oldest_seconds"] < 400


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-123_X", True), ("", False), ("x" * 65, False), ("a b", False), ('";drop', False)]
)
def test_a_request_id_is_kept_or_made(api: Api, given: str, kept: bool) -> None:
    headers = api.headers("李雷") | ({"X-Request-Id": given} if given else {})
    for path in ("api/customers", "api/nowhere", "healthz"):
        answer = requests.get(f"{api.house.url}/{path}", headers=headers, timeout=5)
        assert (answer.headers["x-request-id"] == given) is kept
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", answer.headers["x-request-id"])

"""Every published payload through the real callback URLs: 200, an effect only where one is meant, never a 500."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from channels import sealing
from conftest import Templates, world_of
from running import AES_KEY, House, house_of

from bot.embedded import Stores
from models.history import History
from models.inbox import Inbox

PAYLOADS = Path(__file__).parent.parent / "payloads"
XML = sorted(path for path in (PAYLOADS / "wecom" / "inbound_xml").glob("*.xml") if path.stem != "envelope_callback")
ROBOT = sorted(path for path in (PAYLOADS / "dingtalk" / "inbound").glob("robot_*.json") if "headers" not in path.stem)
TAPS = [PAYLOADS / "dingtalk" / "inbound" / f"card_callback_{name}.json" for name in ("http", "full_fields")]
EVENTS = sorted((PAYLOADS / "dingtalk" / "inbound").glob("event_*_http.json"))


@pytest.fixture(scope="module")
def house(templates: Templates, stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with world_of(templates) as world, house_of(world, stores.redis_url, tmp_path_factory.mktemp("home")) as made:
        yield made


def wecom(house: House, plain: str) -> requests.Response:
    account = house.parts.wecom
    assert account is not None
    sealed = sealing.seal(AES_KEY, plain, account.corp_id)
    query = sealing.query(account.callback_token, sealed)
    return requests.post(f"{house.url}/callbacks/wecom", params=query, data=sealing.outer(sealed), timeout=10)


def dingtalk(house: House, path: str, body: Any, headers: dict[str, str]) -> requests.Response:
    return requests.post(f"{house.url}/callbacks/dingtalk/{path}", json=body, headers=headers, timeout=10)


def counted(house: House, platform: str) -> int:
    house.parts.metrics.flush()
    rows = [line for line in house.parts.metrics.lines() if line.startswith("haitun_callbacks_total")]
    return sum(int(line.rpartition(" ")[2]) for line in rows if f'platform="{platform}"' in line)


@pytest.mark.parametrize("path", XML, ids=lambda path: path.stem)
def test_wecom(house: House, path: Path) -> None:
    before, events = counted(house, "wecom"), len(house.world.rows(History))
    for _ in range(2):
        answer = wecom(house, path.read_text())
        assert answer.status_code == 200
    assert counted(house, "wecom") == before + 2
    assert len(house.world.rows(History)) == events


@pytest.mark.parametrize("path", ROBOT, ids=lambda path: path.stem)
def test_dingtalk_robot(house: House, path: Path) -> None:
    account, stamp = house.parts.dingtalk, str(int(time.time() * 1000))
    assert account is not None
    key = account.app_secret.encode()
    sign = base64.b64encode(hmac.new(key, f"{stamp}\n{account.app_secret}".encode(), hashlib.sha256).digest()).decode()
    before = counted(house, "dingtalk")
    answer = dingtalk(house, "robot", json.loads(path.read_text()), {"timestamp": stamp, "sign": sign})
    assert answer.status_code == 200
    assert answer.json()["msgtype"]
    assert counted(house, "dingtalk") == before + 1


@pytest.mark.parametrize("path", TAPS, ids=lambda path: path.stem)
def test_dingtalk_taps(house: House, path: Path) -> None:
    account, stamp = house.parts.dingtalk, str(int(time.time() * 1000))
    assert account is not None
    mark = hmac.new(account.card_secret.encode(), stamp.encode(), hashlib.sha256).digest()
    headers = {"x-ddpaas-signature-timestamp": stamp, "x-ddpaas-signature": base64.b64encode(mark).decode()}
    assert dingtalk(house, "cards", json.loads(path.read_text()), headers).status_code == 200
    assert dingtalk(house, "cards", json.loads(path.read_text()), {}).status_code == 401


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_dingtalk_events(house: House, path: Path) -> None:
    account = house.parts.dingtalk
    assert account is not None
    sealed = sealing.seal(AES_KEY, path.read_text(), account.app_key)
    query = sealing.query(account.callback_token, sealed)
    answer = requests.post(f"{house.url}/callbacks/dingtalk/events", params=query, json={"encrypt": sealed}, timeout=10)
    assert answer.status_code == 200
    assert sealing.unseal(AES_KEY, answer.json()["encrypt"]) == ("success", account.app_key)


def test_a_stranger_is_remembered_once_and_told_one_line(house: House) -> None:
    kept = {row.event_id: row for row in house.world.rows(Inbox)}
    assert all(row.state == "done" for row in kept.values())
    told = {row.reply["template"] for row in kept.values() if row.reply}
    assert told <= {"stranger"}

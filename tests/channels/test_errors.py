"""Every row of the error tables, played through the real clients; and what never stands in an error."""

import json
import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.channels.base import PlatformError
from bot.channels.dingtalk_api import DingTalkClient
from bot.channels.errors import TABLES, Rule, found_ip
from bot.channels.http import Http, Request
from bot.channels.robots import RobotChannel, RobotTarget
from bot.channels.wecom_api import WeComClient
from bot.inbound import Platform
from cards.card import Card

from .fake import SECRET, Fake, MemoryTokenStore, dingtalk_account, wecom_account

WECOM_PAYLOADS = Path(__file__).parents[1] / "payloads" / "wecom"
REMEDIES = {"retry", "later", "refresh", "drop", "config", "bug", "fallback"}
TRANSPORT = {"timeout", "cut", "unreachable", "tls", "http_5*", "http_*", "not_json", "bad_url", "budget", "too_large"}
OURS = {"invaliduser", "unlicensed", "invalidStaffId", "flowControlled", "deliverFailed"}
TEXT = {"msgtype": "text", "text": {"content": "客户电话 13800138000"}}
HINT = "hint: [1576065934_28_e0fae07666aa64636023c1fa7e8f49a4], from ip: 9.30.0.138, more info at https://x/y?access_token=token-1"


def rows(platform: Platform) -> list[tuple[str, Rule]]:
    return [(code, rule) for code, rule in TABLES[platform].rows() if code not in TRANSPORT | OURS]


def wecom(fake: Fake, http: Http | None = None) -> WeComClient:
    return WeComClient(wecom_account(fake.url), http or Http(), MemoryTokenStore())


def dingtalk(fake: Fake, http: Http | None = None) -> DingTalkClient:
    return DingTalkClient(dingtalk_account(fake.url), http or Http(), MemoryTokenStore())


def failed(call: Callable[[], Any]) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        call()
    return caught.value


def played(code: str) -> str:
    """A code that a row with a star stands for."""
    return f"{code[:-1]}99" if code[:-1].isdigit() else f"{code[:-1]}some"


def check_row(fake: Fake, error: PlatformError, code: str, rule: Rule) -> None:
    assert (error.code, error.remedy, error.wait, error.setting) == (code, rule.remedy, rule.wait, rule.setting)
    assert rule.remedy in REMEDIES
    assert (len(fake.calls()), fake.tokens) == ((2, 2) if rule.remedy == "refresh" else (1, 1))
    if rule.remedy == "refresh":
        assert fake.calls()[0].headers != fake.calls()[1].headers or fake.calls()[0].query != fake.calls()[1].query
    assert rule.text.split("{")[0] in error.detail


@pytest.mark.parametrize(("code", "rule"), rows("wecom"), ids=[code for code, _ in rows("wecom")])
def test_each_wecom_row(fake: Fake, code: str, rule: Rule) -> None:
    code = played(code) if code.endswith("*") else code
    fake.queue({"errcode": int(code), "errmsg": f"some error, {HINT}"})
    error = failed(lambda: wecom(fake).send_message("lilei", TEXT, "k1"))
    check_row(fake, error, code, rule)
    assert "1576065934_28_e0fae07666aa64636023c1fa7e8f49a4" in error.detail
    assert ("9.30.0.138" in error.detail) == ("{ip}" in rule.text)


@pytest.mark.parametrize(("code", "rule"), rows("dingtalk"), ids=[code for code, _ in rows("dingtalk")])
def test_each_dingtalk_row(fake: Fake, code: str, rule: Rule) -> None:
    code = played(code) if code.endswith("*") else code
    if code == "1111":
        fake.queue({"status": 1111, "wait": 5, "source": "x5", "punish": "deny", "uuid": "xxx"})
    elif code.lstrip("-").isdigit():
        fake.queue({"errcode": int(code), "errmsg": "some error"})
    else:
        fake.queue({"code": code, "message": "some error", "requestid": "r"}, status=500 if "system" in code else 400)
    error = failed(lambda: dingtalk(fake).send_to_person("1002", "sampleText", {"content": "x"}))
    check_row(fake, error, code, rule)
    assert error.uncertain == ("system" in code)


WECOM_CODES = """
-1 40001 40091 40003 60111 40007 40008 40035 40058 40063 41001 44004 45002 45008 40013 40014 42001 40029 40056
301002 40074 40093 91040 40096 40097 40098 40099 40100 41051 41096 43004 45009 45033 48002 48005 50001 50002 60011
50003 60020 80001 81013 81017 82001 82002 82003 84061 84074 701008 93000
"""
DINGTALK_CODES = """
InvalidAuthentication invalidClientIdOrSecret 40014 42001 40001 41001 88 60011 60020 90018 90002 90020 33012 60121
40035 40078 90001 90017 -1 43004 400013 400101 400102 400105 400106 410100 430101 430102 430103 430104 310000 130101
90030 send.too.fast send.byToken.tooFast contain.unsafe.url contain.notAllowed.text session.expired system.busy
invalidParameter.robotCode.notExsit invalidParameter.userIds.overMax param.templateNotExist param.cardAlreadyExist
Forbidden.AccessDenied.AccessTokenPermissionDenied Forbidden.AccessDenied.QpsLimitForAppkeyAndApi
"""


def test_the_published_tables_are_covered() -> None:
    """The codes of protocols/wecom.md 7 and of protocols/dingtalk.md 3 and 6."""
    assert [code for code in WECOM_CODES.split() if TABLES["wecom"].find(code) is None] == []
    assert [code for code in DINGTALK_CODES.split() if TABLES["dingtalk"].find(code) is None] == []


def test_an_untrusted_ip_is_named() -> None:
    error = TABLES["wecom"].error(
        "60020", "not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info"
    )
    assert error.setting == "企业可信IP"
    assert error.detail.count("203.0.113.7") == 2
    assert found_ip("from ip: 240e:1:2::3, more") == "240e:1:2::3"
    assert found_ip("ip 198.51.100.4 not in whitelist") == "198.51.100.4"
    assert found_ip("nothing 1.2.3") == ""


def test_missing_scopes_are_named(fake: Fake) -> None:
    detail = {"requiredScopes": ["Card.Instance.Write", "<script>", 5]}
    code = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
    fake.queue({"code": code, "message": "m", "accessdenieddetail": detail}, status=403)
    error = failed(lambda: dingtalk(fake).update_card("c", {}))
    assert error.detail.endswith("：Card.Instance.Write")


@pytest.mark.parametrize(
    ("message", "setting"),
    [
        ("description:关键词不匹配;keywords not in content", "robots[].keyword"),
        ("sign not match", "robots[].secret"),
        ("invalid timestamp", "服务器时钟"),
        ("ip 198.51.100.4 not in whitelist", "群机器人IP白名单"),
        ("whatever", "robots[].secret / robots[].keyword"),
    ],
)
def test_a_robots_security_refusal_names_its_setting(fake: Fake, message: str, setting: str) -> None:
    fake.queue({"errcode": 310000, "errmsg": message})
    robot = RobotTarget("dingtalk", f"{fake.url}/robot/send?access_token=abc", "SECx")
    error = failed(lambda: RobotChannel(Http()).post(robot, Card(title="x"), idempotency_key="k"))
    assert (error.remedy, error.setting) == ("config", setting)


def test_an_error_wrapped_by_dingtalk_is_unwrapped(fake: Fake) -> None:
    fake.queue({"errcode": 88, "sub_code": "90018", "sub_msg": "x", "errmsg": "ding talk error"})
    error = failed(lambda: dingtalk(fake).update_card("c", {}))
    assert (error.code, error.remedy, fake.tokens) == ("90018", "later", 1)


def test_an_unknown_code_waits_and_is_counted_as_other(fake: Fake) -> None:
    counted: list[tuple[str, str]] = []
    fake.queue({"errcode": 987654, "errmsg": "?"})
    client = wecom(fake, Http(on_error=lambda platform, code: counted.append((platform, code))))
    error = failed(lambda: client.send_message("lilei", TEXT, "k"))
    assert (error.code, error.remedy, error.wait) == ("987654", "later", 60)
    failed(lambda: client.recall("m"))
    fake.answers.clear()
    fake.queue({"errcode": 45009, "errmsg": "?"})
    failed(lambda: client.recall("m"))
    assert counted == [("wecom", "other"), ("wecom", "other"), ("wecom", "45009")]


def test_a_bad_secret_is_a_matter_of_settings_and_not_retried(fake: Fake) -> None:
    fake.token_answer = (200, {"errcode": 40001, "errmsg": "invalid credential"})
    error = failed(lambda: wecom(fake).send_message("lilei", TEXT, "k"))
    assert (error.remedy, error.setting, len(fake.asked)) == ("config", "HAITUN_WECOM_SECRET", 1)
    fake.token_answer = (400, {"code": "invalidClientIdOrSecret", "message": "x"})
    error = failed(lambda: dingtalk(fake).update_card("c", {}))
    assert "HAITUN_DINGTALK_APP_SECRET" in error.setting


# ------------------------------------------------------------------ the transport


def get(url: str, **given: Any) -> Callable[[], Any]:
    return lambda: Http(**given).send(
        Request("wecom", "POST", f"{url}/x", {"key": "s3cr3t"}, body={"phone": "13800138000"})
    )


@pytest.mark.parametrize(
    ("status", "data", "code", "remedy", "uncertain"),
    [
        (200, b"<html>blocked</html>", "not_json", "later", True),
        (403, b"<html>blocked</html>", "not_json", "later", False),
        (200, b"[]", "not_json", "later", True),
        (200, b"", "not_json", "later", True),
        (404, b"", "http_404", "later", False),
        (302, b"", "http_302", "later", False),
        (500, b"", "http_500", "retry", True),
        (502, b"<html>", "http_502", "retry", True),
        (503, b'{"code": "system.busy"}', "http_503", "retry", True),
    ],
)
def test_answers_that_are_no_json_object(
    fake: Fake, status: int, data: bytes, code: str, remedy: str, uncertain: bool
) -> None:
    fake.queue(data, status=status)
    error = failed(get(fake.url))
    assert (error.code, error.remedy, error.uncertain, len(fake.asked)) == (code, remedy, uncertain, 1)


def test_a_timeout_is_uncertain_and_not_repeated(fake: Fake) -> None:
    fake.delay = 1
    fake.queue({})
    error = failed(get(fake.url, timeout=(1, 0.2)))
    assert (error.code, error.remedy, error.uncertain, len(fake.asked)) == ("timeout", "retry", True, 1)


def test_a_cut_connection_is_uncertain_and_not_repeated() -> None:
    accepted: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def cut() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                accepted.append(1)
                connection.recv(100_000)
                connection.close()

        threading.Thread(target=cut, daemon=True).start()
        error = failed(get(f"http://127.0.0.1:{server.getsockname()[1]}"))
    assert (error.code, error.uncertain, len(accepted)) == ("cut", True, 1)


def test_a_refused_connection_is_tried_three_times_and_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("bot.channels.http.time.sleep", pauses.append)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = failed(get(f"http://127.0.0.1:{port}"))
    assert (error.code, error.remedy, error.uncertain, len(pauses)) == ("unreachable", "retry", False, 2)


def test_a_connection_that_comes_back_is_used(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = ["http://127.0.0.1:1", fake.url]
    monkeypatch.setattr("bot.channels.http.time.sleep", lambda seconds: urls.pop(0))
    fake.queue({"errcode": 0})
    http = Http()
    real = http._session.request
    monkeypatch.setattr(http._session, "request", lambda method, url, **kwargs: real(method, urls[0] + "/x", **kwargs))
    assert http.send(Request("wecom", "GET", "http://127.0.0.1:1/x")).json == {"errcode": 0}


@pytest.mark.parametrize("url", ["nonsense", "ftp://x/", "http://", "http://[::1"])
def test_a_malformed_address_is_a_matter_of_settings(url: str) -> None:
    error = failed(lambda: Http().send(Request("dingtalk", "GET", url)))
    assert (error.code, error.remedy) == ("bad_url", "config")


def test_no_secret_in_any_error_or_log(fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    """The URL with its key, the token, the body and the platform's echo of it."""
    caplog.set_level(logging.DEBUG)
    secrets = (SECRET, "13800138000", "token-1", "s3cr3t", "access_token=", "corpsecret")
    fake.queue({"errcode": 40058, "errmsg": f"bad value 13800138000 for token-1 {HINT}"})
    errors = [
        failed(lambda: wecom(fake).send_message("lilei", TEXT, "k")),
        failed(get("http://127.0.0.1:1")),
        failed(
            lambda: RobotChannel(Http()).post(
                RobotTarget("wecom", "http://127.0.0.1:1/s?key=s3cr3t"), Card(title="x"), idempotency_key="k"
            )
        ),
    ]
    fake.answers.clear()
    fake.queue(b"<html>13800138000", status=502)
    errors.append(failed(lambda: wecom(fake).send_message("lilei", TEXT, "k")))
    shown = [
        caplog.text,
        repr(wecom_account()),
        repr(dingtalk_account()),
        repr(RobotTarget("wecom", "http://x/?key=s3cr3t", "s3cr3t")),
    ]
    for error in errors:
        assert error.__context__ is None
        shown += [str(error), repr(error), "".join(traceback.format_exception(error))]
    for text in shown:
        lines = [line for line in text.splitlines() if "failed(lambda" not in line]
        assert not [secret for secret in secrets if secret in "\n".join(lines)], text


def test_one_session_serves_many_threads(fake: Fake) -> None:
    fake.decide = lambda asked: (200, {"errcode": 0, "echo": asked.query["n"]})
    http = Http()
    found: list[bool] = []

    def ask(number: int) -> None:
        for turn in range(10):
            mark = f"{number}-{turn}"
            found.append(http.send(Request("wecom", "GET", fake.url + "/x", {"n": mark})).json["echo"] == mark)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 80


def test_proxies_come_from_the_environment_and_netrc_never(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\nmachine platform.example login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", fake.url)
    monkeypatch.setenv("no_proxy", "")
    fake.queue({"errcode": 0})
    began = time.monotonic()
    Http().send(Request("wecom", "GET", "http://platform.example/x"))
    assert time.monotonic() - began < 5
    assert fake.asked[0].headers["host"] == "platform.example"
    assert "authorization" not in fake.asked[0].headers


def test_published_refusals() -> None:
    """The sample answers name codes that the table knows."""
    for name, remedy in (("token_expired", "refresh"), ("webhook_invalid_key", "config")):
        sample = json.loads((WECOM_PAYLOADS / "api_responses" / f"{name}.json").read_text())
        assert TABLES["wecom"].error(str(sample["errcode"]), sample["errmsg"]).remedy == remedy

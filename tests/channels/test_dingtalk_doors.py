"""What DingTalk posts to its three doors: what it becomes and what is refused."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Door, DoorError
from bot.channels.dingtalk import DingTalkCardDoor, DingTalkEventDoor, DingTalkRobotDoor, same_origin
from bot.channels.signs import keyed_once, keyed_twice
from bot.inbound import Ignored, Inbound, Said, Tapped
from cards.card import Card, CardButton

from . import sealing
from .fake import AES_KEY, SECRET, dingtalk_account

PAYLOADS = Path(__file__).parents[1] / "payloads" / "dingtalk"
NOW = 1_700_000_000.0
STAMP = str(int(NOW * 1000))
ACCOUNT = dingtalk_account()
ROBOT = DingTalkRobotDoor(ACCOUNT, clock=lambda: NOW)
CARDS = DingTalkCardDoor(ACCOUNT, clock=lambda: NOW)
EVENTS = DingTalkEventDoor(ACCOUNT)
SESSION = "https://oapi.dingtalk.com/robot/sendBySession?session="
ROBOT_HEADERS = {"timestamp": STAMP, "sign": keyed_twice(STAMP, SECRET)}
CARD_HEADERS = {"x-ddpaas-signature-timestamp": STAMP, "x-ddpaas-signature": keyed_once(STAMP, "card-secret")}
FIRST = {"account": "0147xxxx8602", "event_id": "msgrK2xxxxU+riw==", "session": SESSION + "66d7c695a9xxxxdeb885"}
GROUP = {**FIRST, "chat": "cid6EUxxxxsg==", "mentioned": True}


def payload(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((PAYLOADS / "inbound" / f"{name}.json").read_text())
    return value


def robot(message: Any, door: DingTalkRobotDoor = ROBOT) -> Inbound:
    return door.open(ROBOT_HEADERS, {}, json.dumps(message).encode())


def tap(callback: Any) -> Inbound:
    return CARDS.open(CARD_HEADERS, {}, json.dumps(callback).encode())


def fields(inbound: Inbound, expected: dict[str, Any]) -> dict[str, Any]:
    found = {**vars(inbound), "type": type(inbound).__name__}
    return {name: found.get(name, "absent") for name in expected}


def code(name: str) -> str:
    content = payload(name)["content"]
    return str(content.get("downloadCode") or content["richText"][1]["downloadCode"])


SAID: dict[str, dict[str, Any]] = {
    "robot_text_single": {**FIRST, "kind": "text", "text": "你好", "chat": "", "mentioned": False},
    "robot_text_group": {**GROUP, "kind": "text", "text": "text"},
    "robot_text_group_http_minimal": {
        "account": "user123",
        "event_id": "msg0xxxxx",
        "text": "你好",
        "chat": "xxx",
        "mentioned": True,
        "session": SESSION + "xxxxx",
    },
    "robot_text_group_stream_data": {
        "account": "452523285939877041",
        "text": "你好",
        "chat": "cidjMOsz******AhS4Jg==",
        "mentioned": True,
        "session": SESSION + "c610ee93e4d96899d9236bd4bea185dd",
    },
    "robot_audio_single": {
        **FIRST,
        "kind": "voice",
        "text": "钉钉，让进步发生",
        "details": {"download_code": code("robot_audio_single"), "duration": "4000"},
    },
    "robot_file_single": {
        **FIRST,
        "kind": "file",
        "text": "",
        "details": {"download_code": code("robot_file_single"), "file_name": "钉钉让进步发生.pdf"},
    },
    "robot_picture_single": {**FIRST, "kind": "image", "details": {"download_code": code("robot_picture_single")}},
    "robot_picture_group": {**GROUP, "kind": "image", "details": {"download_code": code("robot_picture_group")}},
    "robot_richtext_single": {
        **FIRST,
        "kind": "text",
        "text": "你好",
        "details": {"download_code": code("robot_richtext_single")},
    },
    "robot_richtext_group": {**GROUP, "kind": "text", "text": "你好"},
}


@pytest.mark.parametrize("name", sorted(SAID))
def test_each_published_robot_message(name: str) -> None:
    expected = {"platform": "dingtalk", "type": "Said", **SAID[name]}
    assert fields(robot(payload(name)), expected) == expected


def test_the_table_has_every_published_robot_message() -> None:
    found = {path.stem for path in (PAYLOADS / "inbound").glob("robot_*.json")} - {"robot_http_headers"}
    assert found == set(SAID)


def test_the_published_video_fragment() -> None:
    message = {**payload("robot_file_single"), "msgtype": "video"}
    message["content"] = {"duration": 4000, "downloadCode": "c", "videoType": "mp4"}
    expected = {"kind": "video", "details": {"download_code": "c", "duration": "4000", "video_type": "mp4"}}
    assert fields(robot(message), expected) == expected


PLAIN = {"msgtype": "text", "text": {"content": "hi"}, "msgId": "m", "senderStaffId": "u", "conversationType": "1"}
IN_GROUP = {**PLAIN, "conversationType": "2", "conversationId": "cid1"}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({**PLAIN, "text": None, "content": " 你好"}, {"type": "Said", "text": "你好"}),
        ({**PLAIN, "text": "你好"}, {"type": "Said", "text": "你好"}),
        ({**PLAIN, "text": {}, "content": "你好"}, {"type": "Said", "text": "你好"}),
        ({**PLAIN, "msgtype": None, "text": None, "content": "你好"}, {"type": "Said", "text": "你好"}),
        ({**PLAIN, "text": {"content": "a\0b"}}, {"type": "Said", "text": "ab"}),
        ({**PLAIN, "createAt": "1613630252678"}, {"type": "Said", "text": "hi"}),
        ({**PLAIN, "createAt": 1613630252678}, {"type": "Said", "text": "hi"}),
        ({**PLAIN, "senderStaffId": ""}, {"type": "Said", "account": "", "text": "hi"}),
        ({k: v for k, v in PLAIN.items() if k != "senderStaffId"}, {"type": "Said", "account": ""}),
        ({**PLAIN, "senderStaffId": 1001}, {"account": "1001"}),
        ({**PLAIN, "conversationId": "cid1", "conversationTitle": None}, {"chat": "", "mentioned": False}),
        ({**IN_GROUP, "isInAtList": True}, {"chat": "cid1", "mentioned": True}),
        ({**IN_GROUP, "isInAtList": "true"}, {"chat": "cid1", "mentioned": True}),
        ({**IN_GROUP, "conversationType": 2}, {"chat": "cid1", "mentioned": False}),
        (
            {**PLAIN, "text": None, "errorCode": "20001", "errorMessage": "quota"},
            {"type": "Ignored", "reason": "over_quota"},
        ),
        (
            {"msgId": "m", "senderStaffId": "u"},
            {"type": "Ignored", "reason": "over_quota", "account": "u", "event_id": "m"},
        ),
        ({**PLAIN, "msgtype": "picture"}, {"type": "Ignored", "reason": "unknown_message"}),
        ({**PLAIN, "text": {"content": ["x"]}}, {"type": "Ignored", "reason": "unknown_message"}),
        ({**PLAIN, "msgtype": "hologram", "content": {"a": 1}}, {"type": "Ignored", "reason": "unknown_message"}),
        (
            {**PLAIN, "msgtype": "richText", "content": {"richText": "x"}},
            {"type": "Ignored", "reason": "unknown_message"},
        ),
        (
            {**PLAIN, "msgtype": "richText", "content": {"richText": [{"downloadCode": "c", "type": "picture"}, 5]}},
            {"type": "Said", "kind": "image", "details": {"download_code": "c"}},
        ),
        ({**PLAIN, "sessionWebhook": "https://evil.example/robot/sendBySession?session=1"}, {"session": ""}),
        ({**PLAIN, "sessionWebhook": 5}, {"session": ""}),
        ({**PLAIN, "sessionWebhook": SESSION + "1"}, {"session": SESSION + "1"}),
    ],
)
def test_contradictory_and_broken_robot_messages(message: Any, expected: dict[str, Any]) -> None:
    assert fields(robot(message), expected) == expected


def test_a_message_without_an_id_is_known_by_its_content() -> None:
    without = {**PLAIN, "msgId": None}
    assert len(robot(without).event_id) == 64
    assert robot(without).event_id == robot(without).event_id
    assert len(robot({**PLAIN, "msgId": "m" * 5000}).event_id) == 64


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://oapi.dingtalk.com/x", True),
        ("https://OAPI.dingtalk.com:443/x", True),
        ("http://oapi.dingtalk.com/x", False),
        ("https://oapi.dingtalk.com:8443/x", False),
        ("https://oapi.dingtalk.com.evil.example/x", False),
        ("https://oapi.dingtalk.com@evil.example/x", False),
        ("https://evil.example\\@oapi.dingtalk.com/x", False),
        ("https://oapi.dingtalk.com:bad/x", False),
        ("//oapi.dingtalk.com/x", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_a_session_is_called_on_the_configured_host_only(url: str, same: bool) -> None:
    assert same_origin(url, "https://oapi.dingtalk.com") is same


def test_published_signature_vectors() -> None:
    vectors = {one["name"]: one for one in json.loads((PAYLOADS / "vectors" / "signs.json").read_text())["vectors"]}
    made: dict[str, Callable[[str, str], str]] = {
        "robot_http_callback_sign": keyed_twice,
        "hmac_of_bare_timestamp": keyed_once,
        "card_callback_x_ddpaas_signature": keyed_once,
    }
    for name, sign in made.items():
        given = vectors[name]["input"]
        assert sign(given["timestamp"], given["secret"]) == vectors[name]["expected"]
    custom = vectors["custom_robot_webhook_sign"]
    made_by_us = keyed_twice(custom["input"]["timestamp"], custom["input"]["secret"])
    assert quote(made_by_us, safe="") == custom["expected"]


def stamped(offset: float) -> str:
    return str(int((NOW + offset) * 1000))


def refusal(
    door: Door, headers: dict[str, str], body: bytes = b"{}", query: dict[str, str] | None = None
) -> tuple[int, str]:
    with pytest.raises(DoorError) as caught:
        door.open(headers, query or {}, body)
    return caught.value.status, caught.value.reason


@pytest.mark.parametrize("door", [ROBOT, CARDS], ids=["robot", "cards"])
def test_signature_and_its_hour(door: Door) -> None:
    is_robot = isinstance(door, DingTalkRobotDoor)
    names = ("timestamp", "sign") if is_robot else ("x-ddpaas-signature-timestamp", "x-ddpaas-signature")
    sign, secret = (keyed_twice, SECRET) if is_robot else (keyed_once, "card-secret")

    def headers(stamp: str, signature: str = "") -> dict[str, str]:
        return {names[0]: stamp, names[1]: signature or sign(stamp, secret)}

    for offset in (0, -3599, 3599):
        door.open(headers(stamped(offset)), {}, json.dumps(PLAIN).encode())
    door.open({name.title(): value for name, value in headers(STAMP).items()}, {}, json.dumps(PLAIN).encode())
    for offset in (-3601, 3601, -86_400):
        assert refusal(door, headers(stamped(offset))) == (401, "stale")
    assert refusal(door, headers(STAMP, sign(STAMP, "other"))) == (401, "bad_signature")
    assert refusal(door, headers(STAMP, "é")) == (401, "bad_signature")
    for bad in ("x", "-1", "9" * 400, "１２３", "1e9"):
        assert refusal(door, headers(bad, "x")) == (401, "bad_timestamp")
    assert refusal(door, {}) == (401, "missing_signature")
    assert refusal(door, {names[0]: STAMP}) == (401, "missing_signature")
    for body in (b"", b"null", b"[]", b"{", b"\xff\xff", b'{"a": NaN}', b"[" * 100_000, b'"\\ud800"'):
        assert refusal(door, headers(STAMP), body) == (400, "bad_json")


def test_robot_answers() -> None:
    talk = robot(PLAIN)
    assert json.loads(ROBOT.answer(talk, None).body) == {"msgtype": "empty"}
    answer = json.loads(ROBOT.answer(talk, Card(title="已领取 海豚科技")).body)
    assert answer["msgtype"] == "markdown"
    assert "海豚科技" in answer["markdown"]["text"]


def test_published_card_callbacks() -> None:
    plain = {"account": "XXXXXX", "card": "XXXXXX", "key": "1", "selected": {"action": ("accept",)}, "chat": ""}
    expected = {"type": "Tapped", "platform": "dingtalk", "response_code": "", **plain}
    assert fields(tap(payload("card_callback_http")), expected) == expected
    in_group = {**expected, "chat": "cidXXXX=="}
    assert fields(tap(payload("card_callback_full_fields")), in_group) == in_group
    dynamic = tap(payload("card_dynamic_data_callback"))
    assert isinstance(dynamic, Ignored)
    assert (dynamic.reason, dynamic.account) == ("dynamic_data", "user0")


PRIVATE = {"actionIds": ["k1"], "params": {"a": "1"}}
TAP = {"type": "actionCallback", "outTrackId": "card", "userId": "u"}


@pytest.mark.parametrize(
    ("given", "key", "selected"),
    [
        ({"content": json.dumps({"cardPrivateData": PRIVATE})}, "k1", {"a": ("1",)}),
        ({"content": {"cardPrivateData": PRIVATE}}, "k1", {"a": ("1",)}),
        ({"value": json.dumps({"cardPrivateData": PRIVATE})}, "k1", {"a": ("1",)}),
        ({"value": {"cardPrivateData": PRIVATE}}, "k1", {"a": ("1",)}),
        ({"value": {"cardPrivateData": {"actionIds": ["k1"]}, "params": {"a": ["1", 2]}}}, "k1", {"a": ("1", "2")}),
        ({"content": {"cardPrivateData": json.dumps(PRIVATE)}}, "k1", {"a": ("1",)}),
        ({"content": {"cardPrivateData": {"actionIds": ["k1", "k2"]}}}, "k1", {}),
        ({"content": {"actionIds": ["k1"]}}, "k1", {}),
        ({"content": {"cardPrivateData": {"actionIds": "k1"}}}, "", {}),
        ({"content": "{broken"}, "", {}),
        ({"content": None}, "", {}),
        ({}, "", {}),
    ],
)
def test_forms_of_a_card_callback(given: dict[str, Any], key: str, selected: dict[str, Any]) -> None:
    tapped = tap({**TAP, **given})
    assert isinstance(tapped, Tapped)
    assert (tapped.key, tapped.selected, tapped.card, tapped.account) == (key, selected, "card", "u")


def test_the_same_tap_delivered_again_is_one_event_and_a_later_tap_another() -> None:
    body = json.dumps(payload("card_callback_http")).encode()
    later = stamped(5)
    again = {"x-ddpaas-signature-timestamp": later, "x-ddpaas-signature": keyed_once(later, "card-secret")}
    first, repeat, second = (CARDS.open(headers, {}, body) for headers in (CARD_HEADERS, CARD_HEADERS, again))
    assert first.event_id == repeat.event_id != second.event_id


def test_card_answers() -> None:
    tapped = tap(payload("card_callback_http"))
    assert json.loads(CARDS.answer(tapped, None).body) == {}
    answer = json.loads(
        CARDS.answer(tapped, Card(title="订单", closed="已同意", buttons=(CardButton("同意", "k"),))).body
    )
    sample = payload("card_callback_response_http")
    assert set(answer) <= set(sample)
    assert answer["cardUpdateOptions"] == sample["cardUpdateOptions"]
    assert all(isinstance(value, str) for value in answer["cardData"]["cardParamMap"].values())


def event(text: str, owner: str = "dingkey", **names: str) -> tuple[dict[str, str], bytes]:
    sealed = sealing.seal(AES_KEY, text, owner)
    query = sealing.query("tok", sealed, STAMP)
    return {names.get(name, name): value for name, value in query.items()}, json.dumps({"encrypt": sealed}).encode()


def event_names() -> list[str]:
    return sorted(path.stem for path in (PAYLOADS / "inbound").glob("event_*_http.json"))


@pytest.mark.parametrize("name", event_names())
def test_each_published_event_is_acknowledged_and_counted(name: str) -> None:
    value = payload(name)
    query, body = event(json.dumps(value))
    assert EVENTS.open({}, query, body) == Ignored("dingtalk", value["eventId"], value["EventType"])


@pytest.mark.parametrize("owner", ["dingkey", "dingcorp"])
@pytest.mark.parametrize("names", [{}, {"msg_signature": "signature"}, {"timestamp": "timeStamp"}])
def test_check_url_is_answered_with_the_owner_that_asked(owner: str, names: dict[str, str]) -> None:
    door = DingTalkEventDoor(ACCOUNT)
    query, body = event(json.dumps(payload("event_check_url_plain")), owner, **names)
    inbound = door.open({}, query, body)
    assert isinstance(inbound, Ignored)
    assert inbound.reason == "check_url"
    answer = json.loads(door.answer(inbound, None).body)
    assert set(answer) == set(payload("event_http_success_response"))
    assert sealing.unseal(AES_KEY, answer["encrypt"]) == ("success", owner)
    assert answer["msg_signature"] == sealing.signature("tok", answer["timeStamp"], answer["nonce"], answer["encrypt"])


def test_events_that_are_refused() -> None:
    query, body = event('{"EventType": "check_url"}')
    foreign_query, foreign = event("{}", "somebody")
    assert refusal(EVENTS, {}, foreign, foreign_query) == (403, "wrong_receiver")
    assert refusal(EVENTS, {}, body, {**query, "nonce": "other"}) == (401, "bad_signature")
    assert refusal(EVENTS, {}, body, {**query, "nonce": ""}) == (400, "missing_parameter")
    for rubbish in (b"{}", b'{"encrypt": 5}', b'{"encrypt": ""}'):
        assert refusal(EVENTS, {}, rubbish, query) == (400, "no_encrypt")
    unsigned = payload("event_http_encrypted_request")
    assert refusal(EVENTS, {}, json.dumps(unsigned["body"]).encode(), unsigned["query"]) == (401, "bad_signature")
    text_query, text = event("success")
    assert refusal(EVENTS, {}, text, text_query) == (400, "bad_json")
    odd_query, odd = event('{"EventType": "Robert\'); --", "eventId": ["x"]}')
    found = EVENTS.open({}, odd_query, odd)
    assert isinstance(found, Ignored)
    assert found.reason == "unknown_event"


def crypto_vectors() -> list[dict[str, Any]]:
    vectors: list[dict[str, Any]] = json.loads((PAYLOADS / "vectors" / "callback_crypto.json").read_text())["vectors"]
    return vectors


@pytest.mark.parametrize("vector", crypto_vectors(), ids=lambda vector: vector["name"])
def test_each_crypto_vector(vector: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {"callback_token": vector["token"], "callback_aes_key": vector["encoding_aes_key"]}
    account = dingtalk_account(app_key=vector["owner_key"], **keys)
    door = DingTalkEventDoor(account)
    query = {name: vector[name] for name in ("msg_signature", "timestamp", "nonce")}
    body = json.dumps({"encrypt": vector["encrypt"]}).encode()
    if vector["plaintext"].startswith("{"):
        inbound = door.open({}, query, body)
        assert isinstance(inbound, Ignored)
        assert inbound.reason == json.loads(vector["plaintext"])["EventType"]
    else:  # our own kind of answer
        assert refusal(door, {}, body, query) == (400, "bad_json")
    envelope = door._envelope
    assert (envelope.open(vector["encrypt"]).text, envelope.open(vector["encrypt"]).receive_id) == (
        vector["plaintext"],
        vector["owner_key"],
    )
    monkeypatch.setattr("bot.channels.envelope.secrets.token_hex", lambda size: vector["random16"])
    assert envelope.seal_json(vector["plaintext"])["encrypt"] == vector["encrypt"]


def test_the_raw_block_vector_decrypts_and_is_no_message() -> None:
    vector = json.loads((PAYLOADS / "vectors" / "callback_crypto.json").read_text())["raw_block_vector"]
    account = dingtalk_account(callback_aes_key=vector["encoding_aes_key"])
    envelope = DingTalkEventDoor(account)._envelope
    plain = envelope._cipher.cipher.decrypt(base64.b64decode(vector["ciphertext"]))
    assert plain[: -plain[-1]].hex() == vector["raw_plaintext_hex"]
    with pytest.raises(DoorError, match="bad_length"):
        envelope.open(vector["ciphertext"])


def only_door_errors(door: Door, headers: dict[str, str], query: dict[str, str], body: bytes) -> None:
    try:
        inbound = door.open(headers, query, body)
    except DoorError as error:
        assert 400 <= error.status < 500
    else:
        assert isinstance(inbound, Said | Tapped | Ignored)
        assert "\\x00" not in repr(vars(inbound))


NAMES = """
msgtype text content richText downloadCode msgId senderStaffId conversationType sessionWebhook type value
cardPrivateData actionIds params outTrackId userId encrypt EventType eventId
"""
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=8)
    | st.sampled_from(["text", "richText", "2"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES.split()),
            inner,
            max_size=6,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=400, deadline=None)
@given(value=JSON)
def test_any_json_raises_door_errors_only(value: Any) -> None:
    body = json.dumps(value).encode()
    only_door_errors(ROBOT, ROBOT_HEADERS, {}, body)
    only_door_errors(CARDS, CARD_HEADERS, {}, body)
    query, sealed = event(json.dumps(value))
    only_door_errors(EVENTS, {}, query, sealed)
    only_door_errors(EVENTS, {}, query, body)


@settings(max_examples=300, deadline=None)
@given(cut=st.integers(0, 900), flip=st.integers(0, 8000), name=st.sampled_from([*sorted(SAID), "card_callback_http"]))
def test_truncated_and_flipped_bodies_raise_door_errors_only(cut: int, flip: int, name: str) -> None:
    query, sealed = event(json.dumps(payload(name)))
    for door, headers, given_query, whole in (
        (ROBOT, ROBOT_HEADERS, {}, json.dumps(payload(name)).encode()),
        (CARDS, CARD_HEADERS, {}, json.dumps(payload(name)).encode()),
        (EVENTS, {}, query, sealed),
    ):
        raw = bytearray(whole)
        raw[flip % len(raw)] ^= 1 << flip % 8
        only_door_errors(door, headers, given_query, bytes(raw[: len(raw) - cut % len(raw)]))


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=200), stamp=st.text(max_size=30), sign=st.text(max_size=60))
def test_random_bytes_raise_door_errors_only(body: bytes, stamp: str, sign: str) -> None:
    only_door_errors(ROBOT, {"timestamp": stamp, "sign": sign}, {}, body)
    only_door_errors(ROBOT, ROBOT_HEADERS, {}, body)
    only_door_errors(CARDS, CARD_HEADERS, {}, body)
    only_door_errors(EVENTS, {}, {"signature": sign, "timestamp": stamp, "nonce": "1"}, body)

"""Everything that WeCom posts, sealed, through the door: what it becomes and what is refused."""

import hashlib
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import DoorError
from bot.channels.wecom import PASSIVE_BYTES, WeComDoor
from bot.inbound import Ignored, Inbound, Joined, Said, Tapped
from cards.card import Card

from . import sealing
from .fake import AES_KEY, wecom_account

PAYLOADS = Path(__file__).parents[1] / "payloads" / "wecom"
DOOR = WeComDoor(wecom_account())
MSG = "1234567890123456"
CHOSEN = {"QuestionKey1": ("OptionId1", "OptionId2"), "QuestionKey2": ("OptionId3", "OptionId4")}


def said(kind: str, text: str = "", **details: str) -> Said:
    return Said("wecom", "fromuser", MSG, text, kind, details=details)  # type: ignore[arg-type]


def ignored(reason: str, account: str = "") -> Ignored:
    return Ignored("wecom", "*", reason, account)


BECOMES: dict[str, Inbound] = {
    "msg_text": said("text", "this is a test"),
    "msg_image": said("image", media_id="media_id", picture_url="this is a url"),
    "msg_voice": said("voice", media_id="media_id", format="Format"),
    "msg_video": said("video", media_id="media_id", thumb_media_id="thumb_media_id"),
    "msg_link": said(
        "link", title="this is a title！", description="this is a description！", url="URL", picture_url="this is a url"
    ),
    "event_template_card_event": Tapped("wecom", "fromuser", "*", "taskid111", "key111", CHOSEN, "ResponseCode"),
    "event_template_card_menu_event": Tapped("wecom", "fromuser", "*", "taskid111", "key111", {}, "ResponseCode"),
    "event_subscribe": Joined("wecom", "userid", "*", "subscribe"),
    "event_unsubscribe": Joined("wecom", "userid", "*", "unsubscribe"),
    "event_enter_agent": Joined("wecom", "fromuser", "*", "enter"),
    "event_menu_click": ignored("click", "fromuser"),
    "event_menu_view": ignored("view", "fromuser"),
    "event_menu_view_miniprogram": ignored("view_miniprogram", "fromuser"),
    "event_menu_location_select": ignored("location_select", "fromuser"),
    "event_menu_pic_photo_or_album": ignored("pic_photo_or_album", "fromuser"),
    "event_menu_pic_weixin": ignored("pic_weixin", "fromuser"),
    "event_menu_scancode_push": ignored("scancode_push", "fromuser"),
    "event_LOCATION": ignored("location", "fromuser"),
    "event_reopen_inactive_agent": ignored("reopen_inactive_agent", "fromuser"),
    **{
        f"event_{name}": ignored(name)
        for name in ("active_restored", "close_inactive_agent", "low_active", "low_active_alert", "share_agent_change")
    },
    **{
        f"event_{event}_{change}": ignored(f"{event}.{change}")
        for event, changes in {
            "change_contact": "create_party create_user delete_party delete_user update_party update_user",
            "change_external_chat": "create dismiss",
            "change_external_contact": "add_external_contact add_half_external_contact "
            "del_external_contact del_follow_user edit_external_contact transfer_fail",
            "change_external_tag": "create delete shuffle update",
            "customer_acquisition": "balance_exhausted balance_increased balance_low delete_link friend_request "
            "link_unavailable message_from_customer open_profile quota_expire_soon",
        }.items()
        for change in changes.split()
    },
    "event_change_contact_create_user_minimal_post_20220815": ignored("change_contact.create_user"),
}


def opened(text: str, door: WeComDoor = DOOR) -> Inbound:
    sealed = sealing.seal(AES_KEY, text, "wwcorp")
    return door.open({}, sealing.query("tok", sealed), sealing.outer(sealed))


def refused(body: bytes, query: dict[str, str]) -> tuple[int, str]:
    with pytest.raises(DoorError) as caught:
        DOOR.open({}, query, body)
    return caught.value.status, caught.value.reason


def inbound_files() -> list[Path]:
    return sorted(path for path in (PAYLOADS / "inbound_xml").glob("*.xml") if path.stem != "envelope_callback")


@pytest.mark.parametrize("path", inbound_files(), ids=lambda path: path.stem)
def test_each_published_plaintext_becomes_what_the_table_says(path: Path) -> None:
    text = path.read_text()
    expected = BECOMES[path.stem]
    event_id = MSG if isinstance(expected, Said) else hashlib.sha256(text.encode()).hexdigest()
    assert opened(text) == type(expected)(**{**vars(expected), "event_id": event_id})


def test_the_table_names_no_payload_that_is_gone() -> None:
    assert set(BECOMES) == {path.stem for path in inbound_files()}


def test_the_sample_envelope_is_unsigned() -> None:
    body = (PAYLOADS / "inbound_xml" / "envelope_callback.xml").read_bytes()
    assert refused(body, {"msg_signature": "x", "timestamp": "1", "nonce": "1"}) == (401, "bad_signature")


def xml(**fields: str) -> str:
    given = {"FromUserName": "LiLei", "MsgType": "text", "MsgId": "7", "Content": "你好", **fields}
    return "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in given.items() if value != "-") + "</xml>"


def event(name: str, **fields: str) -> str:
    return xml(MsgType="event", Event=name, MsgId="-", Content="-", **fields)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (xml(), {"account": "lilei", "text": "你好", "event_id": "7"}),
        (xml(Content="<![CDATA[ 领取 海豚 ]]>"), {"text": "领取 海豚"}),
        (xml(Content=""), {"text": "", "kind": "text"}),
        (xml(Content="<a>1</a>"), {"text": ""}),
        (xml(MsgId="-"), {"event_id": hashlib.sha256(xml(MsgId="-").encode()).hexdigest()}),
        (xml(MsgId="x" * 300), {"event_id": hashlib.sha256(xml(MsgId="x" * 300).encode()).hexdigest()}),
        (
            xml(MsgType="location", Location_X="23.1", Location_Y="113.3", Scale="15", Label="广州", Content="-"),
            {"kind": "location", "details": {"latitude": "23.1", "longitude": "113.3", "scale": "15", "label": "广州"}},
        ),
        (xml(MsgType="hologram"), {"reason": "unknown_message"}),
        (xml(MsgType="shortvideo"), {"reason": "unknown_message"}),
        (xml(FromUserName="-"), {"reason": "no_sender"}),
        (xml(FromUserName="a</FromUserName><FromUserName>b"), {"reason": "no_sender"}),
        (event("eruption"), {"reason": "unknown_event", "account": "lilei"}),
        (event("click", EventKey="say:我的客户"), {"text": "我的客户", "account": "lilei"}),
        (event("change_contact", ChangeType="x'; drop table", FromUserName="sys"), {"reason": "change_contact"}),
        (
            event("batch_job_result", FromUserName="sys", BatchJob="<JobId>1</JobId><ErrCode>0</ErrCode>"),
            {"reason": "batch_job_result"},
        ),
        (
            event("template_card_event", TaskId="t", EventKey="k", SelectedItems=""),
            {"selected": {}, "card": "t", "key": "k"},
        ),
        (
            event(
                "template_card_event",
                TaskId="t",
                EventKey="k",
                SelectedItems="<SelectedItem><QuestionKey>q</QuestionKey><OptionIds><OptionId>o</OptionId></OptionIds></SelectedItem>",
            ),
            {"selected": {"q": ("o",)}},
        ),
        (
            event(
                "template_card_event",
                SelectedItems="<SelectedItem><QuestionKey>q</QuestionKey><OptionIds></OptionIds></SelectedItem>",
            ),
            {"selected": {"q": ()}, "card": "", "key": ""},
        ),
        (event("template_card_event", SelectedItems="rubbish"), {"selected": {}}),
        (event("subscribe", FromUserName="-"), {"reason": "subscribe"}),
    ],
)
def test_unusual_plaintexts(text: str, expected: dict[str, Any]) -> None:
    inbound = vars(opened(text))
    assert {name: inbound[name] for name in expected} == expected


def test_batch_job_result_is_the_event_and_not_the_export() -> None:
    from bot.channels.wecom_events import read_message

    message = read_message(
        event("batch_job_result", FromUserName="sys", BatchJob="<ErrCode>0</ErrCode><ErrMsg>ok</ErrMsg>")
    )
    assert (type(message).__name__, message.err_msg) == ("BatchJobResultEvent", "ok")


def vectors() -> list[tuple[str, dict[str, Any]]]:
    return [(path.stem, json.loads(path.read_text())) for path in sorted((PAYLOADS / "crypto_vectors").glob("*.json"))]


def vector_door(vector: dict[str, Any]) -> WeComDoor:
    return WeComDoor(wecom_account(corp_id=vector["receive_id"], token=vector["token"], aes_key=vector["aes_key"]))


@pytest.mark.parametrize(
    "vector", [v for _, v in vectors() if v.get("verify")], ids=[n for n, v in vectors() if v.get("verify")]
)
def test_url_verification_of_each_vector(vector: dict[str, Any]) -> None:
    given = vector["verify"]
    assert vector_door(vector).verify(given) == vector["expected"]["verify_plaintext"].encode()
    spaced = {**given, "echostr": given["echostr"].replace("+", " ")}
    assert vector_door(vector).verify(spaced) == vector["expected"]["verify_plaintext"].encode()
    with pytest.raises(DoorError) as caught:
        vector_door(vector).verify({**given, "nonce": "other"})
    assert caught.value.status == 401


@pytest.mark.parametrize(
    "vector", [v for _, v in vectors() if v.get("message")], ids=[n for n, v in vectors() if v.get("message")]
)
def test_message_of_each_vector(vector: dict[str, Any]) -> None:
    given, expected, door = vector["message"], vector["expected"], vector_door(vector)
    body = given["body"].encode()
    if given["body"].startswith("{"):
        body = sealing.outer(json.loads(given["body"])["encrypt"])
    if "must_reject" in expected:
        with pytest.raises(DoorError) as caught:
            door.open({}, given, body)
        assert (caught.value.status, caught.value.reason) == (403, "wrong_receiver")
    elif expected["message_plaintext"].startswith("<xml>"):
        inbound = door.open({}, given, body)
        assert isinstance(inbound, Said)
        assert f"<![CDATA[{inbound.text}]]></Content>" in expected["message_plaintext"]
    else:  # an aibot's JSON: the envelope opens, the XML door refuses what is inside
        sealed = re.search(r'"encrypt": "(.*)"', given["body"])
        assert sealed and door._envelope.open(sealed[1]).text == expected["message_plaintext"]
        with pytest.raises(DoorError, match="bad_message"):
            door.open({}, given, body)


def test_deterministic_encryption_of_the_published_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    vector = dict(vectors())["02_wechatpy_tests"]
    given = vector["encrypt_deterministic"]
    door = vector_door(vector)
    monkeypatch.setattr("bot.channels.envelope.secrets.token_hex", lambda size: given["random16"])
    monkeypatch.setattr("bot.channels.envelope.time.time", lambda: float(given["timestamp"]))
    root = ElementTree.fromstring(door._envelope.seal_xml(given["plaintext"]))
    assert root.findtext("Encrypt") == given["encrypt"]
    sealed, stamp, nonce = (root.findtext(name) or "" for name in ("Encrypt", "TimeStamp", "Nonce"))
    assert root.findtext("MsgSignature") == sealing.signature(vector["token"], stamp, nonce, sealed)
    assert sealing.signature(vector["token"], given["timestamp"], given["nonce"], sealed) == given["msg_signature"]


def test_an_aes_key_with_spare_bits_is_accepted_and_a_wrong_one_named() -> None:
    WeComDoor(wecom_account(aes_key=AES_KEY[:-1] + "9"))
    with pytest.raises(ValueError, match="43 characters"):
        WeComDoor(wecom_account(aes_key="short"))


TALK = Said("wecom", "lilei", "1", "x")


def reply_of(card: Card) -> str:
    answer = DOOR.answer(TALK, card)
    root = ElementTree.fromstring(answer.body)
    sealed = root.findtext("Encrypt") or ""
    stamp, nonce = root.findtext("TimeStamp") or "", root.findtext("Nonce") or ""
    assert root.findtext("MsgSignature") == sealing.signature("tok", stamp, nonce, sealed)
    text, receiver = sealing.unseal(AES_KEY, sealed)
    assert receiver == "wwcorp"
    inner = ElementTree.fromstring(text)
    assert (inner.findtext("ToUserName"), inner.findtext("FromUserName"), inner.findtext("MsgType")) == (
        "lilei",
        "wwcorp",
        "text",
    )
    return inner.findtext("Content") or ""


def test_the_answer_is_encrypted_text_inside_its_limit() -> None:
    assert "已领取 海豚科技" in reply_of(Card(title="已领取 海豚科技"))
    assert len(reply_of(Card(title="长", lines=("海豚" * 2000,))).encode()) <= PASSIVE_BYTES


@pytest.mark.parametrize(
    "hostile", ["]]>", "a]]>b]]>c", "\x00\x08\x0b", "<![CDATA[x]]>", "&amp;<b>", "\ufffe\uffff", "😀"]
)
def test_hostile_text_stays_text(hostile: str) -> None:
    content = reply_of(Card(title=f"甲{hostile}乙"))
    assert content.startswith("甲")
    assert content.endswith("乙")


def test_a_hostile_account_stays_inside_its_element() -> None:
    answer = DOOR.answer(Said("wecom", "]]><evil/>", "1", "x"), Card(title="x"))
    sealed = ElementTree.fromstring(answer.body).findtext("Encrypt") or ""
    inner = ElementTree.fromstring(sealing.unseal(AES_KEY, sealed)[0])
    assert inner.findtext("ToUserName") == "]]><evil/>"
    assert inner.find("evil") is None


def test_silence_for_taps_and_for_none() -> None:
    tap = Tapped("wecom", "lilei", "1", "c", "k")
    for inbound, card in ((TALK, None), (tap, Card(title="x")), (Ignored("wecom", "1", "view"), Card(title="x"))):
        answer = DOOR.answer(inbound, card)
        assert (answer.body, answer.status) == (b"", 200)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        b"not xml",
        b"\xff" * 64,
        BOMB.encode(),
        BOMB.encode("utf-16"),
        BOMB.encode("utf-32"),
        b"<xml/>",
        b"[]",
        b"<xml><Encrypt></Encrypt></xml>",
        b'<?xml version="1.0" encoding="rot13"?><xml/>',
        b'<?xml version="1.0" encoding="big5"?><xml/>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml><Encrypt>a</Encrypt></xml>',
        b"<a>" * 5000 + b"</a>" * 5000,
    ],
)
def test_a_bad_outer_document_is_400(body: bytes) -> None:
    assert refused(body, sealing.query("tok", "AAAA"))[0] == 400


def signed(sealed: str) -> tuple[bytes, dict[str, str]]:
    return sealing.outer(sealed), sealing.query("tok", sealed)


@pytest.mark.parametrize(
    ("sealed", "reason"),
    [
        ("AAAA", "bad_block"),
        ("%%%%", "bad_base64"),
        ("海豚", "bad_base64"),
        ("A" * 43, "bad_base64"),
        (sealing.raw_seal(AES_KEY, b"\0" * 16), "bad_block"),
        (sealing.raw_seal(AES_KEY, b"\0" * 32), "bad_padding"),
        (sealing.raw_seal(AES_KEY, b"\x21" * 64), "bad_padding"),
        (sealing.raw_seal(AES_KEY, b"x" * 30 + b"\x01\x02"), "bad_padding"),
        (sealing.raw_seal(AES_KEY, b"\x20" * 32), "bad_length"),
        (sealing.raw_seal(AES_KEY, sealing.padded(b"r" * 16 + b"\xff\xff\xff\xff" + b"wwcorp")), "bad_length"),
        (sealing.raw_seal(AES_KEY, sealing.padded(b"r" * 16 + b"\0\0\0\2" + b"\xff\xfe" + b"wwcorp")), "bad_text"),
        (sealing.seal(AES_KEY, "<xml>", "wwcorp"), "bad_message"),
        (sealing.seal(AES_KEY, "", "wwcorp"), "bad_message"),
        (sealing.seal(AES_KEY, "<xml>text</xml>", "wwcorp"), "bad_message"),
        (sealing.seal(AES_KEY, "<a/>", "wwcorp"), "bad_message"),
        (sealing.seal(AES_KEY, "<xml><MsgType>event</MsgType></xml>", "wwcorp"), "bad_message"),
        (sealing.seal(AES_KEY, "<xml><MsgType>a</MsgType><MsgType>b</MsgType></xml>", "wwcorp"), "bad_message"),
        (sealing.seal(AES_KEY, BOMB, "wwcorp"), "bad_message"),
        (sealing.seal(AES_KEY, xml(), "wwother"), "wrong_receiver"),
        (sealing.seal(AES_KEY, xml(), ""), "wrong_receiver"),
    ],
    ids=lambda value: value if value.startswith(("bad_", "wrong_")) else "sealed",  # sealing is random
)
def test_a_rightly_signed_but_malformed_message_is_refused(sealed: str, reason: str) -> None:
    body, query = signed(sealed)
    status, found = refused(body, query)
    assert (status, found) == (403 if reason == "wrong_receiver" else 400, reason)


@pytest.mark.parametrize("missing", ["msg_signature", "timestamp", "nonce"])
def test_a_missing_parameter_is_400(missing: str) -> None:
    body, query = signed(sealing.seal(AES_KEY, xml(), "wwcorp"))
    assert refused(body, {**query, missing: ""}) == (400, "missing_parameter")
    assert refused(body, {name: value for name, value in query.items() if name != missing}) == (
        400,
        "missing_parameter",
    )


def test_the_signature_is_checked_before_anything_is_decrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("decrypted")

    monkeypatch.setattr("bot.channels.envelope.Envelope.open", never)
    body, query = signed(sealing.seal(AES_KEY, xml(), "wwcorp"))
    assert refused(body, {**query, "msg_signature": "0" * 40}) == (401, "bad_signature")
    assert refused(body, {**query, "msg_signature": "é" * 40})[0] == 401
    assert refused(body, {**query, "nonce": "\ud800"})[0] == 401
    assert refused(body, {**query, "nonce": "n" * 100_000})[0] == 401


def only_door_errors(body: bytes, query: dict[str, str]) -> None:
    try:
        DOOR.open({}, query, body)
    except DoorError as error:
        assert 400 <= error.status < 500


@settings(max_examples=300, deadline=None)
@given(
    body=st.binary(max_size=300),
    query=st.dictionaries(st.sampled_from(["msg_signature", "timestamp", "nonce"]), st.text()),
)
def test_random_bytes_raise_door_errors_only(body: bytes, query: dict[str, str]) -> None:
    only_door_errors(body, query)


@settings(max_examples=300, deadline=None)
@given(cut=st.integers(0, 500), flip=st.integers(0, 4000), inner=st.booleans())
def test_truncated_and_flipped_messages_raise_door_errors_only(cut: int, flip: int, inner: bool) -> None:
    """`inner`: signed anew after the damage, so that it reaches the decryption and the parser."""
    sealed = sealing.seal(AES_KEY, xml(), "wwcorp")
    if inner:
        data = bytearray(sealed.encode())
        data[flip % len(data)] ^= 1 << flip % 7
        damaged = bytes(data[: len(data) - cut % 40 * 4]).decode("ascii", "replace")
        body, query = signed(re.sub(r"[^\x20-\x7e]|[<&\]]", "A", damaged))
    else:
        body, query = signed(sealed)
        raw = bytearray(body)
        raw[flip % len(raw)] ^= 1 << flip % 8
        body = bytes(raw[: len(raw) - cut % len(raw)])
    only_door_errors(body, query)


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet=st.sampled_from(list("<>/&![]CDATA xmlMsgTypeEvent\"='?\n甲")), max_size=80))
def test_random_plaintexts_raise_door_errors_only(text: str) -> None:
    for whole in (
        text,
        f"<xml>{text}</xml>",
        f"<xml><MsgType>text</MsgType>{text}</xml>",
        f"<xml><MsgType>event</MsgType>{text}</xml>",
    ):
        body, query = signed(sealing.seal(AES_KEY, whole, "wwcorp"))
        only_door_errors(body, query)

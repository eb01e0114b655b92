"""Every published vector, through the sandbox's own crypto."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from defusedxml.ElementTree import fromstring

from bot.sandbox.crypto import BadEnvelope, Envelope, card_sign, robot_sign

VECTORS = Path(__file__).parent / "vectors"
WECOM = sorted(VECTORS.glob("wecom_*.json"))
DINGTALK = json.loads((VECTORS / "dingtalk_callback_crypto.json").read_text())["vectors"]
SIGNS = {each["name"]: each for each in json.loads((VECTORS / "dingtalk_signs.json").read_text())["vectors"]}


def cipher_of(body: str) -> str:
    if body.startswith("{"):
        return str(json.loads(body)["encrypt"])
    return fromstring(body).findtext("Encrypt") or ""


@pytest.mark.parametrize("path", WECOM, ids=lambda path: path.stem)
def test_wecom(path: Path) -> None:
    vector: dict[str, Any] = json.loads(path.read_text())
    envelope, expected = Envelope(vector["token"], vector["aes_key"], vector["receive_id"]), vector["expected"]
    message = vector["message"]
    cipher = cipher_of(message["body"])
    envelope.verify(message["msg_signature"], message["timestamp"], message["nonce"], cipher)
    if "must_reject" in expected:
        with pytest.raises(BadEnvelope):
            envelope.open(cipher)
        return
    assert envelope.open(cipher) == expected["message_plaintext"]
    if vector["verify"]:
        echo = vector["verify"]
        envelope.verify(echo["msg_signature"], echo["timestamp"], echo["nonce"], echo["echostr"])
        assert envelope.open(echo["echostr"]) == expected["verify_plaintext"]


def test_wecom_encrypts_to_the_published_bytes() -> None:
    vector = json.loads((VECTORS / "wecom_02_wechatpy_tests.json").read_text())
    envelope, given = (
        Envelope(vector["token"], vector["aes_key"], vector["receive_id"]),
        vector["encrypt_deterministic"],
    )
    cipher = envelope.seal(given["plaintext"], given["random16"].encode())
    assert cipher == given["encrypt"]
    assert envelope.signature(given["timestamp"], given["nonce"], cipher) == given["msg_signature"]


@pytest.mark.parametrize("vector", DINGTALK, ids=lambda vector: vector["name"])
def test_dingtalk_events(vector: dict[str, Any]) -> None:
    envelope = Envelope(vector["token"], vector["encoding_aes_key"], vector["owner_key"])
    envelope.verify(vector["msg_signature"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert envelope.open(vector["encrypt"]) == vector["plaintext"]
    assert envelope.seal(vector["plaintext"], vector["random16"].encode()) == vector["encrypt"]


def test_dingtalk_signatures() -> None:
    webhook, bare = SIGNS["custom_robot_webhook_sign"], SIGNS["hmac_of_bare_timestamp"]
    assert quote(robot_sign(**webhook["input"]), safe="") == webhook["expected"]
    assert card_sign(**bare["input"]) == bare["expected"]
    derived = SIGNS["robot_http_callback_sign"]
    assert robot_sign(**derived["input"]) == derived["expected"]
    card = SIGNS["card_callback_x_ddpaas_signature"]
    assert card_sign(**card["input"]) == card["expected"]


@pytest.mark.parametrize("cipher", ["", "AAAA", "not base64!", "A" * 64, "QUFBQUFBQUFBQUFBQUFBQQ=="])
def test_rubbish_is_a_bad_envelope(cipher: str) -> None:
    with pytest.raises(BadEnvelope):
        Envelope("token", WECOM_KEY, "corp").open(cipher)


WECOM_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

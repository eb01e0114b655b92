"""Pictures, files and voices in chat: fetched by the job, kept with the record that is talked about."""

import hashlib
import io
import zipfile

import pytest
import requests
from phone import Phone
from running import House

from bot.channels.base import Download, PlatformError
from bot.sandbox.samples import PICTURE
from handlers.company.people import make_token
from models.company.attachment import Attachment
from models.media import content_type, safe_name

TALK = "查 西溪基因"


def get(house: House, person: str, path: str) -> requests.Response:
    token = make_token(house.world.database, person, house.world.now)
    return requests.get(f"{house.url}/api/files{path}", headers={"authorization": f"Bearer {token}"}, timeout=10)


@pytest.mark.parametrize(("kind", "sent", "name"), [("wecom", "image", ".png"), ("dingtalk", "file", "合同.pdf")])
def test_what_comes_is_fetched_and_read_by_whoever_sees_the_record(
    house: House, kind: str, sent: str, name: str
) -> None:
    phone = Phone(house, kind, "李雷")  # type: ignore[arg-type]
    phone.says(TALK)
    data = PICTURE if sent == "image" else b"%PDF-1.7 signed"
    assert "已附到：杭州西溪基因有限公司" in phone.sends(sent, data, "合同.pdf")
    row = house.world.row(Attachment)
    assert (row.status, row.size, row.digest) == ("stored", len(data), hashlib.sha256(data).hexdigest())
    assert row.name.endswith(name)
    assert "1 个" in phone.says(TALK)
    assert row.name in phone.says("西溪基因的附件")
    mine = get(house, "李雷", f"/{row.code}/content")
    assert mine.content == data and mine.headers["x-content-type-options"] == "nosniff"
    assert "attachment" in mine.headers["content-disposition"]
    assert get(house, "李雷", f"/{row.code}").json()["about"]["name"] == "杭州西溪基因有限公司"
    for path in (f"/{row.code}", f"/{row.code}/content"):
        assert get(house, "赵六", path).status_code == 404
    assert get(house, "赵六", "").json()["items"] == []


def test_it_is_taken_back_even_after_it_was_stored(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    phone.says(TALK)
    phone.sends("image")
    phone.taps("已附到", "撤销")
    assert not house.world.rows(Attachment)


def test_nobody_was_talked_about(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    assert "附到哪条记录？" in phone.sends("image")
    assert not house.world.rows(Attachment)
    assert "已附到：" in phone.says("1")
    assert house.world.row(Attachment).status == "stored"


def test_it_is_moved_to_another_record(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    phone.says(TALK)
    phone.sends("image")
    assert "已附到：高峰" in phone.says("附到 高峰")
    assert house.world.row(Attachment).noun == "lead"
    assert "没有刚发来的文件" in Phone(house, "wecom", "韩梅梅").says("附到 紫金材料")


def test_a_voice_is_kept_with_the_record_and_still_asked_for_in_words(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    phone.says(TALK)
    shown = phone.sends("voice")
    assert "已附到：杭州西溪基因有限公司" in shown and "键盘上的麦克风" in shown
    assert house.world.row(Attachment).content_type == "audio/amr"


def test_what_is_no_file_for_us_is_said_so(house: House) -> None:
    phone = Phone(house, "dingtalk", "李雷")
    phone.says(TALK)
    shown = phone.sends("file", b"MZ\x90\x00 a program", "报价.exe")
    assert "「报价.exe」没有保存" in shown and "不保存这种文件" in shown
    row = house.world.row(Attachment)
    assert (row.status, row.digest) == ("failed", None)
    assert get(house, "李雷", f"/{row.code}/content").status_code == 409


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_what_the_platform_does_not_have_any_more(house: House, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = Phone(house, kind, "李雷")  # type: ignore[arg-type]
    phone.says(TALK)
    monkeypatch.setattr(house.platform, "media", {})
    monkeypatch.setattr(f"bot.sandbox.{kind}_phone.keep", lambda state, name, data: "gone-for-good")
    shown = phone.sends("image")
    assert "已经过期" in shown
    assert house.world.row(Attachment).status == "failed"


def test_too_large_is_not_read_to_the_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.fetching.LARGEST", len(PICTURE) - 1)
    phone = Phone(house, "wecom", "李雷")
    phone.says(TALK)
    assert "超过" in phone.sends("image")


def test_a_slow_platform_is_asked_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    channel, calls = house.parts.channels["wecom"], []

    def slow(media: str, *, most: int) -> Download:
        calls.append(media)
        if len(calls) == 1:
            raise PlatformError("timeout", "retry", "slow", uncertain=True)
        return Download(PICTURE)

    monkeypatch.setattr(channel, "download", slow)
    phone = Phone(house, "wecom", "李雷")
    phone.says(TALK)
    phone.sends("image")
    assert house.world.row(Attachment).status == "waiting"
    house.post()
    assert len(calls) == 1
    house.world.later(seconds=31)
    house.post()
    assert house.world.row(Attachment).status == "stored" and len(set(calls)) == 1


def test_the_same_message_again_is_the_same_file(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    phone.says(TALK)
    house.door.is_recording = True
    phone.device.sends("image")
    house.door.is_recording = False
    for kept in (house.door.kept[-1], house.door.kept[-1]):
        assert house.replay(kept).status_code == 200
    assert len(house.world.rows(Attachment)) == 1


def packed(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [(PICTURE, "image/png"), (b"%PDF-1.4", "application/pdf"), (b"MZ\x90", None), (b"", None), (b"\x7fELF", None),
     ("报价单\n".encode(), "text/plain"), (b"<html><script>", None), (b"#!/bin/sh", None), (b"PK\x03\x04broken", None),
     (packed("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
     (packed("a.txt"), "application/zip")],
)  # fmt: skip
def test_what_a_file_is_stands_in_its_bytes(data: bytes, kind: str | None) -> None:
    assert content_type(data) == kind


@pytest.mark.parametrize(
    ("said", "name"),
    [("../../etc/passwd", "etcpasswd.png"), ("合同.pdf", "合同.pdf"), ("a\u202egpj.exe", "agpj.exe"), ("", "文件.png"),
     ("长" * 300 + ".xlsx", "长" * 100 + ".xlsx")],
)  # fmt: skip
def test_names_lead_nowhere(said: str, name: str) -> None:
    assert safe_name(said, "image/png") == name

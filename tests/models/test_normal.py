"""What two spellings of one thing share, and what keeps two things apart (domain.md E.8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.normal import (
    company_key,
    company_name,
    e164,
    email_key,
    is_transfer_number,
    jaccard,
    likeness,
    normal_phone,
    normal_uscc,
)
from models.normal.places import PLACES
from models.normal.uscc import ALPHABET, check_digit, verdict

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
LEGAL = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司", "公司", "集团", " Co., Ltd.", " Inc.")


def alike(a: str, b: str) -> str | None:
    return likeness(company_name(a), company_name(b))


@given(MOBILES, st.sampled_from(["", "+86", "86", "0086", "+86-", "+86 "]), st.sampled_from(["", " ", "-"]))
def test_a_mobile_has_one_form(mobile: str, country: str, gap: str) -> None:
    said = country + gap.join((mobile[:3], mobile[3:7], mobile[7:]))
    assert normal_phone(said) == mobile
    assert e164(mobile) == f"+86{mobile}"


@given(MOBILES)
def test_a_normal_phone_stays_as_it_is(mobile: str) -> None:
    for phone in (mobile, f"021-{mobile[-8:]}", f"0512-{mobile[-8:]}#12", f"+1{mobile[1:]}"):
        assert normal_phone(phone) == phone


@pytest.mark.parametrize(
    ("said", "normal", "abroad"),
    [
        ("０２１－５５５５０００１", "021-55550001", "+862155550001"),
        ("(0512) 5555.0002 转 12", "0512-55550002#12", "+8651255550002"),
        ("010-55550005ext3", "010-55550005#3", "+861055550005"),
        ("+86 21 55550001", "021-55550001", "+862155550001"),
        ("400-820-8820", "4008208820", None),
        ("+1 (415) 555-2671", "+14155552671", "+14155552671"),
        ("0044 20 7946 0958", "+442079460958", "+442079460958"),
    ],
)
def test_landlines_services_and_other_countries(said: str, normal: str, abroad: str | None) -> None:
    assert normal_phone(said) == normal
    assert e164(normal) == abroad


@pytest.mark.parametrize("said", ["123", "12345678901", "电话", "", "1380013800", "138001380000"])
def test_what_is_no_phone(said: str) -> None:
    assert normal_phone(said) is None


def test_numbers_that_prove_no_identity_are_known() -> None:
    assert all(map(is_transfer_number, ("17012345678", "17112345678", "4008208820", "95588")))
    assert not any(map(is_transfer_number, ("13800138000", "17212345678", "021-55550001", "+9511234567")))


@given(HAN, st.sampled_from(LEGAL))
def test_the_legal_form_does_not_tell_companies_apart(brand: str, legal: str) -> None:
    assert company_name(brand + legal).core == company_name(brand + "有限公司").core


@given(st.text(max_size=40))
def test_any_text_has_a_name(text: str) -> None:
    name = company_name(text)
    assert name.key == company_key(text)
    assert bool(name.core) == bool(name.key)
    assert likeness(name, name) == "exact"


@given(HAN, HAN)
def test_likeness_is_mutual(a: str, b: str) -> None:
    assert alike(a, b) == alike(b, a)
    assert 0 <= jaccard(a, b) == jaccard(b, a) <= 1


@pytest.mark.parametrize("city", sorted(PLACES))
def test_a_place_in_front_is_the_region(city: str) -> None:
    for said in (f"{city}海豚科技有限公司", f"{city}市海豚科技有限公司", f"海豚科技（{city}）有限公司"):
        assert (company_name(said).core, company_name(said).region) == ("海豚科技", city)


@pytest.mark.parametrize(
    ("a", "b", "how"),
    [
        ("上海海豚科技有限公司", "上海海豚科技　有限公司", "exact"),
        ("上海海豚科技（中国）有限公司", "上海海豚科技(中国)有限公司", "exact"),
        ("上海海納生物科技有限公司", "上海海纳生物科技有限公司", "exact"),
        ("上海海豚科技有限公司", "上海市海豚科技股份有限公司", "strong"),
        ("海豚（中国）科技有限公司", "海豚科技（中国）有限公司", "strong"),
        ("江苏省苏州市云谷医疗器械有限公司", "苏州云谷医疗器械集团", "strong"),
        ("上海海豚科技有限公司", "海豚科技", "weak"),
        ("上海海豚科技有限公司", "北京海豚科技有限公司", "weak"),
        ("海豚科技有限公司", "海豚科技有限公司杭州分公司", "weak"),
        ("上海科技有限公司", "北京科技有限公司", None),
        ("吉林大学", "北京大学", None),
        ("上海海豚科技有限公司", "上海海屯贸易有限公司", None),
    ],
)
def test_how_alike_names_are(a: str, b: str, how: str | None) -> None:
    assert alike(a, b) == how


def test_one_character_more_in_a_long_name_is_weak() -> None:
    name = "上海海豚智慧城市轨道交通信号与自动化控制系统集成技术有限公司"
    assert alike(name, name.replace("集成", "总集成")) == "weak"


@given(st.from_regex(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{9}}", fullmatch=True))
def test_a_code_with_its_check_digit_is_right_and_with_no_other(first: str) -> None:
    code = first + check_digit(first)
    assert normal_uscc(f" {code.lower()} ") == code
    assert [one for one in ALPHABET if verdict(first + one) == "right"] == [code[-1]]


def test_codes_in_use() -> None:
    assert verdict("91110000802100433B") == "right"
    assert verdict("91350211M0000XUF46") == "unchecked"
    assert normal_uscc("310101123456789") == "310101123456789" and verdict("310101123456789") == "legacy"
    assert not any(map(normal_uscc, ("9111000080210043", "91110000802100433O", "911100X0802100433B", "")))


def test_the_mail_of_one_person() -> None:
    assert email_key(" Li.Lei+crm@Example.com ") == "li.lei@example.com" == email_key("li.lei@example.com")
    assert email_key("+tag@example.com") == "+tag@example.com"

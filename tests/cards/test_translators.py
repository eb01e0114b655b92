"""What each platform makes of a card: the form that is chosen, and what stays readable when something is cut."""

import json
from dataclasses import replace

import pytest
from card_samples import CANDIDATES, LI, NOW, ROBOT, SHORT, facts

from cards import dingtalk, wecom
from cards.card import Card, CardButton, CardField, Emphasis, Option, Picture, Select
from cards.fit import Piece, cut, cut_bytes, fit, size
from cards.render import render
from cards.rows import DIGEST
from cards.text import plain

YES, NO = CardButton("同意", "k1", "primary"), CardButton("驳回", "k2", "danger")


def kind(card: Card) -> str:
    message = wecom.app_message(card, task_id="t1")
    return str(message["template_card"]["card_type"] if "template_card" in message else message["msgtype"])


def test_the_form_follows_the_card() -> None:
    one = Select("q", "选", (Option("a", "甲"), Option("b", "乙")))
    card = Card("标题")
    link, picture = "https://scrm.example.com/x", Picture("https://scrm.example.com/x.png")
    assert kind(card) == "text"
    assert kind(replace(card, fields=(CardField("客户", "海豚"),))) == "markdown"
    assert kind(replace(card, buttons=(YES,))) == "button_interaction"
    assert kind(replace(card, buttons=(YES,), closed="已同意")) == "text"
    assert kind(replace(card, selects=(one,), submit=YES)) == "vote_interaction"
    assert kind(replace(card, selects=(one, replace(one, key="r")), submit=YES)) == "multiple_interaction"
    assert kind(replace(card, selects=(one,))) == "text"
    assert kind(replace(card, emphasis=Emphasis("3", "单"), link=link)) == "text_notice"
    assert kind(replace(card, emphasis=Emphasis("3", "单"), link=link, picture=picture)) == "news_notice"
    assert kind(replace(card, emphasis=Emphasis("3", "单"), link="javascript:alert(1)")) == "markdown"


def test_a_task_id_that_wecom_would_refuse_is_refused_here() -> None:
    with pytest.raises(ValueError, match="task_id"):
        wecom.app_message(Card("x"), task_id="中文")


def test_an_approval_shows_the_amount_on_both_platforms() -> None:
    card = replace(render("company/approval", facts("company/approval", 0)), buttons=(YES, NO))
    shown = wecom.app_message(card, task_id="t1")["template_card"]
    assert {"keyname": "金额", "value": "¥3,420.00"} in shown["horizontal_content_list"]
    assert "可回复" not in json.dumps(shown, ensure_ascii=False), "the buttons say it"
    params = dingtalk.card_params(card)
    assert "3,420.00" in params["markdown"] and params["tips"] == ""
    buttons = json.loads(params["sys_full_json_obj"])["msgButtons"]
    assert [(b["text"], b["color"], b["id"], b["request"]) for b in buttons] == [
        ("同意", "blue", "k1", True),
        ("驳回", "red", "k2", True),
    ]
    assert "同意 SO20261123-0001" in plain(card)


def test_a_decided_card_is_grey_on_both_platforms() -> None:
    card = render("company/approval", facts("company/approval", 3))
    update = wecom.card_update(card)["template_card"]
    assert update["replace_text"] == "已驳回" and [b["text"] for b in update["button_list"]] == ["已驳回"]
    assert "折扣太低" in json.dumps(update, ensure_ascii=False)
    buttons = json.loads(dingtalk.card_params(card)["sys_full_json_obj"])["msgButtons"]
    assert buttons == [{"text": "已驳回", "color": "gray", "id": "closed", "request": False}]


def test_a_card_that_moved_on_but_is_open_keeps_its_buttons() -> None:
    update = wecom.card_update(Card("待审批", buttons=(YES, NO)))["template_card"]
    assert "replace_text" not in update and len(update["button_list"]) == 2
    assert wecom.card_update(Card("只是一句话"))["template_card"]["replace_text"] == "已更新"


def test_what_is_cut_in_one_place_is_readable_in_another() -> None:
    long = "上海" * 30
    card = Card(
        long, lines=(f"第一行{'长' * 100}", f"第二行{'长' * 100}"), fields=(CardField("客户", long),), buttons=(YES,)
    )
    shown = wecom.app_message(card, task_id="t1")["template_card"]
    everything = json.dumps(shown, ensure_ascii=False)
    assert shown["main_title"]["title"].endswith("…") and everything.count(long) == 2
    assert "第一行" in everything and "第二行" in everything


def test_buttons_beyond_the_sixth_can_be_typed() -> None:
    card = Card("x", buttons=tuple(CardButton(f"按钮{n}", f"k{n}") for n in range(8)))
    shown = wecom.app_message(card, task_id="t1")["template_card"]
    assert len(shown["button_list"]) == 6 and "按钮6 / 按钮7" in shown["sub_title_text"]


def test_mentions_are_ours_alone() -> None:
    card = replace(
        render("robots/lead.registered", {**ROBOT, "name": "<@wangjl> <@all> @1002 @all"}), mentions=("lilei",)
    )
    text = wecom.robot_message(card)["markdown"]["content"]
    assert text.count("<@") == 1 and text.endswith("<@lilei>")
    body = dingtalk.webhook_message(replace(card, mentions=("1002", "all")), keyword="海豚")
    assert body["at"] == {"atUserIds": ["1002"], "isAtAll": False}
    assert body["markdown"]["text"].count("@") == 1 and "海豚" in body["markdown"]["text"]


def test_a_group_sees_amounts_only_when_asked_for() -> None:
    for amounts, seen in ((False, False), (True, True)):
        given = {**ROBOT, "name": SHORT["name"], "amount": "3420.00", "amounts": amounts, "phone": "13800138000"}
        text = plain(render("robots/order.approved", given))
        assert ("3,420" in text) is seen and "13800138000" not in text


def test_a_full_digest_names_every_event() -> None:
    names = "👨‍👩‍👧‍👦" * 40
    events = [
        {"topic": "customer.reclaim_warning", "code": f"SO20261123-{n:04}", "name": names, "who": {"name": names}}
        for n in range(DIGEST)
    ]
    card = replace(render("robots/digest", {"events": events}), mentions=tuple(f"colleague{n}" for n in range(60)))
    for text in (wecom.robot_message(card)["markdown"]["content"], dingtalk.webhook_message(card)["markdown"]["text"]):
        assert all(event["code"] in text for event in events)


def test_a_choice_is_a_vote_whose_numbers_can_also_be_typed() -> None:
    given = {"question": "你要找哪一个客户？", "candidates": CANDIDATES, "said": "海豚", "now": NOW}
    vote = wecom.app_message(render("company/choice", given, keys={"choice": "q", "submit": "s"}), task_id="t")
    shown = vote["template_card"]
    assert shown["card_type"] == "vote_interaction" and shown["checkbox"]["question_key"] == "q"
    assert [option["id"] for option in shown["checkbox"]["option_list"]] == ["C000001", "C000002"]
    assert shown["checkbox"]["option_list"][1]["text"] == "2. 杭州海豚文化有限公司"
    assert "杭州海豚文化" not in shown["main_title"]["desc"]  # once is enough
    assert kind(render("company/choice", given)) == "markdown" or "2. 杭州" in plain(render("company/choice", given))


def test_common_facts_replace_what_a_template_says() -> None:
    given = {"customer": SHORT, "title": "已分配给你", "notes": ["今天第 3 个"], "closed": "已撤销", "hint": ""}
    card = render("customers/customer", {**given, "tag": "新客户", "tone": "green", "owner": LI})
    assert (card.title, card.tag, card.tone, card.closed) == ("已分配给你", "新客户", "green", "已撤销")
    assert card.lines[-1] == "今天第 3 个" and card.hint


def test_cutting_keeps_characters_whole() -> None:
    assert cut("一二三四五", 4) == "一二三…" and cut_bytes("一二三四五", 10) == "一二…"
    family = "👨‍👩‍👧‍👦" * 3
    for limit in range(3, 80):
        shown = cut_bytes(family, limit)
        assert size(shown) <= limit and shown.replace("👨‍👩‍👧‍👦", "") in ("", "…")


def test_a_long_line_does_not_push_out_a_short_one() -> None:
    text = fit([Piece("长" * 5000), Piece("金额：¥3,420.00")], 1024, tail=[Piece("怎么办")])
    assert size(text) <= 1024 and text.endswith("金额：¥3,420.00\n怎么办")

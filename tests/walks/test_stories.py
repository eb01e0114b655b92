"""The main job as people live it, through the real doors, on both platforms. One company, one story after the other."""

import re
from datetime import datetime

import pytest
from phone import Phone
from running import House
from world import NOW, ZONE

from bot.sandbox.config import Kind, Persona
from bot.sandbox.fields import part, parts, text
from models.customers.activity import FollowUp
from models.customers.customer import Customer
from models.history import History
from models.money.order import Order, Payment
from models.sales.lead import Lead

REPS: dict[Kind, tuple[str, str]] = {
    "wecom": ("李雷", "西溪"),
    "dingtalk": ("赵六", "燕山"),
}  # with a customer of theirs
BOSSES: dict[Kind, str] = {"wecom": "陈组长", "dingtalk": "王经理"}
both = pytest.mark.parametrize("kind", ["wecom", "dingtalk"])


@pytest.fixture(autouse=True)
def monday(shared_house: House) -> None:
    """Every story begins on the same morning."""
    shared_house.world.now = NOW


def rep(house: House, kind: Kind) -> Phone:
    return Phone(house, kind, REPS[kind][0])


def boss(house: House, kind: Kind) -> Phone:
    return Phone(house, kind, BOSSES[kind])


def ordered(house: House, kind: Kind, what: str = "显微镜x3") -> str:
    """An order of the rep's that waits for his boss, and its code."""
    found = re.search(r"SO\d{8}-\d{4}", rep(house, kind).says(f"下单 {REPS[kind][1]} {what}"))
    assert found
    return found.group()


def order(house: House, code: str) -> Order:
    return house.world.row(Order, Order.code == code)


@both
def test_a_lead_is_registered_and_the_group_hears_no_number(shared_house: House, kind: Kind) -> None:
    phone = "13700000001" if kind == "wecom" else "13700000002"
    shown = rep(shared_house, kind).says(f"登记线索 马冬梅 {phone} 上海帆船科技有限公司 来源展会")
    assert "马冬梅" in shown
    assert "已登记" in shown
    lead = shared_house.world.row(Lead, Lead.phone == phone)
    assert lead.owner_id == shared_house.world.person(REPS[kind][0]).id
    assert not shared_house.posts("east", phone)
    assert len(shared_house.posts("east", lead.code)) == (kind == "wecom")  # only 华东组's matters reach that group


@both
def test_a_claim_a_follow_up_and_its_date(shared_house: House, kind: Kind) -> None:
    lei, name = rep(shared_house, kind), "海纳" if kind == "wecom" else "渤海"
    assert "已领取" in lei.says(f"领取 {name}")
    shown = lei.says(f"跟进 {name} 客户要报价 下次 明天下午3点")
    assert "已记录跟进" in shown
    assert re.search(r"11月24日\(周二\) 15:00", shown)
    follow_up = shared_house.world.rows(FollowUp)[-1]
    assert follow_up.next_at == datetime(2026, 11, 24, 15, 0, tzinfo=ZONE)
    shared_house.tick(datetime(2026, 11, 24, 15, 0, tzinfo=ZONE))
    assert name in lei.sees("到时间了").text


@both
def test_an_order_is_approved_on_a_card_and_everybody_concerned_hears(shared_house: House, kind: Kind) -> None:
    lei, chen = rep(shared_house, kind), boss(shared_house, kind)
    code, mark = ordered(shared_house, kind), shared_house.platform.mark()
    assert chen.buttons(code) == ["同意", "驳回", "转交", "加签", "问一句"]
    tapped = chen.taps(code, "同意")
    assert "陈组长同意" in tapped or "王经理同意" in tapped
    assert order(shared_house, code).status == "approved"
    lei.sees(f"订单 {code} 已通过", since=mark)
    assert [m for m in lei.device.inbox if code in m.text and "登记回款" in m.text], (
        "his own card was brought up to date"
    )
    Phone(shared_house, "wecom", "何师傅").sees(f"待发货 {code}")
    chen.sees_nothing("已通过", since=mark)
    assert len(shared_house.posts("money", code)) == 1


@both
def test_a_rejection_asks_for_its_reason(shared_house: House, kind: Kind) -> None:
    lei, chen, code = rep(shared_house, kind), boss(shared_house, kind), ordered(shared_house, kind)
    assert "驳回原因" in chen.taps(code, "驳回")
    assert order(shared_house, code).status == "pending"
    assert "已驳回" in chen.says("价格太低，请重新报价")
    assert order(shared_house, code).status == "rejected"
    assert "价格太低" in lei.sees(f"订单 {code} 被驳回").text
    cards = [message for message in chen.device.inbox if code in message.text and message.buttons]
    assert cards and all("驳回" not in [button.text for button in card.buttons] for card in cards), "his card is dead"


@both
def test_a_payment_is_confirmed_and_too_much_must_be_said_twice(shared_house: House, kind: Kind) -> None:
    lei, qian = rep(shared_house, kind), Phone(shared_house, kind, "钱会计")
    code = ordered(shared_house, kind)
    assert "审批" in lei.says(f"回款 {code} 2000")
    boss(shared_house, kind).taps(code, "同意")
    qian.says("我是谁")  # from now on he is told where he spoke
    lei.says(f"回款 {code} 2000")
    (first,) = shared_house.world.rows(Payment, Payment.order_id == order(shared_house, code).id)
    qian.taps(first.code, "同意")
    lei.sees(f"回款 {first.code} 已通过")
    asked = lei.says(f"回款 {code} 5000")
    assert re.search(r"1,600\.00[\s\S]*3,400\.00", asked)
    assert len(shared_house.world.rows(Payment, Payment.order_id == order(shared_house, code).id)) == 1
    assert "已登记回款" in lei.taps("3,400", "确认")
    assert len(shared_house.world.rows(Payment, Payment.order_id == order(shared_house, code).id)) == 2


@both
def test_an_undo_button_takes_a_claim_back(shared_house: House, kind: Kind) -> None:
    lei, name = rep(shared_house, kind), "云谷" if kind == "wecom" else "河北"
    if kind == "dingtalk":
        shared_house.world.load("customers: [{name: 河北太行仪表有限公司, sea: 华北公海}]")
    lei.says(f"领取 {name}")
    assert "已撤销" in lei.taps(f"已领取.*{name}", "撤销")
    found = shared_house.world.row(Customer, Customer.name.contains(name))
    assert (found.owner_id, found.sea_id is None) == (None, False)


@both
def test_a_tap_and_its_repeat_are_one(shared_house: House, kind: Kind) -> None:
    chen, code = boss(shared_house, kind), ordered(shared_house, kind)
    shared_house.platform.faults.repeat_callback(3)
    chen.taps(code, "同意")
    assert len(shared_house.world.rows(History, History.ref == code, History.command == "approval.approve")) == 1
    assert order(shared_house, code).status == "approved"
    assert len([text for text in rep(shared_house, kind).texts if f"订单 {code} 已通过" in text]) == 1


@both
def test_a_tap_that_comes_too_late_changes_nothing_and_shows_what_is(shared_house: House, kind: Kind) -> None:
    lei, chen, code = rep(shared_house, kind), boss(shared_house, kind), ordered(shared_house, kind)
    card = chen.card(code)
    shared_house.door.is_recording = True
    chen.device.taps(card, "同意")
    shared_house.door.is_recording = False
    assert "撤回" in lei.says(f"撤回订单 {code}")
    shared_house.replay(shared_house.door.kept.pop())
    assert order(shared_house, code).status == "withdrawn"
    assert not shared_house.world.rows(History, History.ref == code, History.event.contains("approved"))
    assert "撤回" in chen.sees(code).text
    assert not [button for button in card.buttons if button.text == "同意"]


@both
def test_a_question_is_chosen_by_number_and_left_by_cancel(shared_house: House, kind: Kind) -> None:
    lei = rep(shared_house, kind)
    shared_house.world.load(f"""
customers:
  - {{name: 金陵{kind}甲实业有限公司, owner: {REPS[kind][0]}}}
  - {{name: 金陵{kind}乙实业有限公司, owner: {REPS[kind][0]}}}
""")
    lei.says("取消")
    asked = lei.says("跟进 金陵 谈了付款方式")
    assert "甲" in asked
    assert "乙" in asked
    assert "取消" in lei.says("取消")
    lei.says("跟进 金陵 谈了付款方式")
    assert re.search(f"已记录跟进：金陵{kind}乙", lei.says("2"))


def test_a_vote_in_wecom_chooses_too(shared_house: House) -> None:
    lei = rep(shared_house, "wecom")
    shared_house.world.load("""
customers:
  - {name: 姑苏东实业有限公司, owner: 李雷}
  - {name: 姑苏西实业有限公司, owner: 李雷}
""")
    lei.says("跟进 姑苏 谈了交货")
    vote = lei.card("姑苏东")
    box = part(vote.body, "checkbox")
    chosen = next(text(option, "id") for option in parts(box, "option_list") if "姑苏西" in text(option, "text"))
    lei.device.submit(vote, {text(box, "question_key"): [chosen]})
    shared_house.post()
    lei.sees("已记录跟进：姑苏西")


def test_a_group_is_answered_when_it_mentions_and_records_go_in_private(shared_house: House) -> None:
    zhao, mark = rep(shared_house, "dingtalk"), shared_house.platform.mark()
    shown = zhao.says("我的客户", group="财务群")
    assert "私聊" in shown
    assert "燕山" in shown
    there = [m.text for m in shared_house.platform.messages if m.group and m.number > mark and m.sender == "app"]
    assert not [text for text in there if "燕山" in text]


@both
def test_a_stranger_gets_one_polite_line(shared_house: House, kind: Kind) -> None:
    shared_house.platform.add_person(Persona("路人", "", "nobody", "7777"))
    stranger = Phone(shared_house, kind, "路人")
    before = len(shared_house.world.rows(History))
    first, second = stranger.says("登记线索 张三 13700000009"), stranger.says("客户 西溪")
    assert first == second
    assert "西溪" not in first
    assert len(shared_house.world.rows(History)) == before


@both
def test_somebody_else_cannot_tap(shared_house: House, kind: Kind) -> None:
    code = ordered(shared_house, kind)
    card = boss(shared_house, kind).card(code)
    other = rep(shared_house, kind)
    other.device.taps(card, "同意")
    shared_house.post()
    assert order(shared_house, code).status == "pending"


def test_the_buttons_of_a_warning(shared_house: House) -> None:
    """Each button of a warning's card helps; a return is asked for its reason."""
    world = shared_house.world
    world.load("""
customers:
  - {name: 常州戚墅堰机车有限公司, owner: 李雷, owned_at: "2026-11-10T09:00:00+08:00"}
  - {name: 保定白洋淀渔具有限公司, owner: 赵六, owned_at: "2026-11-09T09:00:00+08:00"}
""")
    han, lei, chen = (Phone(shared_house, "wecom", name) for name in ("韩梅梅", "李雷", "陈组长"))
    zhao = Phone(shared_house, "dingtalk", "赵六")
    shared_house.tick(NOW)
    assert han.buttons("即将回收") == ["写跟进", "延期", "退回"]
    assert "内容" in han.taps("即将回收", "写跟进")
    assert "已记录跟进" in han.says("客户同意下周来看样机，预算已经批了")
    assert customer(shared_house, "紫金").last_follow_up_at == world.now

    lei.taps("戚墅堰.*回收", "延期")
    chen.taps("戚墅堰", "同意延期")
    assert customer(shared_house, "戚墅堰").extended_until is not None
    lei.sees("戚墅堰[\\s\\S]*已延期|已延期[\\s\\S]*戚墅堰")

    assert "原因" in zhao.taps("白洋淀", "退回")
    assert customer(shared_house, "白洋淀").sea_id is None
    zhao.says("半年没有需求")
    assert customer(shared_house, "白洋淀").sea_id is not None


def customer(house: House, name: str) -> Customer:
    return house.world.row(Customer, Customer.name.contains(name))


@both
def test_the_same_button_works_again_after_a_cancel(shared_house: House, kind: Kind) -> None:
    chen, code = boss(shared_house, kind), ordered(shared_house, kind)
    assert "驳回原因" in chen.taps(code, "驳回")
    assert "取消" in chen.says("取消")
    shared_house.world.later(seconds=30)
    assert "驳回原因" in chen.taps(code, "驳回")
    assert "已驳回" in chen.says("客户信息不全")
    assert order(shared_house, code).status == "rejected"


@pytest.mark.parametrize(("kind", "who", "customer"), [("wecom", "韩梅梅", "紫金"), ("dingtalk", "赵六", "燕山")])
def test_a_product_that_fits_two_is_chosen_by_its_number(
    shared_house: House, kind: Kind, who: str, customer: str
) -> None:
    shared_house.world.load(
        "products: [{code: P81, name: 激光打印机, price: 900}, {code: P82, name: 喷墨打印机, price: 700}]"
    )
    phone = Phone(shared_house, kind, who)
    assert "喷墨打印机" in phone.says(f"下单 {customer} 打印机x2")
    found = re.search(r"SO\d{8}-\d{4}", shown := phone.says("2"))
    assert found, shown
    assert order(shared_house, found.group()).amount_fen == 140_000

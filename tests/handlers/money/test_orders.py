"""Orders: prices, authority, whose customer, what an order may become."""

from decimal import Decimal

import pytest
from order_desk import events, heard, line, order, seen, status, told, turns
from world import World

from models.company.approval import Approval
from models.customers.customer import Customer
from models.errors import Ambiguous, Forbidden
from models.money.order import Order, OrderLine


def test_an_order_is_priced_and_goes_to_the_manager(world: World) -> None:
    reply = world.run("李雷", "order.create", ref="西溪基因", lines=[line("显微镜", 3, price=1200)], discount=0.95)
    view = dict(reply.result or {})
    assert (view["code"], view["amount"], view["status"]) == ("SO20261123-0001", "3420.00", "pending")
    assert view["discount"] == "0.95"
    assert view["approver"]["name"] == "陈组长", "the head of his group"
    assert [one["name"] for one in view["approvers"]] == ["陈组长"]
    assert view["customer"]["name"] == "杭州西溪基因有限公司"
    (found,) = view["lines"]
    assert (found["product"], found["unit"]) == ({"code": "P001", "name": "显微镜"}, "台")
    assert (found["quantity"], found["list_price"], found["price"], found["amount"]) == (
        "3",
        "1200.00",
        "1200.00",
        "3600.00",
    )
    assert found["discount"] is None
    assert (view["payment_total"], view["outstanding_total"], view["fulfilment"]) == ("0.00", "0.00", None)
    assert events(world, view["code"]) == ["order.created"]


@pytest.mark.parametrize("said", ["显微镜", "p001", "光学显微镜", "P001 ", "光学"])
def test_a_product_by_code_name_alias_or_part(world: World, said: str) -> None:
    assert seen(world, order(world, "李雷", line(said)))["lines"][0]["product"]["code"] == "P001"


def test_an_unknown_product_names_what_there_is(world: World) -> None:
    refusal = world.refused("李雷", "order.create", ref="西溪基因", lines=[line("光谱仪")])
    assert refusal.code == "invalid_argument"
    assert refusal.facts["field"] == "lines"
    assert "显微镜、离心机、载玻片" in refusal.detail
    assert not world.rows(Order)


def test_two_products_that_fit_are_asked_about(world: World) -> None:
    world.load("products: [{code: P010, name: 电子显微镜, price: 9000}]")
    assert seen(world, order(world, "李雷", line("显微镜")))["lines"][0]["product"]["name"] == "显微镜", (
        "a full name is one"
    )
    refusal = world.refused("李雷", "order.create", ref="西溪基因", lines=[line("离心机"), line("微镜")])
    assert isinstance(refusal, Ambiguous)
    assert refusal.field == "lines.1.product"
    assert [name for _, name in refusal.candidates] == ["显微镜", "电子显微镜"]


def test_discounts_of_line_whole_and_allowance(world: World) -> None:
    code = order(world, "李雷", line("显微镜", 2, discount=0.9), line("载玻片", 10), discount=0.98, allowance=100)
    found = seen(world, code)
    assert found["amount"] == "2051.10", "(2160 + 35) × 0.98 − 100"
    assert found["lowest_rate"] == "0.8423", "the whole, allowance included, is lower than the line's 0.9"


def test_a_typed_price_below_the_list_is_a_discount(world: World) -> None:
    code = order(world, "李雷", line("显微镜", 1, price=1000))
    assert seen(world, code)["lowest_rate"] == "0.8333"
    assert turns(world, code) == ["陈组长"]
    world.run("陈组长", "approval.approve", ref=code)
    assert turns(world, code) == ["周总"], "below the managers' authority only an admin covers it"
    assert status(world, code) == "in_review"


def test_what_the_manager_covers_needs_nobody_else(world: World) -> None:
    code = order(world, "李雷", discount=0.9)
    world.run("陈组长", "approval.approve", ref=code)
    assert status(world, code) == "approved"


def test_the_chosen_approver_then_who_covers_the_discount(world: World) -> None:
    code = order(world, "李雷", discount=0.9, approver="吴客服")
    assert turns(world, code) == ["吴客服"]
    world.run("吴客服", "approval.approve", ref=code)
    assert turns(world, code) == ["陈组长"]
    assert status(world, code) == "in_review"
    (asked,) = told(world, "陈组长", "approval.requested")
    assert asked.facts["why"] == "折扣 9折 低于李雷的权限 95折"
    world.run("陈组长", "approval.approve", ref=code)
    assert status(world, code) == "approved"


def test_more_allowance_than_order_is_refused(world: World) -> None:
    refusal = world.refused("李雷", "order.create", ref="西溪基因", lines=[line("载玻片")], allowance=4)
    assert refusal.facts["field"] == "allowance"
    assert "3.50" in refusal.detail
    assert "4.00" in refusal.detail


def test_absurd_amounts_are_refused(world: World) -> None:
    refusal = world.refused("李雷", "order.create", ref="西溪基因", lines=[line("显微镜", 9999999, price=99999999999)])
    assert refusal.code == "invalid_argument"


def test_what_is_sold_by_the_piece_has_no_fractions(world: World) -> None:
    world.load("products: [{code: P004, name: 硅胶, price: 80, unit: 公斤}, {code: P005, name: 培训, price: 300}]")
    refusal = world.refused("李雷", "order.create", ref="西溪", lines=[line("硅胶", 2), line("显微镜", 3.5)])
    assert refusal.code == "invalid_argument" and "显微镜的数量要是整数" in refusal.title
    assert "3.5 台" in refusal.detail and refusal.next_step == "请改成：显微镜 3台 或 显微镜 4台"
    small = world.refused("李雷", "order.create", ref="西溪", lines=[line("载玻片", 0.4)])
    assert small.next_step == "请改成：载玻片 1盒"
    made = world.run(
        "李雷", "order.create", ref="西溪", lines=[line("硅胶", 2.5), line("培训", 1.5), line("显微镜", "3.0")]
    )
    assert made.result and made.result["amount"] == "4250.00"


def test_too_little_stock_is_said_not_refused(world: World) -> None:
    reply = world.run("李雷", "order.create", ref="西溪基因", lines=[line("载玻片", 3)])
    assert reply.facts["warnings"] == ["载玻片库存 2盒，这次要 3"]


def test_a_customer_in_the_sea_must_be_claimed_first(world: World) -> None:
    refusal = world.refused("李雷", "order.create", ref="海纳", lines=[line("显微镜")])
    assert refusal.code == "conflict"
    assert "领取" in refusal.next_step


def test_a_foreign_customer_is_refused(world: World) -> None:
    assert world.refused("李雷", "order.create", ref="燕山化工", lines=[line("显微镜")]).code == "not_found"
    world.run("赵六", "team.add", ref="燕山化工", person="李雷", access="read")
    refusal = world.refused("李雷", "order.create", ref="燕山化工", lines=[line("显微镜")])
    assert isinstance(refusal, Forbidden)
    assert "赵六" in refusal.next_step


def test_superiors_and_writing_team_members_may_order(world: World) -> None:
    assert order(world, "王经理")
    world.run("赵六", "team.add", ref="燕山化工", person="李雷", access="read_write")
    assert order(world, "李雷", ref="燕山化工")


def test_an_approved_order_makes_the_customer_a_won_one(world: World) -> None:
    before = world.row(Customer, Customer.name == "杭州西溪基因有限公司")
    assert before.reclaim_at is not None
    code = order(world)
    world.run("陈组长", "approval.approve", ref=code)
    customer = world.row(Customer, Customer.id == before.id)
    assert customer.won_at == world.now
    assert customer.reclaim_at is None, "who bought is not reclaimed"
    row = world.row(Order)
    assert (row.fulfilment, row.approved_at, row.approved_owner_id) == ("to_ship", world.now, row.owner_id)
    world.later(days=1)
    world.run("陈组长", "approval.approve", ref=order(world))
    assert world.row(Customer, Customer.id == before.id).won_at == before.created_at, "once"


def test_the_warehouse_hears_of_what_is_to_be_shipped(world: World) -> None:
    code = order(world)
    assert not told(world, "何师傅", "order.to_ship")
    world.run("陈组长", "approval.approve", ref=code)
    (message,) = told(world, "何师傅", "order.to_ship")
    assert message.facts["title"] == f"待发货 {code}"


def test_groups_hear_of_the_approved_order_without_the_customers_data(world: World) -> None:
    code = order(world)
    world.run("陈组长", "approval.approve", ref=code)
    east, money = heard(world, "order.approved")
    told = {"code", "name", "who", "at", "by", "amounts", "mentions"}
    assert (set(east.facts), set(money.facts)) == (told, told | {"amount"}), "amounts do not even leave for a group"
    for row in (east, money):
        assert (row.facts["code"], row.facts["who"]["name"], row.facts["by"]["name"]) == (code, "李雷", "陈组长")
    assert (east.facts["amounts"], money.facts["amounts"]) == (False, True)


def test_a_rejected_order_is_changed_and_submitted_again(world: World) -> None:
    code = order(world, "李雷", line("显微镜", 1, price=1000), approver="王经理")
    world.run("王经理", "approval.reject", ref=code, reason="价格太低")
    assert seen(world, code)["reason"] == "价格太低"
    reply = world.run(
        "李雷", "order.update", ref=code, lines=[line("显微镜", 2), line("离心机")], discount=0.98, note="加急"
    )
    view = dict(reply.result or {})
    assert (view["status"], view["amount"], view["note"]) == ("pending", "7840.00", "加急")
    assert [one["product"]["code"] for one in view["lines"]] == ["P001", "P002"]
    assert turns(world, code) == ["王经理"], "the approver chosen before"
    assert len(world.rows(Approval)) == 2
    assert len(world.rows(OrderLine)) == 2
    world.run("王经理", "approval.approve", ref=code)
    assert events(world, code) == ["order.created", "order.rejected", "order.updated", "order.approved"]
    assert seen(world, code)["reason"] is None


def test_only_the_discount_may_change(world: World) -> None:
    code = order(world)
    world.run("李雷", "approval.withdraw", ref=code)
    world.run("李雷", "order.update", ref=code, discount=0.95)
    assert seen(world, code)["amount"] == "3420.00"
    assert world.row(Order).lowest_rate == Decimal("0.95")


def test_what_is_being_approved_or_is_approved_stays(world: World) -> None:
    code = order(world)
    refusal = world.refused("李雷", "order.update", ref=code, discount=0.5)
    assert "撤回" in refusal.next_step
    world.run("陈组长", "approval.approve", ref=code)
    assert world.refused("李雷", "order.update", ref=code, discount=0.5).code == "conflict"
    assert seen(world, code)["amount"] == "3600.00"


def test_somebody_elses_order_is_not_changed(world: World) -> None:
    code = order(world)
    world.run("李雷", "approval.withdraw", ref=code)
    assert world.refused("韩梅梅", "order.update", ref=code, discount=0.9).code == "not_found"
    assert world.refused("李雷", "order.update", ref=code).code == "missing_argument"


def test_scenes_and_filters(world: World) -> None:
    mine, theirs = order(world), order(world, "韩梅梅", ref="紫金材料")
    world.run("李雷", "team.add", ref="西溪基因", person="赵六", access="read")

    def codes(person: str, scene: str = "all", **filters: str) -> set[str]:
        return {row["code"] for row in world.items(person, "orders", scene, **filters)}

    assert codes("李雷") == {mine}
    assert codes("赵六") == {mine}
    assert codes("赵六", "participating") == {mine}
    assert codes("陈组长", "subordinates") == {mine, theirs}
    assert codes("陈组长", "mine") == set()
    assert codes("钱会计") == set()
    assert codes("周总", customer="杭州西溪基因有限公司") == {mine}
    assert codes("周总", owner="韩梅梅") == {theirs}
    assert codes("周总", approver="陈组长") == {mine, theirs}
    assert codes("周总", amount="3600") == {mine, theirs}
    listed = world.run("李雷", "order.list", scene="mine")
    assert [item["code"] for item in listed.facts["items"]] == [mine]


def test_showing_an_order_offers_what_this_person_may_do(world: World) -> None:
    code = order(world)

    def texts(person: str) -> list[str]:
        return [button.text for button in world.run(person, "order.show", ref=code.lower()).buttons]

    assert texts("李雷") == ["催办", "撤回"]
    assert texts("陈组长") == ["同意", "驳回"]
    assert texts("王经理") == []
    world.run("陈组长", "approval.approve", ref=code)
    assert texts("李雷") == ["登记回款"]


def test_without_any_rule_the_manager_approves(world: World) -> None:
    with world.database.transaction() as db:
        db.exec_driver_sql("delete from rule where subject like 'flow/%%'")
    code = order(world)
    assert turns(world, code) == ["陈组长"]


def test_rules_that_fit_nothing_need_nobody(world: World) -> None:
    world.load('approval_flows: [{subject: order, when: "amount >= 5000", steps: [{approver: manager}]}]')
    code = order(world)
    assert status(world, code) == "approved"
    assert events(world, code) == ["order.created", "order.approved"]
    assert world.row(Customer, Customer.name == "杭州西溪基因有限公司").won_at is not None
    assert status(world, order(world, "李雷", line("离心机"))) == "pending"


def test_who_has_nobody_above_is_asked_for_an_approver(world: World) -> None:
    with world.database.transaction() as db:
        db.exec_driver_sql("update person set is_active = (name = '周总')")
    world.load("customers: [{name: 嘉兴南湖试剂有限公司, owner: 周总, sea: 华东公海}]")
    refusal = world.refused("周总", "order.create", ref="南湖试剂", lines=[line("显微镜")])
    assert (refusal.code, refusal.facts["field"]) == ("missing_argument", "approver")
    assert not world.rows(Order)


def test_undoing_a_new_order_takes_everything_with_it(world: World) -> None:
    order(world)
    world.run("李雷", "undo")
    assert not world.rows(Order)
    assert not world.rows(Approval)
    assert status(world, order(world)) == "pending", "and the number is not used twice"

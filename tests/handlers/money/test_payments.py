"""Payments: confirmed by finance, several an order, more than is owed only with open eyes."""

import threading
from typing import Any

import pytest
from order_desk import approval, events, heard, order, seen, status, told, turns
from world import World

from models.customers.customer import Customer
from models.errors import Ambiguous, HaitunError, NeedsConfirmation
from models.money.order import Payment


def approved(world: World) -> str:
    code = order(world)
    world.run("陈组长", "approval.approve", ref=code)
    return code


def pay(world: World, code: str, amount: object, person: str = "李雷", **more: Any) -> str:
    reply = world.run(person, "payment.create", ref=code, amount=amount, **more)
    return str((reply.result or {})["code"])


def totals(world: World) -> tuple[str, str, str]:
    found = world.api_view("周总", "customers", world.row(Customer, Customer.name == "杭州西溪基因有限公司").code)
    assert found is not None
    return found["order_total"], found["payment_total"], found["outstanding_total"]


def test_confirmed_by_finance_it_counts(world: World) -> None:
    code = approved(world)
    reply = world.run("李雷", "payment.create", ref=code, amount="1000", method="银行转账")
    view = dict(reply.result or {})
    assert (view["code"], view["amount"], view["status"]) == ("PM20261123-0001", "1000.00", "pending")
    assert view["order"] == {"code": code}
    assert (view["paid_at"], view["method"]) == ("2026-11-23", "银行转账")
    assert (view["approver"], len(view["approvers"])) == (None, 2), "either of the two may confirm"
    assert totals(world) == ("3600.00", "0.00", "3600.00"), "not before finance has confirmed"
    assert (seen(world, code)["pending_payment_total"], seen(world, code)["outstanding_total"]) == (
        "1000.00",
        "3600.00",
    )
    world.run("钱会计", "approval.approve", ref=view["code"])
    assert totals(world) == ("3600.00", "1000.00", "2600.00")
    assert (seen(world, code)["payment_total"], seen(world, code)["outstanding_total"]) == ("1000.00", "2600.00")
    assert events(world, view["code"]) == ["payment.created", "payment.approved"]
    (group,) = heard(world, "payment.approved")
    assert (group.facts["order"], group.facts["amount"], group.facts["amounts"]) == (code, "1000.00", True)
    (message,) = told(world, "李雷", "payment.approved")
    assert message.facts["by"]["name"] == "钱会计"


def test_finance_says_yes_to_the_order_and_means_its_payment(world: World) -> None:
    code = approved(world)
    first = pay(world, code, 1000)
    world.run("钱会计", "approval.approve", ref=code.lower())
    assert status(world, first, "payments") == "approved"
    second, third = pay(world, code, 500), pay(world, code, 600)
    refusal = world.refused("钱会计", "approval.approve", ref=code)
    assert refusal.code == "ambiguous"
    assert [one["code"] for one in refusal.facts["candidates"]] == [second, third]
    world.run("钱会计", "approval.approve", ref=second)
    world.run("孙出纳", "approval.approve", ref=code)
    assert status(world, third, "payments") == "approved"


def test_its_card_shows_both_codes(world: World) -> None:
    code = approved(world)
    payment = pay(world, code, 1000)
    (message,) = told(world, "钱会计", "approval.requested")
    assert message.facts["document"]["code"] == payment
    assert message.facts["order"]["code"] == code
    assert message.facts["customer"]["outstanding_total"] == "3600.00"


def test_more_than_is_owed_asks_first(world: World) -> None:
    code = approved(world)
    pay(world, code, 1000)
    refusal = world.refused("李雷", "payment.create", ref=code, amount=99999)
    assert isinstance(refusal, NeedsConfirmation)
    assert "2600.00" in refusal.question, "what waits for finance counts as paid"
    assert "97399.00" in refusal.question
    assert refusal.template == "money/overpaid"
    assert len(world.rows(Payment)) == 1
    world.run("李雷", "payment.create", ref=code, amount=99999, confirmed=refusal.confirm)
    assert len(world.rows(Payment)) == 2


def test_finance_is_told_of_what_is_above_the_order(world: World) -> None:
    code = approved(world)
    pay(world, code, 1000)
    assert told(world, "钱会计", "approval.requested")[-1].facts["notes"] == []
    refusal = world.refused("李雷", "payment.create", ref=code, amount=5000)
    assert isinstance(refusal, NeedsConfirmation)
    pay(world, code, 5000, confirmed=refusal.confirm)
    asked = told(world, "钱会计", "approval.requested")[-1]
    assert asked.facts["notes"] == ["超出订单待收 ¥1,400.00，请核对"]


def test_a_changed_situation_asks_again(world: World) -> None:
    code = approved(world)
    first = world.refused("李雷", "payment.create", ref=code, amount=4000)
    assert isinstance(first, NeedsConfirmation)
    pay(world, code, 600)
    second = world.refused("李雷", "payment.create", ref=code, amount=4000, confirmed=first.confirm)
    assert isinstance(second, NeedsConfirmation)
    assert second.confirm != first.confirm
    assert "3000.00" in second.question
    other = world.refused("李雷", "payment.create", ref=code, amount=5000, confirmed=second.confirm)
    assert isinstance(other, NeedsConfirmation), "the same yes is not one to another amount"


def test_a_paid_order_owes_nothing_more(world: World) -> None:
    code = approved(world)
    pay(world, code, 3600)
    refusal = world.refused("李雷", "payment.create", ref=code, amount=1)
    assert "待回款 0.00 元" in refusal.title


def test_a_rejected_payment_frees_what_it_claimed(world: World) -> None:
    code = approved(world)
    first = pay(world, code, 3600)
    world.run("孙出纳", "approval.reject", ref=first, reason="没有到账")
    assert seen(world, first, "payments")["reason"] == "没有到账"
    assert totals(world)[1] == "0.00"
    pay(world, code, 3600)


def test_only_on_an_approved_order(world: World) -> None:
    code = order(world)
    refusal = world.refused("李雷", "payment.create", ref=code, amount=100)
    assert refusal.code == "conflict"
    assert f"催办 {code}" in refusal.next_step
    world.run("李雷", "approval.withdraw", ref=code)
    assert "修改" in world.refused("李雷", "payment.create", ref=code, amount=100).next_step


def test_nothing_is_no_payment(world: World) -> None:
    refusal = world.refused("李雷", "payment.create", ref=approved(world), amount=0)
    assert refusal.facts["field"] == "amount"


def test_the_same_amount_on_the_same_day_is_mentioned(world: World) -> None:
    code = approved(world)
    first = pay(world, code, 1000)
    reply = world.run("李雷", "payment.create", ref=code, amount=1000)
    assert first in reply.facts["warnings"][0]
    assert not world.run("李雷", "payment.create", ref=code, amount=1000, paid_at="2026-11-20").facts["warnings"]


def test_not_for_everyone(world: World) -> None:
    code = approved(world)
    assert world.refused("韩梅梅", "payment.create", ref=code, amount=100).code == "not_found"
    world.run("李雷", "team.add", ref="西溪基因", person="韩梅梅", access="read")
    assert world.refused("韩梅梅", "payment.create", ref=code, amount=100).code == "forbidden"
    pay(world, code, 100, "陈组长")


def test_whoever_looks_after_the_customer_now_registers_its_money(world: World) -> None:
    code = approved(world)
    world.run("陈组长", "customer.transfer", ref="西溪基因", to="韩梅梅")
    assert pay(world, code, 100, "韩梅梅")


def test_a_named_finance_person_is_asked_alone(world: World) -> None:
    code = approved(world)
    payment = pay(world, code, 100, approver="孙出纳")
    assert turns(world, payment, "payments") == ["孙出纳"]
    assert world.refused("钱会计", "approval.approve", ref=payment).code == "forbidden"
    refusal = world.refused("李雷", "payment.create", ref=code, amount=100, approver="韩梅梅")
    assert refusal.facts["field"] == "approver"
    assert "钱会计" in refusal.detail


def test_finance_does_not_confirm_its_own(world: World) -> None:
    world.load("customers: [{name: 嘉兴南湖试剂有限公司, owner: 钱会计, sea: 华东公海}]")
    code = order(world, "钱会计", ref="南湖试剂")
    world.run("周总", "approval.approve", ref=code)
    payment = pay(world, code, 100, "钱会计")
    assert turns(world, payment, "payments") == ["孙出纳"]


def test_filters(world: World) -> None:
    code = approved(world)
    first = pay(world, code, 100, method="现金")
    second = pay(world, code, 200, paid_at="2026-11-20")

    def codes(**filters: str) -> set[str]:
        return {row["code"] for row in world.items("钱会计", "payments", **filters)}

    assert codes() == {first, second}
    assert codes(order=code) == {first, second}
    assert codes(amount="200.00") == {second}
    assert codes(paid_at="2026-11-20") == {second}
    assert codes(customer="杭州西溪基因有限公司", approver="钱会计") == {first, second}
    assert {row["code"] for row in world.items("李雷", "payments", "mine")} == {first, second}
    assert world.items("韩梅梅", "payments") == []


@pytest.mark.parametrize("amount", [2000])
def test_two_payments_at_once_never_pass_what_is_owed_unnoticed(world: World, amount: int) -> None:
    code = approved(world)
    refusals: list[HaitunError] = []
    gate = threading.Barrier(4)

    def register() -> None:
        gate.wait()
        try:
            pay(world, code, amount)
        except HaitunError as error:
            refusals.append(error)

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.rows(Payment)) == 1
    assert [type(one) for one in refusals] == [NeedsConfirmation] * 3
    assert approval(world, world.row(Payment).code).status == "pending"


def test_an_order_may_be_named_by_its_customer(world: World) -> None:
    none = world.refused("李雷", "payment.create", ref="西溪", amount=100)
    assert none.code == "conflict" and "没有等待回款的订单" in none.title
    first = approved(world)
    order(world)  # not approved
    assert world.run("李雷", "payment.create", ref="西溪", amount=1600).result
    second = approved(world)
    asked = world.refused("李雷", "payment.create", ref="西溪", amount=100)
    assert isinstance(asked, Ambiguous)
    assert asked.candidates == [(second, "待回款 3600.00 元"), (first, "待回款 2000.00 元")]
    pay(world, first, 2000)
    payment = world.run("李雷", "payment.create", ref="西溪", amount=100).result
    assert payment and payment["order"]["code"] == second, "the only one that still waits for money"


def test_nobody_pays_for_a_customer_that_he_does_not_see(world: World) -> None:
    approved(world)
    assert world.refused("赵六", "payment.create", ref="西溪", amount=100).status == 404
    assert world.refused("李雷", "payment.create", ref="SO20200101-0001", amount=100).status == 404

"""All commands lock in one order: approval, document, lead, customer, person, then the conversation.

Each story holds what somebody else's command has locked first, and looks whether the command that waits for it leaves
alone what that somebody will want next: two that hold what the other wants would wait for each other for ever.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from phone import Phone
from running import House, eventually
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from models.customers.customer import Customer

ORDER = "SO20261123-0001"


@contextmanager
def waiting_for(house: House, held: str, name: str, sentence: str) -> Iterator[Connection]:
    """This person's message waits for a lock of the transaction that is given."""
    phone = Phone(house, "wecom", name)
    with house.world.database.transaction() as db:
        db.execute(text(held))
        saying = threading.Thread(target=lambda: phone.device.says(sentence))
        saying.start()
        eventually(lambda: _waits(house), 3, f"{sentence} waits for nothing")
        yield db
    saying.join()
    house.post()


def _waits(house: House) -> bool:
    mine = "datname = current_database() and wait_event_type = 'Lock'"
    with house.world.database.transaction() as db:
        return db.execute(text(f"select 1 from pg_stat_activity where {mine}")).first() is not None


def is_free(db: Connection, table: str, where: str) -> bool:
    """Whether the transaction could lock these rows without waiting."""
    try:
        with db.begin_nested():
            assert db.execute(text(f'select 1 from "{table}" where {where} for update nowait')).all()
    except OperationalError:
        return False
    return True


def test_an_order_is_taken_back_while_somebody_approves_it(house: House) -> None:
    lei = Phone(house, "wecom", "李雷")
    lei.says("下单 西溪 显微镜x3")
    held = f"select 1 from approval where ref = '{ORDER}' for no key update"
    with waiting_for(house, held, "李雷", "撤销") as db:
        assert is_free(db, "order", f"code = '{ORDER}'")
    lei.sees("已撤销")


def test_customers_are_handed_over_in_any_order(house: House) -> None:
    house.world.run("韩梅梅", "customer.claim", ref="C000001")
    house.world.run("韩梅梅", "customer.claim", ref="C000002")
    held = "select 1 from customer where id = 1 for no key update"
    with waiting_for(house, held, "王经理", "把客户 C000002、C000001 转给李雷") as db:
        assert is_free(db, "customer", "id = 2")
    assert house.world.row(Customer, Customer.id == 2).owner_id == house.world.person("李雷").id


def test_a_customer_named_twice_is_handed_over_once(house: House) -> None:
    house.world.run("韩梅梅", "customer.claim", ref="C000001")
    Phone(house, "wecom", "王经理").says("把客户 C000001、C000001 转给李雷")
    assert house.world.row(Customer, Customer.id == 1).owner_id == house.world.person("李雷").id


def test_a_customer_gets_the_name_of_which_another_is_just_made(house: House) -> None:
    held = "select pg_advisory_xact_lock(hashtext('customer/西溪新名有限公司'))"
    with waiting_for(house, held, "李雷", "修改客户 C000006 名称 西溪新名有限公司") as db:
        assert is_free(db, "customer", "id = 6")


def test_a_question_is_forgotten_after_its_answer_has_been_carried_out(house: House) -> None:
    """A second message of the same person may hold the record and be about to ask."""
    lei = Phone(house, "wecom", "李雷")
    lei.says("退回 西溪")
    held = "select 1 from customer where id = 6 for no key update"
    with waiting_for(house, held, "李雷", "客户没有预算") as db:
        assert is_free(db, "dialogue", "conversation = 'wecom:lilei:'")
    lei.sees("客户没有预算")

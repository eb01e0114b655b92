"""One sentence, several things (domain.md D2): all of it on one card, nothing before the tap, one undo for it all."""

from phone import Phone
from running import House

from models.customers.activity import FollowUp, Todo
from models.customers.customer import Contact, Customer
from models.history import History
from models.sales.lead import Lead
from models.sales.opportunity import Opportunity

SAID = "今天拜访{}王总 13800138000，想要 20 台显微镜，预算 8 万，周五报价"


def counts(house: House) -> list[int]:
    return [len(house.world.rows(model)) for model in (Customer, Lead, Contact, FollowUp, Opportunity, Todo, History)]


def test_a_known_customer(house: House) -> None:
    phone, before = Phone(house, "wecom", "李雷"), counts(house)
    shown = phone.says(SAID.format("西溪基因"))
    for part in ("客户已有：杭州西溪基因有限公司", "新王总", "拜访", "显微镜×20", "¥80,000.00", "11月27日", "报价"):
        assert part in shown, part
    assert phone.buttons("请确认后写入") == ["确认", "只记跟进", "修改"]
    assert counts(house) == before, "nothing is written before the tap"
    assert "已记录" in phone.taps("请确认后写入", "确认")
    (contact,) = house.world.rows(Contact)
    assert (contact.name, contact.phone) == ("王总", "13800138000")
    (opportunity,) = house.world.rows(Opportunity)
    assert opportunity.amount_fen == 8_000_000
    (todo,) = house.world.rows(Todo)
    assert todo.title == "报价" and todo.due_at.astimezone(house.world.zone).isoformat() == "2026-11-27T09:00:00+08:00"
    assert [row.method for row in house.world.rows(FollowUp)] == ["拜访"]
    phone.says("撤销")
    assert counts(house)[:-1] == before[:-1], "one undo takes all of it back"


def test_only_the_follow_up(house: House) -> None:
    phone = Phone(house, "dingtalk", "李雷")
    phone.says(SAID.format("西溪基因"))
    assert "已记录" in phone.says("只记跟进")
    assert len(house.world.rows(FollowUp)) == 1
    assert not house.world.rows(Contact) and not house.world.rows(Opportunity) and not house.world.rows(Todo)


def test_somebody_new_becomes_a_customer_or_a_lead(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    shown = phone.says(SAID.format("华东电气"))
    assert "新华东电气" in shown and phone.buttons("请确认后写入") == ["确认", "建成线索", "修改"]
    assert "线索" in phone.taps("请确认后写入", "建成线索")
    (lead,) = [row for row in house.world.rows(Lead) if row.company == "华东电气"]
    assert (lead.name, lead.phone, len(house.world.rows(Opportunity))) == ("王总", "13800138000", 0)
    phone.says("撤销")
    phone.says(SAID.format("华东电气"))
    phone.taps("请确认后写入", "确认")
    (customer,) = [row for row in house.world.rows(Customer) if row.name == "华东电气"]
    assert [row.customer_id for row in house.world.rows(Opportunity)] == [customer.id]


def test_what_may_be_the_same_is_shown(house: House) -> None:
    shown = Phone(house, "wecom", "李雷").says("今天拜访海纳生物王总 13588880003，想要 2 台显微镜，预算 3 万")
    assert "高峰" in shown or "海纳" in shown


def test_somebody_elses_customer(house: House) -> None:
    before = counts(house)
    house.world.run("李雷", "team.add", ref="西溪基因", person="韩梅梅", access="read")
    reader = Phone(house, "wecom", "韩梅梅")
    shown = reader.says(SAID.format("西溪基因"))
    assert "由李雷负责" in shown and "显微镜×20" not in shown
    reader.taps("请确认后写入", "确认")
    assert counts(house)[:5] == before[:5] and len(house.world.rows(Todo)) == 1


def test_several_of_the_name_are_chosen_from(house: House) -> None:
    for name in ("青岛海蓝机电有限公司", "烟台海蓝机电有限公司"):
        house.world.run("李雷", "customer.create", name=name)
    phone = Phone(house, "dingtalk", "李雷")
    assert "2" in phone.says(SAID.format("海蓝机电"))
    assert "客户已有：烟台海蓝机电有限公司" in phone.says("2")
    assert "已记录" in phone.says("确认")


def test_an_amount_without_a_value_is_asked_for_first(house: House) -> None:
    phone, before = Phone(house, "wecom", "李雷"), counts(house)
    assert "8万左右" in phone.says("今天拜访西溪基因王总，预算8万左右，周五报价")
    assert "¥80,000.00" in phone.says("8万")
    assert counts(house) == before

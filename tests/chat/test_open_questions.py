"""An open question in the chat: changed, gone back from, answered late, kept over a restart."""

from pathlib import Path

import pytest
from phone import Phone
from running import House, house_of

from bot.embedded import Stores
from models.customers.activity import FollowUp, Todo
from models.customers.customer import Contact
from models.history import History
from models.sales.lead import Lead
from models.sales.opportunity import Opportunity

VISIT = "今天拜访西溪基因王总 13800138000，想要 20 台显微镜，预算 8 万，周五报价"


def test_what_is_to_be_confirmed_can_be_changed(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    phone.says(VISIT)
    assert "预算改成" in phone.taps("请确认后写入", "修改")
    assert "¥100,000.00" in phone.says("预算改成10万")
    assert "李总" in phone.says("不是王总是李总")
    assert "显微镜×30" in phone.says("20台改成30台")
    assert "11月26日" in phone.says("周五改成周四")
    assert not house.world.rows(History)
    phone.says("确认")
    opportunity, contact, todo = (house.world.row(Opportunity), house.world.row(Contact), house.world.row(Todo))
    assert (opportunity.amount_fen, contact.name, todo.due_at.day) == (10_000_000, "李总", 26)
    (note,) = house.world.rows(FollowUp)
    assert "李总" in note.content and "王总" not in note.content


def test_a_part_can_be_left_out(house: House) -> None:
    phone = Phone(house, "dingtalk", "李雷")
    phone.says(VISIT)
    assert "待办" not in phone.says("不要提醒")
    phone.says("确认")
    assert not house.world.rows(Todo) and len(house.world.rows(Opportunity)) == 1


def test_one_step_back(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    assert "哪个客户" in phone.says("下单")
    assert "产品" in phone.says("西溪基因")
    assert "哪个客户" in phone.says("上一步")


def test_none_of_them(house: House) -> None:
    for name in ("青岛海蓝机电有限公司", "烟台海蓝机电有限公司"):
        house.world.run("李雷", "customer.create", name=name)
    phone = Phone(house, "dingtalk", "李雷")
    phone.says("跟进 海蓝机电 谈了显微镜的采购计划")
    assert "编号或完整名称" in phone.says("都不是")
    assert "已记录跟进" in phone.says("西溪基因")


def test_a_late_answer_is_told_so(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    phone.says("登记线索 张三 13800138000；王五 13700137000")
    house.world.later(minutes=11)
    shown = phone.says("确认")
    assert "已经过期" in shown and "什么都没有写入" in shown
    assert "已经过期" not in phone.says("确认"), "once"
    assert not [lead for lead in house.world.rows(Lead) if lead.name == "张三"]


def test_help_shows_the_open_question_first(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    phone.says("退回 西溪基因")
    assert "还在等你回答" in phone.says("帮助")
    assert "已退回" in phone.says("客户没有预算")


def test_a_question_outlives_the_process(
    house: House, stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Phone(house, "wecom", "李雷").says(VISIT)
    with house_of(house.world, stores.redis_url, tmp_path / "again") as again:
        assert "已记录" in Phone(again, "wecom", "李雷").says("确认")
    assert len(house.world.rows(Opportunity)) == 1


def test_what_was_just_made_is_changed(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    phone.says("登记线索 张三 13800138000")
    phone.says("公司改成上海海豚科技有限公司")
    phone.says("不是张三是张珊")
    (lead,) = [row for row in house.world.rows(Lead) if row.phone == "13800138000"]
    assert (lead.name, lead.company) == ("张珊", "上海海豚科技有限公司")


def test_what_cannot_be_changed_says_what_to_do(house: House) -> None:
    phone = Phone(house, "wecom", "李雷")
    phone.says("跟进 西溪基因 客户认可方案，下周要正式报价")
    assert "不能直接改" in phone.says("内容改成客户还要再想想")


@pytest.mark.parametrize(
    "said",
    ["领取 没有这家公司", "领取 西溪基因", "查 燕山化工", "把西溪基因转给没有这个人", "同意 SO20261123-0009", "撤销",
     "跟进 海纳 谈了显微镜的采购计划", "登记线索 方敏 13588880001", "分配线索 L000001 给 李雷", "推迟 T000099 到 明天"],
)  # fmt: skip
def test_every_refusal_says_what_to_type_next(house: House, said: str) -> None:
    phone = Phone(house, "dingtalk", "李雷")
    mark = len(phone.texts)
    phone.says(said)
    shown = "\n".join(phone.texts[mark:])
    assert any(word in shown for word in ("说", "回复", "可以", "请", "例如")), shown

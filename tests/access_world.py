"""The small company with twelve people who stand differently to the same records, and one sample of every noun.

李雷 owns 西溪基因 with all that hangs on it and the lead 高峰; 海纳 and 方敏 lie in the sea and the pool of 华东组.
"""

from dataclasses import dataclass
from typing import Any

from world import World

from models.company.approval import Approval
from models.company.attachment import Attachment
from models.company.people import Person
from models.customers.activity import FollowUp, Todo
from models.customers.customer import Contact, Customer
from models.history import History
from models.money.order import Order, Payment
from models.money.target import Target
from models.outbox import Outbox
from models.sales.lead import Lead
from models.sales.opportunity import Opportunity

PEOPLE = """
people:
  - {name: 冯组长, department: 华北组, role: dept_manager, wecom: fengzz}
  - {name: 丁导师, department: 财务部, role: staff, wecom: dingds, manager: 周总}
  - {name: 李雷, department: 华东组, role: staff, manager: 丁导师, wecom: lilei, dingtalk: "1002"}
  - {name: 夏读写, department: 华北组, role: staff, wecom: xiadx}
  - {name: 秦只读, department: 华北组, role: staff, wecom: qinzd}
"""
PERSONAS = {
    "admin": "周总",
    "manager_above": "王经理",  # of 销售部, which holds 华东组; admin of sea and pool too
    "manager": "陈组长",  # of the owner's own department
    "other_manager": "冯组长",  # of 华北组, where both team members are
    "owner": "李雷",
    "superior": "丁导师",  # the owner's, from another department
    "colleague": "韩梅梅",  # of the same department, and so a member of its sea and pool
    "team_read": "秦只读",
    "team_write": "夏读写",
    "finance": "钱会计",
    "approver": "吴客服",  # whom the order waits for
    "stranger": "何师傅",
}
LEAVER = "郑离职"
CONTENT = "客户认可方案，下周要正式报价和交期"
SECRETS = ("18912345678", "xixi@private.example", "wx_xixi_private", "0571-55550004")

NOBODYS = {"customer": "C987654", "lead": "L987654", "todo": "T987654", "contact": "K987654", "follow_up": "F987654",
           "attachment": "FL987654",
           "opportunity": "O987654",
           "order": "SO20261123-9876", "payment": "PM20261123-9876", "approval": "AP20261123-9876"}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """A record by its noun and code; `name` is how else it can be said."""

    noun: str
    code: str
    name: str = ""


def nobodys(sample: Sample) -> str:
    """A code of the same form that was never given."""
    return NOBODYS.get(sample.noun) or ("987654" if sample.code.isdigit() else "没有这个")


def prepare(world: World) -> dict[str, Sample]:
    """Makes them all, by the commands that people use."""
    world.load(PEOPLE)
    own: dict[str, Any] = {"ref": "西溪基因"}
    world.run("李雷", "team.add", **own, person="秦只读", access="read")
    world.run("李雷", "team.add", **own, person="夏读写", access="read_write")
    world.run("李雷", "contact.create", **own, name="黄蓉", phone=SECRETS[0], email=SECRETS[1], wechat=SECRETS[2])
    world.run("丁导师", "target.set", person="李雷", period="2026-12", amount=500000)
    world.run("李雷", "opportunity.create", **own, name="二期测序", amount=128000)
    world.run("李雷", "follow_up.add", **own, content=CONTENT)
    world.run("李雷", "follow_up.add", ref="高峰", content=CONTENT)
    with world.context("李雷") as ctx:
        kept = {"kind": "file", "name": "合同.pdf", "source": "dingtalk", "media": "x", "status": "stored", "tries": 1}
        record = world.row(Customer, Customer.name.contains("西溪")).id
        ctx.insert(
            Attachment, noun="customer", record_id=record, person_id=ctx.me.id, at=ctx.now, due_at=ctx.now, **kept
        )
    world.run("李雷", "todo.create", **own, title="寄样品", due_at="2026-11-24T15:00:00+08:00")
    lines = [{"product": "显微镜", "quantity": 2, "discount": 0.96}]
    first = world.run("李雷", "order.create", **own, lines=lines, approver="吴客服").result or {}
    world.run("吴客服", "approval.approve", ref=first["code"])
    world.run("李雷", "payment.create", ref=first["code"], amount=500)
    world.run("李雷", "order.create", **own, lines=lines, approver="吴客服")
    return _samples(world)


def _samples(world: World) -> dict[str, Sample]:
    owned = world.row(Customer, Customer.name.contains("西溪"))
    free = world.row(Customer, Customer.name.contains("海纳"))
    lead, pooled = (world.row(Lead, Lead.name == name) for name in ("高峰", "方敏"))
    payment = world.row(Payment)
    of_payment = world.row(Approval, Approval.noun == "payment")
    waiting = world.rows(Approval, Approval.noun == "order")[-1]
    order = world.row(Order, Order.id == waiting.record_id)
    notes = {row.noun: row for row in world.rows(FollowUp)}
    told = world.rows(Outbox, Outbox.ref == order.code, Outbox.person_id == world.person("吴客服").id)[0]
    entry = world.row(History, History.event == "contact.created")
    return {
        "customer": Sample("customer", owned.code, "西溪基因"),
        "sea customer": Sample("customer", free.code, "海纳生物"),
        "lead": Sample("lead", lead.code, "高峰"),
        "pool lead": Sample("lead", pooled.code, "方敏"),
        "contact": Sample("contact", world.row(Contact).code),
        "opportunity": Sample("opportunity", world.row(Opportunity).code, "二期测序"),
        "follow_up": Sample("follow_up", notes["customer"].code),
        "lead follow_up": Sample("follow_up", notes["lead"].code),
        "attachment": Sample("attachment", world.row(Attachment).code),
        "todo": Sample("todo", world.row(Todo).code, "寄样品"),
        "order": Sample("order", order.code),
        "payment": Sample("payment", payment.code),
        "approval": Sample("approval", waiting.code),
        "payment approval": Sample("approval", of_payment.code),
        "notice": Sample("notice", str(told.id)),
        "history": Sample("history", str(entry.id)),
        "target": Sample("target", world.row(Target).code),
        "sea": Sample("sea", "华东公海"),
        "lead_pool": Sample("lead_pool", "华东线索池"),
        "product": Sample("product", "P001"),
        "person": Sample("person", world.row(Person, Person.name == "李雷").code),
        "department": Sample("department", "华东组"),
        "robot": Sample("robot", "华东群"),
    }

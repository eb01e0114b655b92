"""What `visit.log` takes: one sentence from which several records would be made (domain.md D2)."""

from typing import Annotated

from pydantic import Field

from handlers.args import Arg, Args, Instant, Name, Phone, Quantity, Slot, SubjectRef, Text, Words, Yuan, choice
from handlers.customers.follow_ups import Method

Keep = Annotated[Text, choice("all", "follow_up", 全部="all", 只记跟进="follow_up", 只写跟进="follow_up")]
Make = Annotated[Text, choice("customer", "lead", 建成客户="customer", 新客户="customer", 建成线索="lead", 线索="lead")]


class Wanted(Args):
    """Something that the customer wants."""

    product: Text
    quantity: Quantity


class LogVisit(Args):
    ref: SubjectRef | None = Arg("客户", "编号或名称", default=None, labels=("公司", "线索"))
    contact: Name | None = Arg("联系人", default=None, labels=("对接人",))
    phone: Phone | None = Arg("电话", default=None, labels=("手机", "手机号"))
    content: Words = Arg("跟进内容", labels=("内容",))
    method: Method | None = Arg("方式", default=None)
    wants: Annotated[list[Wanted], Field(max_length=20), Slot("records")] | None = Arg(
        "想要", default=None, labels=("需求",)
    )
    amount: Yuan | None = Arg("预算", default=None, labels=("金额", "预计金额"))
    remind_at: Instant | None = Arg("提醒时间", default=None, labels=("提醒",))
    remind_title: Words | None = Arg("提醒什么", default=None, labels=("提醒内容",))
    make: Make | None = Arg("建成", default=None)
    keep: Keep | None = Arg("记什么", default=None)

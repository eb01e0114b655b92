"""Follow-ups: what was done with a customer or lead, and when to speak next (domain.md A.14)."""

from typing import Annotated

from handlers.args import Arg, Args, Instant, PersonRef, SubjectRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply

Method = Annotated[Text, choice("电话", "拜访", "微信", "邮件", "短信", "会议", "活动", "其他", 打电话="电话", 通话="电话", 去了="拜访", 上门="拜访", 见了="拜访", 开会="会议", 发邮件="邮件", 发了邮件="邮件", 发短信="短信")]  # fmt: skip
Period = Annotated[Text, choice("today", "this_week", "last_week", "this_month", "last_month", 今天="today", 本周="this_week", 这周="this_week", 上周="last_week", 本月="this_month", 这个月="this_month", 上月="last_month", 上个月="last_month")]  # fmt: skip


class AddFollowUp(Args):
    ref: SubjectRef = Arg("客户或线索", "编号或名称")
    content: Words = Arg("跟进内容", labels=("内容",))
    method: Method | None = Arg("方式", default=None)
    next_at: Instant | None = Arg("下次联系", default=None, labels=("下次", "下次跟进"))
    result: Words | None = Arg("结果", default=None)


class ListFollowUps(Args):
    ref: SubjectRef | None = Arg("客户或线索", "编号或名称", default=None)
    person: PersonRef | None = Arg("谁的", default=None)
    period: Period | None = Arg("时间", default=None)


def add_follow_up(ctx: Context, args: AddFollowUp) -> Reply:
    raise NotImplementedError


def list_follow_ups(ctx: Context, args: ListFollowUps) -> Reply:
    raise NotImplementedError


ADD_FOLLOW_UP = Command(
    name="follow_up.add", title="写跟进", says=("(跟进|跟进记录|写跟进|记跟进){ref}{content}", "[刚](拜访|电话|微信|联系)[了]{ref}{content}"),
    examples=("跟进 海豚科技 客户对方案满意 下次 明天下午3点", "写跟进 云图智能 电话沟通了采购预算"), args=AddFollowUp, needs=Permission.CUSTOMER_WRITE, run=add_follow_up,
)  # fmt: skip
LIST_FOLLOW_UPS = Command(
    name="follow_up.list", title="跟进记录", says=("{ref}[的]跟进记录", "{person}{period}[的]跟进[记录]"),
    examples=("海豚科技的跟进记录", "云图智能跟进记录"), args=ListFollowUps, needs=Permission.BASIC, run=list_follow_ups, reads=True,
)  # fmt: skip

COMMANDS = (ADD_FOLLOW_UP, LIST_FOLLOW_UPS,)  # fmt: skip

"""Follow-ups: what was done with a customer or lead, and when to speak next (domain.md A.14)."""

from typing import Annotated

from handlers.args import Arg, Args, Instant, PersonRef, SubjectRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply

Method = Annotated[Text, choice("电话", "拜访", "微信", "邮件", "短信", "会议", "活动", "其他", 打电话="电话", 打了电话="电话", 通话="电话", 通了电话="电话", 上门="拜访", 见了="拜访", 见面="拜访", 面谈="拜访", 走访="拜访", 开会="会议", 开了会="会议", 加了微信="微信", 发邮件="邮件", 发了邮件="邮件", 发短信="短信")]  # fmt: skip
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
    name="follow_up.add", title="写跟进",
    says=(
        "(写跟进|记跟进|补跟进|写一条跟进|记一条跟进|添加跟进|新增跟进|记录跟进|跟进一下|跟进|follow up)[记录|了]"
        "[客户|线索]{ref}{content+}",
        "(给|为)[客户|线索]{ref}(写|记|加|添加|补)[一][条|个|下]跟进[记录]{content+}",
        "[线索|客户]{ref:code}[的]跟进[记录|了|一下]{content+}",
        "(刚刚|刚才|刚|今天|昨天|上午|下午|早上)[去|又]"
        "(电话联系|微信联系|上门拜访|拜访|联系|见|回访|走访|约见|面谈)(了|过)[客户|线索]{ref}{content+}",
        "(电话联系|微信联系|上门拜访|拜访|电话回访|回访|走访)(了|过)[客户|线索]{ref}{content+!}",
        "[刚刚|刚才|刚|今天|昨天]给[客户|线索]{ref}"
        "(打了电话|打电话了|打过电话|打了个电话|发了微信|发微信了|发了邮件|发邮件了|发了短信|去了电话){content+!}",
    ),
    examples=("跟进 恒通机电 客户对方案满意 下次 明天下午3点", "写跟进 云图智能 电话沟通了采购预算"),
    args=AddFollowUp, needs=Permission.CUSTOMER_WRITE, run=add_follow_up,
)  # fmt: skip
LIST_FOLLOW_UPS = Command(
    name="follow_up.list", title="跟进记录",
    says=(
        "[看|查|查看|列出][一下][客户|线索]{ref}[的](跟进记录|跟进历史|跟进情况)",
        "(看|查|查看|列出)[一下][客户|线索]{ref}[的]跟进",
        "[看|查|查看][一下][我|我的]{period}[的]跟进[记录|情况]",
        "[看|查|查看][一下]{person}{period}[的]跟进[记录|情况]",
        "[看|查|查看][一下][我的](跟进记录|跟进历史)",
    ),
    examples=("海豚科技的跟进记录", "云图智能跟进记录"),
    args=ListFollowUps, needs=Permission.BASIC, run=list_follow_ups, reads=True,
)  # fmt: skip

COMMANDS = (ADD_FOLLOW_UP, LIST_FOLLOW_UPS,)  # fmt: skip

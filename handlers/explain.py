"""Why something was or was not sent, and sending it again."""

from handlers.args import Arg, Args, Words
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply


class ExplainNotice(Args):
    ref: Words = Arg("单据", "编号")


class ResendNotice(Args):
    ref: Words = Arg("通知", "通知号或单据编号")


def explain_notice(ctx: Context, args: ExplainNotice) -> Reply:
    raise NotImplementedError


def resend_notice(ctx: Context, args: ResendNotice) -> Reply:
    raise NotImplementedError


EXPLAIN_NOTICE = Command(
    name="notice.explain", title="通知去哪了",
    says=(
        "(为什么|为啥|怎么)[我]没[有]收到{ref}[的](通知|消息|提醒)",
        "{ref}[的](通知|消息|提醒)(发了没|发了吗|发了没有|去哪了|去哪儿了|怎么没收到|为什么没收到|没收到|发没发)",
        "[我]没[有]收到{ref:code}[的](通知|消息|提醒)",
        "(查|看|查看)[一下]{ref:code}[的]通知",
    ),
    examples=("为什么没收到 SO20261123-0001 的通知", "SO20261123-0001的通知去哪了"),
    args=ExplainNotice, needs=Permission.NOTICE, run=explain_notice, reads=True,
)  # fmt: skip
RESEND_NOTICE = Command(
    name="notice.resend", title="重发通知",
    says=(
        "(重发|再发|补发|重新发送|resend)[一下|一遍|一次]{ref:code}[的][通知|消息|提醒]",
        "(重发|再发|补发|重新发送)[一下|一遍|一次]{ref}[的](通知|消息|提醒)",
        "(重发|补发)通知{ref}",
        "[把|将]{ref:code}[的](通知|消息|提醒)(重发|再发|补发|重新发)[一次|一遍|一下]",
    ),
    examples=("重发 SO20261123-0001 的通知", "重发通知 12"),
    args=ResendNotice, needs=Permission.NOTICE, run=resend_notice, undo="通知已重新发出",
)  # fmt: skip

COMMANDS = (EXPLAIN_NOTICE, RESEND_NOTICE,)  # fmt: skip

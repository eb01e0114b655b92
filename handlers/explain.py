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
    name="notice.explain", title="通知去哪了", says=("为什么没[有]收到{ref}[的]通知", "{ref}[的]通知(发了没|去哪了)"),
    examples=("为什么没收到 SO20261123-0001 的通知", "SO20261123-0001的通知去哪了"), args=ExplainNotice, needs=Permission.NOTICE, run=explain_notice, reads=True,
)  # fmt: skip
RESEND_NOTICE = Command(
    name="notice.resend", title="重发通知", says=("重发{ref}[的][通知]",),
    examples=("重发 SO20261123-0001 的通知", "重发通知 12"), args=ResendNotice, needs=Permission.NOTICE, run=resend_notice, undo="通知已重新发出",
)  # fmt: skip

COMMANDS = (EXPLAIN_NOTICE, RESEND_NOTICE,)  # fmt: skip

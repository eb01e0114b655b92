"""Approvals: who decides next, and the decision (domain.md E.3)."""

from typing import Annotated

from handlers.args import Arg, Args, DocumentRef, PersonRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply

Scene = Annotated[Text, choice("waiting", "mine", "done", 待我="waiting", 我发起的="mine", 我提交的="mine", 我审过的="done", 已办="done")]  # fmt: skip


class ListApprovals(Args):
    scene: Scene | None = Arg("范围", default=None)


class Approve(Args):
    ref: DocumentRef = Arg("单据", "编号")
    comment: Words | None = Arg("意见", default=None)


class Reject(Args):
    ref: DocumentRef = Arg("单据", "编号")
    reason: Words = Arg("驳回原因", labels=("原因",))


class Withdraw(Args):
    ref: DocumentRef = Arg("单据", "编号")


class HandOver(Args):
    ref: DocumentRef = Arg("单据", "编号")
    to: PersonRef = Arg("转给谁", labels=("审批人",))


class Urge(Args):
    ref: DocumentRef = Arg("单据", "编号")


def list_approvals(ctx: Context, args: ListApprovals) -> Reply:
    raise NotImplementedError


def approve(ctx: Context, args: Approve) -> Reply:
    raise NotImplementedError


def reject(ctx: Context, args: Reject) -> Reply:
    raise NotImplementedError


def withdraw(ctx: Context, args: Withdraw) -> Reply:
    raise NotImplementedError


def hand_over(ctx: Context, args: HandOver) -> Reply:
    raise NotImplementedError


def urge(ctx: Context, args: Urge) -> Reply:
    raise NotImplementedError


LIST_APPROVALS = Command(
    name="approval.list", title="待我审批", says=("待我(审批|审核)[的]", "{scene}[的]审批", "[我的]审批列表"),
    examples=("待我审批", "我发起的审批"), args=ListApprovals, needs=Permission.BASIC, run=list_approvals, reads=True,
)  # fmt: skip
APPROVE = Command(
    name="approval.approve", title="同意", says=("(同意|通过|批准){ref}{comment}", "{ref}(通过|同意|批准)"),
    examples=("同意 SO20261123-0001", "SO20261123-0004 通过"), args=Approve, needs=Permission.APPROVE, run=approve, undo="审批结果不能撤销,请走变更",
)  # fmt: skip
REJECT = Command(
    name="approval.reject", title="驳回", says=("(驳回|拒绝|不同意){ref}{reason}", "{ref}(驳回|拒绝|不同意){reason}"),
    examples=("驳回 SO20261123-0002 折扣太低", "SO20261123-0002 驳回 毛利不够"), args=Reject, needs=Permission.APPROVE, run=reject, undo="审批结果不能撤销,请提交人重新提交",
)  # fmt: skip
WITHDRAW = Command(
    name="approval.withdraw", title="撤回", says=("撤回[订单|回款]{ref}", "{ref}撤回"),
    examples=("撤回订单 SO20261123-0005", "撤回 SO20261123-0005"), args=Withdraw, needs=Permission.BASIC, run=withdraw, undo="已撤回,修改后可以重新提交",
)  # fmt: skip
HAND_OVER = Command(
    name="approval.hand_over", title="转交审批", says=("{ref}转[交]给{to}[审批]", "把{ref}转[交]给{to}[审批]"),
    examples=("SO20261123-0006 转给李总审批", "把SO20261123-0006转交给王经理"), args=HandOver, needs=Permission.APPROVE, run=hand_over, undo="已转交,可请对方转回",
)  # fmt: skip
URGE = Command(
    name="approval.urge", title="催办", says=("(催办|催一下|催){ref}", "{ref}(催办|催一下)"),
    examples=("催办 SO20261123-0001", "催一下 SO20261123-0001"), args=Urge, needs=Permission.BASIC, run=urge, undo="催办已发出",
)  # fmt: skip

COMMANDS = (LIST_APPROVALS, APPROVE, REJECT, WITHDRAW, HAND_OVER, URGE,)  # fmt: skip

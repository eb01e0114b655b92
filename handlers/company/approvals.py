"""Approvals: who decides next, and the decision (domain.md E.3)."""

from typing import Annotated

from handlers.args import Arg, Args, DocumentRef, PersonRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply

Scene = Annotated[Text, choice("waiting", "mine", "done", 待我="waiting", 我发起的="mine", 我提交的="mine", 我的="mine", 我审过的="done", 我批过的="done", 已审批="done", 已办="done")]  # fmt: skip


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
    name="approval.list", title="待我审批",
    says=(
        "[看看|看|查|查看|有哪些][一下]待我(审批|审核|批|审|处理)[的][单据|单子|订单|审批|列表]",
        "[看看|看|查|查看|列出|有哪些][一下]{scene}[的](审批|审核)[单|列表|有哪些]",
        "[我的]审批(列表|清单)",
        "[还]有(什么|哪些|多少)(要|需要|等)我(审批|审核|批)[的]",
        "[我的](待审批|待审核)[列表|单据|的单据]",
    ),
    examples=("有哪些要我审批", "我发起的审批"),
    args=ListApprovals, needs=Permission.BASIC, run=list_approvals, reads=True,
)  # fmt: skip
APPROVE = Command(
    name="approval.approve", title="同意",
    says=(
        "(同意|通过|批准|审批通过|approve)[一下|了][订单|回款]{ref}[{comment}]",
        "[订单|回款]{ref}[审批|审核][我](通过|同意|批准|approve)[了][{comment}]",
    ),
    examples=("同意 SO20261123-0001", "SO20261123-0008 批准"),
    args=Approve, needs=Permission.APPROVE, run=approve, undo="审批结果不能撤销,请走变更",
)  # fmt: skip
REJECT = Command(
    name="approval.reject", title="驳回",
    says=(
        "(驳回|拒绝|不同意|打回|不通过|不批准|reject)[一下|了][订单|回款]{ref}[原因[是|为]|因为|理由[是]]{reason}",
        "[把|将][订单|回款]{ref}[审批|审核](驳回|拒绝|不同意|打回|不通过|不批准|reject)[了][原因[是|为]|因为|理由"
        "[是]]{reason}",
    ),
    examples=("驳回 SO20261123-0009 价格低于成本", "SO20261123-0002 驳回 毛利不够"),
    args=Reject, needs=Permission.APPROVE, run=reject, undo="审批结果不能撤销,请提交人重新提交",
)  # fmt: skip
WITHDRAW = Command(
    name="approval.withdraw", title="撤回",
    says=(
        "(撤回|收回|撤)[一下][我的|我提交的][订单|回款|审批|申请]{ref}[的][审批|申请]",
        "[把|将][我的][订单|回款]{ref}[的][审批|申请](撤回|收回|撤了|撤掉)[来|了]",
        "撤销[订单|回款]{ref}[的](审批|申请|提交)",
    ),
    examples=("撤回订单 SO20261123-0010", "撤回 SO20261123-0005"),
    args=Withdraw, needs=Permission.BASIC, run=withdraw, undo="已撤回,修改后可以重新提交",
)  # fmt: skip
HAND_OVER = Command(
    name="approval.hand_over", title="转交审批",
    says=(
        "[把|将][订单|回款]{ref}[的][审批](转给|转交给|转交|移交给|交给|交由|转由|改由){to}"
        "[审批|审核|来审批|处理|来批|批|来审]",
        "(转交|移交)[审批][订单|回款]{ref}[的][审批]给{to}",
        "[订单|回款]{ref}让{to}(审批|审核|来批|来审批|批|审)",
    ),
    examples=("SO20261123-0011 转给林总审批", "把SO20261123-0006转交给王经理"),
    args=HandOver, needs=Permission.APPROVE, run=hand_over, undo="已转交,可请对方转回",
)  # fmt: skip
URGE = Command(
    name="approval.urge", title="催办",
    says=(
        "(催办|催一下|催一催|催催|催下|催|加急|urge)[订单|回款|审批]{ref}[的][审批]",
        "[订单|回款|审批]{ref}(催办|催一下|催一催|催催|催下|加急)[一下][审批]",
    ),
    examples=("催办 SO20261123-0001", "催一下 SO20261123-0001"),
    args=Urge, needs=Permission.BASIC, run=urge, undo="催办已发出",
)  # fmt: skip

COMMANDS = (LIST_APPROVALS, APPROVE, REJECT, WITHDRAW, HAND_OVER, URGE,)  # fmt: skip

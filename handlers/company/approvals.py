"""Approvals: who decides next, and the decision (domain.md E.3)."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from sqlalchemy import func, select

from cards import labels
from handlers.args import Arg, Args, DocumentRef, DocumentRefs, PersonRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.company import approval_notices, deciding, documents
from handlers.company.approval_cards import shown, tasks_of
from handlers.company.approval_finding import to_decide, to_follow
from handlers.company.approval_many import approve_many, look_twice
from handlers.company.approval_view import APPROVAL, SCENES, present
from handlers.company.stepping import here, sits_here
from handlers.context import Context
from handlers.finding import find_person
from handlers.nouns import one
from handlers.presenting import instant
from handlers.reply import Reply
from models.base import Json
from models.company.approval import Approval
from models.errors import Conflict, Invalid, Limit, MissingArgument
from models.rows import fetch_all

URGE_EVERY = timedelta(hours=2)
Scene = Annotated[
    Text,
    choice(
        "waiting",
        "mine",
        "done",
        待我="waiting",
        我发起的="mine",
        我提交的="mine",
        我的="mine",
        我审过的="done",
        我批过的="done",
        已审批="done",
        已办="done",
    ),
]


class ListApprovals(Args):
    scene: Scene | None = Arg("范围", default=None)


class Approve(Args):
    ref: DocumentRef | None = Arg("单据", "编号", default=None)
    refs: DocumentRefs | None = Arg("单据", "多个编号", default=None)
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
    """The oldest first of those that wait, else the newest."""
    scene = args.scene or "waiting"
    where = [APPROVAL.gate(ctx), SCENES[scene](ctx)]
    order = Approval.id if scene == "waiting" else Approval.id.desc()
    rows = fetch_all(ctx.db, Approval, *where, order_by=[order], limit=20)
    total = ctx.db.execute(select(func.count()).select_from(Approval).where(*where)).scalar_one()
    result: Json = {"items": present(ctx, rows), "total": total}
    return Reply("company/approval_list", {"scene": scene, **result}, result=result)


def approve(ctx: Context, args: Approve) -> Reply:
    """The actor's yes; whether more people must agree is the flow's business. Several at once are one flow's, each
    within what may be decided without looking at it (E.3.2)."""
    refs = list(dict.fromkeys(args.refs or ([args.ref] if args.ref else [])))
    if not refs:
        raise MissingArgument("ref", "要同意哪一张单据？请说编号，或说「待我审批」")
    if len(refs) > 1:
        return approve_many(ctx, refs, args.comment)
    approval, task = to_decide(ctx, refs[0])
    look_twice(ctx, approval)
    return shown(ctx, deciding.vote(ctx, approval, task, agree=True, comment=args.comment))


def reject(ctx: Context, args: Reject) -> Reply:
    """One no is enough, in every mode; the reason goes to the submitter."""
    approval, task = to_decide(ctx, args.ref)
    return shown(ctx, deciding.vote(ctx, approval, task, agree=False, comment=args.reason))


def withdraw(ctx: Context, args: Withdraw) -> Reply:
    """By submitter or owner while it is undecided; the document can be changed and submitted again."""
    approval, _ = to_follow(ctx, args.ref, "撤回")
    return _document(ctx, deciding.withdraw(ctx, approval), "已撤回")


def hand_over(ctx: Context, args: HandOver) -> Reply:
    """The actor's turn goes to somebody else, never to who submitted it or is asked already."""
    approval, task = to_decide(ctx, args.ref)
    person = find_person(ctx, args.to)
    if person.id == ctx.me.id:
        raise Invalid("to", "不能转交给自己", next_step="可以直接同意或驳回")
    if person.id == approval.submitter_id:
        raise Invalid("to", f"不能转交给提交人{person.name}", "不能审批自己提交的单据", "请转交给别的同事")
    if sits_here(here(ctx, approval), person.id):
        raise Conflict(f"{person.name}已经在这一步的审批人里", next_step="请转交给别的同事")
    return shown(ctx, deciding.hand_over(ctx, approval, task, person.id))


def urge(ctx: Context, args: Urge) -> Reply:
    """By submitter or owner, at most once in two hours (E.3.2); who waits is asked again."""
    approval, row = to_follow(ctx, args.ref, "催办")
    again = approval.urged_at + URGE_EVERY if approval.urged_at is not None else None
    if again is not None and ctx.now < again:
        last, free = (labels.when(instant(ctx, at), instant(ctx, ctx.now)) for at in (approval.urged_at, again))
        raise Limit("刚催过，不用再催", f"每 2 小时最多催一次，上次是 {last}", f"{free} 之后可以再催")
    approval = ctx.save(approval, urged_at=ctx.now)
    waiting = [task.approver_id for task in tasks_of(ctx, approval) if task.status == "waiting"]
    approval_notices.ask(ctx, approval, waiting, "approval.urged")
    ctx.refresh_cards("approval", approval.id)
    ctx.record(f"{approval.noun}.urged", row, customer_id=row.customer_id, facts={"approval": approval.code})
    return _document(ctx, approval, "已催办")


def _document(ctx: Context, approval: Approval, title: str) -> Reply:
    """The document's card; the API gets the approval."""
    row = documents.of(ctx, approval)
    card = documents.kind_of(row).shown(ctx, row, title=f"{title} {row.code}")
    return replace(card, result=one(ctx, APPROVAL, approval))


LIST_APPROVALS = Command(
    name="approval.list", title="待我审批",
    says=(
        "[看看|看|查|查看|有哪些][一下|下]待我(审批|审核|批|审|处理)[的][单据|单子|订单|审批|列表]"
        "[有哪些|有多少|有几个]",
        "[看看|看|查|查看|列出|有哪些][一下|下]{scene}[的](审批|审核)[单|列表|有哪些]",
        "[我的]审批(列表|清单)",
        "[还]有(没有|什么|哪些|多少|几个)(要|需要|等|待)我(审批|审核|批|审)[的][单子|单据|订单]",
        "(审批|我的审批|pending approvals|my approvals)",
        "[我的](待审批|待审核)[列表|单据|的单据]",
    ),
    examples=("有哪些要我审批", "我发起的审批"),
    args=ListApprovals, needs=Permission.BASIC, run=list_approvals, reads=True,
)  # fmt: skip
APPROVE = Command(
    name="approval.approve", title="同意",
    says=(
        "(同意|通过|批准|审批通过|approve)[一下|下|了][订单|回款]{ref}[{comment}]",
        "(同意|通过|批准|审批通过|approve)[一下|下|了][这些|以下][订单|回款|单据]{refs}[都|全部]",
        "{refs}[都|全部](同意|通过|批准)[了]",
        "[订单|回款]{ref}[审批|审核][我][可以|没问题|好的|ok](通过|同意|批准|approve)[了][{comment}]",
    ),
    examples=("同意 SO20261123-0001", "SO20261123-0008 批准"),
    args=Approve, needs=Permission.APPROVE, run=approve, undo="审批结果不能撤销，请走变更",
)  # fmt: skip
REJECT = Command(
    name="approval.reject", title="驳回",
    says=(
        "(驳回|拒绝|不同意|打回|不通过|不批准|reject)[一下|下|了][订单|回款]{ref}[原因[是|为]|因为|理由[是]]"
        "{reason}",
        "[把|将][订单|回款]{ref}[审批|审核](驳回|拒绝|不同意|打回|不通过|不批准|reject)[了][原因[是|为]|因为|理由"
        "[是]]{reason}",
    ),
    examples=("驳回 SO20261123-0009 价格低于成本", "SO20261123-0002 驳回 毛利不够"),
    args=Reject, needs=Permission.APPROVE, run=reject, undo="审批结果不能撤销，请提交人重新提交",
)  # fmt: skip
WITHDRAW = Command(
    name="approval.withdraw", title="撤回",
    says=(
        "(撤回|收回|撤|withdraw)[一下|下][我的|我提交的][订单|回款|审批|申请]{ref}[的][审批|申请]",
        "[把|将][我的][订单|回款]{ref}[的][审批|申请](撤回|收回|撤了|撤掉)[来|了]",
        "撤销[订单|回款]{ref}[的](审批|申请|提交)",
    ),
    examples=("撤回订单 SO20261123-0010", "撤回 SO20261123-0005"),
    args=Withdraw, needs=Permission.BASIC, run=withdraw, undo="已撤回，修改后可以重新提交",
)  # fmt: skip
HAND_OVER = Command(
    name="approval.hand_over", title="转交审批",
    says=(
        "[把|将][订单|回款]{ref}[的][审批](转给|转交给|转交|移交给|交给|交由|转由|改由){to}"
        "[审批|审核|来审批|处理|来批|批|来审|审]",
        "(转交|移交)[审批][订单|回款]{ref}[的][审批]给{to}",
        "[订单|回款]{ref}让{to}(审批|审核|来批|来审批|批|审)",
        "[把|将][订单|回款]{ref}[的][审批]转{to}[审批|审核|处理]",
    ),
    examples=("SO20261123-0011 转给林总审批", "把SO20261123-0006转交给王经理"),
    args=HandOver, needs=Permission.APPROVE, run=hand_over, undo="已转交，可请对方转回",
)  # fmt: skip
URGE = Command(
    name="approval.urge", title="催办",
    says=(
        "(催办|催一下|催一催|催催|催下|催|加急|urge)[订单|回款|审批]{ref}[的][审批]",
        "[订单|回款|审批]{ref}(催办|催一下|催一催|催催|催下|加急)[一下|下][审批]",
    ),
    examples=("催办 SO20261123-0001", "催一下 SO20261123-0001"),
    args=Urge, needs=Permission.BASIC, run=urge, undo="催办已发出",
)  # fmt: skip

COMMANDS = (LIST_APPROVALS, APPROVE, REJECT, WITHDRAW, HAND_OVER, URGE,)  # fmt: skip

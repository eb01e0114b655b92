"""Which approval is meant by a code, and why it is not this person's to decide (contract.md Chat)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from cards import labels
from handlers import permits
from handlers.company import documents, turns
from handlers.company.approval_cards import tasks_of
from handlers.context import Context
from handlers.finding import find
from handlers.presenting import instant, money, people
from models.codes import noun_of
from models.company.approval import Approval, ApprovalTask
from models.errors import Ambiguous, Conflict, Forbidden, HaitunError, NotFound, Stale
from models.money.order import Order, Payment
from models.rows import fetch_all, fetch_one

SAID = {"approved": "同意", "rejected": "驳回", "handed_over": "转交", "returned": "退回"}
STATES = {"approved": "已通过", "rejected": "已驳回", "withdrawn": "已撤回", "void": "已通过，但没有执行"}


def to_decide(ctx: Context, ref: str) -> tuple[Approval, ApprovalTask]:
    """Among the approvals that wait for the actor the one for that document or about it, locked, with his task.

    Raises `Ambiguous`, else says why there is none: `NotFound`, `Forbidden`, or `Conflict` with who decided when.
    """
    mine = exists(_my_tasks(ctx).where(ApprovalTask.status == "waiting"))
    found = fetch_all(
        ctx.db, Approval, _meant(ref), mine, Approval.decided_at.is_(None), order_by=[Approval.id], limit=6
    )
    if len(found) > 1:
        raise Ambiguous("ref", ref, [(one.ref, _label(one)) for one in found])
    approval = locked(ctx, found[0]) if found else _seen(ctx, ref)
    task = fetch_one(
        ctx.db,
        ApprovalTask,
        ApprovalTask.approval_id == approval.id,
        ApprovalTask.approver_id == ctx.me.id,
        ApprovalTask.status == "waiting",
    )
    if task is None or approval.decided_at is not None:
        raise _why_not(ctx, approval)
    _check_version(ctx, ref, approval)
    return approval, task


def to_follow(ctx: Context, ref: str, doing: str) -> tuple[Approval, documents.Row]:
    """The open approval of a document of the actor's, locked, and the document: to be withdrawn or urged.

    Raises `NotFound`, `Forbidden` for somebody else's, `Conflict` when it is decided.
    """
    noun = noun_of(ref)
    if noun is not None and noun in documents.KINDS:
        row = find(ctx, documents.KINDS[noun].noun, ref)
        newest = _newest(ctx, and_(Approval.noun == noun, Approval.record_id == row.id))
        if newest is None:
            raise Conflict(f"{row.code} 没有在审批", f"现在是{labels.status(row.status)}", "可以直接查看它")
        approval = newest
    else:
        approval = _seen(ctx, ref)
        row = documents.of(ctx, approval)
    approval = locked(ctx, approval)
    if ctx.me.id not in (approval.submitter_id, row.owner_id):
        who = people(ctx, [approval.submitter_id])[approval.submitter_id]["name"]
        raise Forbidden(f"不能{doing}别人的单据", f"{row.code} 由{who}提交", f"请联系{who}")
    if approval.decided_at is not None:
        raise _decided(ctx, approval, tasks_of(ctx, approval))
    return approval, row


def to_retrieve(ctx: Context, ref: str) -> tuple[Approval, ApprovalTask]:
    """The newest approval that `ref` means and that the actor has agreed to, locked, with his task.

    Raises `NotFound`, or `Conflict` where he has not agreed to it.
    """
    said = exists(_my_tasks(ctx).where(ApprovalTask.status == "approved"))
    found = _newest(ctx, _meant(ref), said, Approval.decided_at.is_(None)) or _seen(ctx, ref)
    approval = locked(ctx, found)
    own = [t for t in tasks_of(ctx, approval) if t.approver_id == ctx.me.id and t.status == "approved"]
    if not own:
        next_step = f"要决定它，可以说「同意 {approval.ref}」" if approval.decided_at is None else "不用再处理"
        raise Conflict(f"没有可以取回的审批 {approval.ref}", "只能取回自己的同意", next_step)
    return approval, own[-1]


def to_answer(ctx: Context, ref: str) -> Approval:
    """The newest approval that `ref` means, of the actor's own, locked. Raises as `to_follow` does."""
    return to_follow(ctx, ref, "回答")[0]


def locked(ctx: Context, approval: Approval) -> Approval:
    """The same row, as it is under its lock."""
    found = fetch_one(ctx.db, Approval, id=approval.id, lock=True)
    if found is None:
        raise NotFound(f"没找到审批「{approval.ref}」")
    return found


def _meant(ref: str) -> ColumnElement[bool]:
    """Its own code, its document's, or the order's that its payment is for."""
    code = ref.strip().upper()
    payments = select(Payment.id).join(Order, Order.id == Payment.order_id).where(Order.code == code)
    about = and_(Approval.noun == "payment", Approval.record_id.in_(payments))
    return or_(Approval.code == code, Approval.ref == code, about)


def _my_tasks(ctx: Context) -> Any:
    return select(1).where(ApprovalTask.approval_id == Approval.id, ApprovalTask.approver_id == ctx.me.id)


def _newest(ctx: Context, *where: ColumnElement[bool]) -> Approval | None:
    found = fetch_all(ctx.db, Approval, *where, order_by=[Approval.id.desc()], limit=1)
    return found[0] if found else None


def _seen(ctx: Context, ref: str) -> Approval:
    """The newest approval with this code (or of the document with it) that the actor may see."""
    code = ref.strip().upper()
    kinds = [documents.KINDS[noun].noun for noun in documents.KINDS]
    visible = [
        and_(Approval.noun == noun.name, Approval.record_id.in_(select(_ident(noun)).where(noun.gate(ctx))))
        for noun in kinds
    ]
    of_it = or_(Approval.code == code, Approval.ref == code)
    found = _newest(ctx, of_it, or_(permits.approvals(ctx), *visible))
    if found is None:
        raise NotFound(f"没找到审批「{ref}」", next_step="说「待我审批」看等你处理的单据")
    return found


def _ident(noun: Any) -> Any:
    return noun.model.id


def _why_not(ctx: Context, approval: Approval) -> HaitunError:
    """Why this approval is not the actor's to decide now."""
    tasks = tasks_of(ctx, approval)
    own = [task for task in tasks if task.approver_id == ctx.me.id and task.status in SAID]
    if approval.decided_at is not None:
        return _decided(ctx, approval, tasks)
    if own:
        when = _when(ctx, own[-1].decided_at)
        return Conflict(f"你已经{SAID[own[-1].status]}过 {approval.ref}", when, "不用再处理")
    waiting = [task.approver_id for task in tasks if task.status == "waiting"]
    names = "、".join(one["name"] for one in turns.as_people(ctx, waiting))
    if approval.submitter_id == ctx.me.id:
        return Forbidden(
            "不能审批自己提交的单据", f"{approval.ref} 正在等{names}审批", f"可以说「催办 {approval.ref}」"
        )
    later = any(task.approver_id == ctx.me.id and task.status == "next" for task in tasks)
    next_step = "轮到你时会通知你" if later else f"如需你来审批，请{names}转交给你"
    return Forbidden(f"{approval.ref} 现在不由你审批", f"正在等{names}审批", next_step)


def _decided(ctx: Context, approval: Approval, tasks: Sequence[ApprovalTask]) -> HaitunError:
    """Who decided what and when."""
    spoken = [task for task in tasks if task.status == approval.status and task.decided_at == approval.decided_at]
    by = spoken[-1].approver_id if spoken else approval.submitter_id
    who = people(ctx, [by])[by]["name"]
    verb = {"approved": "同意", "rejected": "驳回", "withdrawn": "撤回", "void": "同意"}[approval.status]
    reason = f"，原因：{approval.reason}" if approval.reason else ""
    detail = f"{who}于 {_when(ctx, approval.decided_at)} {verb}{reason}"
    return Conflict(f"{approval.ref} {STATES[approval.status]}", detail, "不用再处理")


def _when(ctx: Context, at: Any) -> str:
    return labels.when(instant(ctx, at), instant(ctx, ctx.now))


def _label(approval: Approval) -> str:
    return f"{labels.noun(approval.noun)} {money(approval.amount_fen)} 元"


def _check_version(ctx: Context, ref: str, approval: Approval) -> None:
    """If-Match names the version of what the code names: the approval, or its document."""
    if ctx.expected_version is None:
        return
    row = approval if noun_of(ref) == "approval" else documents.of(ctx, approval)
    if row.version != ctx.expected_version:
        detail = f"你依据的是第 {ctx.expected_version} 版，现在是第 {row.version} 版"
        raise Stale("刚被别人改过", detail, "请刷新后再试")

"""What an approver may do besides yes and no: ask for a signature, send back, take back (domain.md E.3.2)."""

from collections.abc import Sequence

from handlers.company import approval_notices as notices
from handlers.company import approving, deciding, flows, patience, stepping
from handlers.company.approval_cards import tasks_of
from handlers.company.rounds import kept, round_of
from handlers.context import Context
from models.company.approval import Approval, ApprovalTask
from models.errors import Conflict


def add_sign(ctx: Context, approval: Approval, task: ApprovalTask, person: int, *, before: bool) -> Approval:
    """Somebody else signs, too: `before` the actor, who waits for it, or after his yes. A child task of his."""
    row = deciding.unchanged(ctx, approval)
    clock = patience.asked_now(ctx, stepping.patience_of(approval)) if before else {}
    stepping.make_task(
        ctx, approval, turn=task.turn, approver_id=person, handed_by_id=ctx.me.id, parent_id=task.id,
        placement="before" if before else "after", status="waiting" if before else "next",
        why=f"{ctx.me.name}请你{'先' if before else '一起'}审核", **clock,
    )  # fmt: skip
    if before:
        ctx.save(task, status="held", next_at=None)
        notices.ask(ctx, approval, [person])
    stepping.refresh(ctx, approval, row)
    facts = {"approval": approval.code, "to": person, "before": before}
    ctx.record(f"{approval.noun}.sign_added", row, customer_id=row.customer_id, facts=facts)
    return approval


def return_to_step(ctx: Context, approval: Approval, task: ApprovalTask, number: int, reason: str | None) -> Approval:
    """Back to an earlier step, which is asked again; what was said there stays in the history."""
    row = deciding.unchanged(ctx, approval)
    ctx.save(task, status="returned", comment=reason, decided_at=ctx.now, next_at=None)
    stepping.cancel(ctx, [one for one in stepping.here(ctx, approval) if one.id != task.id])
    policy = stepping.policy_of(approval)
    one = round_of(approval.steps[number])
    office = flows.office_of(ctx, approval.submitter_id, one.people, policy=policy)
    settled = approving.settle(office, [one])
    one = settled[0] if settled else one
    steps = [*approval.steps[:number], kept(one), *approval.steps[number + 1 :]]
    _retire(ctx, approval, number)
    status = "in_review" if number > 0 else "pending"
    approval, row = ctx.save(approval, step=number, steps=steps, status=status), ctx.save(row, status=status)
    asked = stepping.open_round(ctx, approval, one)
    notices.ask(ctx, approval, asked)
    stepping.refresh(ctx, approval, row)
    facts = {"approval": approval.code, "step": number + 1, "comment": reason}
    ctx.record(f"{approval.noun}.returned", row, customer_id=row.customer_id, facts=facts)
    return approval


def _retire(ctx: Context, approval: Approval, number: int) -> None:
    """What was decided from this step on counts no more: it is asked again."""
    for task in tasks_of(ctx, approval):
        if number <= task.step and task.status in ("approved", "rejected"):
            ctx.save(task, status="returned")


def return_to_submitter(ctx: Context, approval: Approval, task: ApprovalTask, reason: str | None) -> Approval:
    """To be completed: rejected for now; submitted again with the guarded fields as they were it goes on here."""
    row = deciding.unchanged(ctx, approval)
    said = f"请补充：{reason}" if reason else "请补充后重新提交"
    ctx.save(task, status="returned", comment=reason, decided_at=ctx.now, next_at=None)
    stepping.cancel(ctx, [one for one in stepping.here(ctx, approval) if one.id != task.id])
    approval = ctx.save(approval, resume_step=approval.step)
    stepping.refresh(ctx, approval, row)
    approval, row = stepping.close(ctx, approval, row, "rejected", by=ctx.me.id, reason=said)
    facts = {"approval": approval.code, "comment": reason}
    ctx.record(f"{approval.noun}.returned", row, customer_id=row.customer_id, facts=facts)
    return approval


def retrieve(ctx: Context, approval: Approval, task: ApprovalTask) -> Approval:
    """The actor's own yes is taken back, whoever was not asked any more because of it is asked again. Raises `Conflict`
    where the next step was touched, or the step is one that others have spoken in too."""
    tasks = tasks_of(ctx, approval)
    _refuse_retrieving(approval, task, tasks)
    row = deciding.unchanged(ctx, approval)
    stepping.cancel(ctx, [one for one in tasks if one.step > task.step])
    approval = ctx.save(approval, step=task.step)
    clock = patience.asked_now(ctx, stepping.patience_of(approval))
    ctx.save(task, status="waiting", comment=None, decided_at=None, **clock)
    dropped = [one for one in tasks if one.step == task.step and one.status == "cancelled"]
    again = [one for one in dropped if one.decided_at == task.decided_at]
    for one in again:
        ctx.save(one, status="waiting", decided_at=None, **clock)
    status = "in_review" if any(one.step < task.step and one.status == "approved" for one in tasks) else "pending"
    approval, row = ctx.save(approval, status=status), ctx.save(row, status=status)
    notices.ask(ctx, approval, [one.approver_id for one in again])
    stepping.refresh(ctx, approval, row)
    ctx.record(f"{approval.noun}.retrieved", row, customer_id=row.customer_id, facts={"approval": approval.code})
    return approval


def _refuse_retrieving(approval: Approval, task: ApprovalTask, tasks: Sequence[ApprovalTask]) -> None:
    title = f"{approval.ref} 不能取回了"
    if approval.decided_at is not None:
        raise Conflict(title, "审批已经结束", "如需变更，请提交人重新提交")
    mode = round_of(approval.steps[task.step]).mode
    here = [one for one in tasks if one.step == task.step]
    if (mode != "any" and len([one for one in here if one.parent_id is None]) > 1) or any(
        one.parent_id is not None and one.placement != "beside" for one in here
    ):
        raise Conflict(title, "会签、依次审批和加签的步骤不能取回", "请联系下一位审批人驳回或退回")
    if any(one.step > task.step and one.status not in ("waiting", "next") for one in tasks):
        raise Conflict(title, "下一步已经有人处理", f"可以请对方说「{approval.ref} 退回到第 {task.step + 1} 步」")

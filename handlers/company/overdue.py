"""Approvals that wait too long, in working hours: reminded, then joined by the superior; never agreed to (E.3.6)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from handlers.company import approval_notices as notices
from handlers.company import approving, documents, flows, stepping
from handlers.company.leaves import working_time
from handlers.company.patience import passed, stages
from handlers.context import Context
from models.company.approval import Approval, ApprovalTask
from models.rows import fetch_one

TOO_LONG = "超时未处理，按流程自动驳回"


def due(ctx: Context) -> list[int]:
    """Approvals one of whose tasks the clock has to look at."""
    tasks = select(ApprovalTask.approval_id).where(*_due(ctx)).distinct()
    return sorted(ctx.db.execute(tasks).scalars())


def _due(ctx: Context) -> tuple[Any, ...]:
    return (ApprovalTask.status == "waiting", ApprovalTask.paused_at.is_(None), ApprovalTask.next_at <= ctx.now)


def press(ctx: Context, ident: int) -> None:
    """All that is due for this approval by now, decided again under its lock; a second time does nothing."""
    approval = fetch_one(ctx.db, Approval, Approval.id == ident, Approval.decided_at.is_(None), lock=True)
    if approval is None:
        return
    tasks = stepping.here(ctx, approval)
    line, hours = stages(stepping.patience_of(approval)), working_time(ctx)
    reminded: list[int] = []
    for task in tasks:
        if task.status != "waiting" or task.paused_at is not None or task.next_at is None or task.next_at > ctx.now:
            continue
        acts, nudged, again = passed(line, task.nudged, task.next_at, ctx.now, hours)
        task = ctx.save(task, nudged=nudged, next_at=again, reminded_at=ctx.now)
        if "reject" in acts:
            _reject(ctx, approval, task)
            return
        if "escalate" not in acts or not _join(ctx, approval, task, tasks):
            reminded.append(task.approver_id)
    notices.ask(ctx, approval, reminded, "approval.reminded")


def _join(ctx: Context, approval: Approval, task: ApprovalTask, tasks: Sequence[ApprovalTask]) -> bool:
    """The superior may decide in his stead from now on; False where there is none who is not asked already."""
    office = flows.office_of(ctx, approval.submitter_id, [task.approver_id], policy=stepping.policy_of(approval))
    heir = approving.stand_in(office, task.approver_id)
    if heir is None or heir == task.approver_id or stepping.sits_here(tasks, heir):
        return False
    name = office.people[task.approver_id].name
    why = f"{name}超时未处理，请你一起审批，任一人处理即可"
    stepping.make_task(
        ctx,
        approval,
        turn=task.turn,
        approver_id=heir,
        parent_id=task.id,
        placement="beside",
        status="waiting",
        why=why,
    )
    row = documents.of(ctx, approval)
    notices.ask(ctx, approval, [heir])
    stepping.refresh(ctx, approval, row)
    facts = {"approval": approval.code, "from": task.approver_id, "to": heir}
    ctx.record(f"{approval.noun}.escalated", row, customer_id=row.customer_id, facts=facts)
    return True


def _reject(ctx: Context, approval: Approval, task: ApprovalTask) -> None:
    row = documents.of(ctx, approval, lock=True)
    ctx.save(task, status="rejected", comment=TOO_LONG, decided_at=ctx.now, next_at=None)
    approval, row = stepping.proceed(ctx, approval, row, by=None, reason=TOO_LONG)
    event = approval.status if approval.decided_at is not None else "step_rejected"
    ctx.record(f"{approval.noun}.{event}", row, customer_id=row.customer_id, facts={"approval": approval.code})

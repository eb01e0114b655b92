"""Running an approval: rounds opened, votes taken, the document moved (domain.md E.3).

Lock order: the approval, then its document, then the customer.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from handlers.company import approval_notices as notices
from handlers.company import approving, documents, flows
from handlers.company.approval_cards import tasks_of
from handlers.company.approving import Round, Seat, Vote
from handlers.context import Context
from models.base import Json
from models.codes import dated_code
from models.company.approval import UNDECIDED, Approval, ApprovalTask
from models.errors import Conflict
from models.rows import fetch_one

OPEN = ("waiting", "next")


def begin(ctx: Context, row: documents.Row, plan: flows.Plan) -> Approval | None:
    """Asks the first round, or approves at once where the plan has none. The caller records the document before."""
    if not plan.rounds:
        row = documents.kind_of(row).settle(ctx, row)
        ctx.record(f"{documents.noun_of(row)}.approved", row, customer_id=row.customer_id, facts={"auto": True})
        notices.decided(ctx, row, "approved", approval=None, by=None)
        return None
    approval = ctx.insert(
        Approval,
        code=dated_code(ctx.db, "approval", ctx.today),
        noun=documents.noun_of(row),
        record_id=row.id,
        ref=row.code,
        submitter_id=ctx.me.id,
        customer_id=row.customer_id,
        amount_fen=row.amount_fen,
        rule_version=plan.rule_version or None,
        steps=[_kept(one) for one in plan.rounds],
        step=0,
        snapshot=documents.kind_of(row).snapshot(ctx, row),
        status="pending",
        platform=ctx.platform,
    )
    asked = _open(ctx, approval, plan.rounds[0])
    notices.request(ctx, approval, asked)
    return approval


def _kept(one: Round) -> Json:
    return {"mode": one.mode, "approvers": list(one.people), "why": [seat.why for seat in one.seats]}


def _rounds(steps: Sequence[Json]) -> list[Round]:
    return [
        Round(step["mode"], tuple(Seat(*seat) for seat in zip(step["approvers"], step["why"], strict=True)))
        for step in steps
    ]


def _open(ctx: Context, approval: Approval, one: Round) -> list[int]:
    """Makes the tasks of a round; returns whose turn it is."""
    asked = []
    for turn, seat in enumerate(one.seats):
        status = "next" if one.mode == "sequential" and turn else "waiting"
        _task(ctx, approval, turn=turn, approver_id=seat.person_id, status=status, why=seat.why)
        asked += [seat.person_id] if status == "waiting" else []
    return asked


def _task(ctx: Context, approval: Approval, **values: Any) -> ApprovalTask:
    return ctx.insert(ApprovalTask, approval_id=approval.id, step=approval.step, **values)


def vote(ctx: Context, approval: Approval, task: ApprovalTask, *, agree: bool, comment: str | None) -> Approval:
    """One decision by the actor on a locked approval: one history entry, whatever follows from it.

    Raises `Conflict` when the document is no longer what was submitted (E.3.4).
    """
    row = documents.of(ctx, approval, lock=True)
    if row.status not in UNDECIDED or approval.snapshot != documents.kind_of(row).snapshot(ctx, row):
        raise Conflict(f"{row.code} 和提交时不一样了", "审批的是提交时的内容", "请提交人撤回后重新提交")
    ctx.save(task, status="approved" if agree else "rejected", comment=comment, decided_at=ctx.now)
    approval, row = _proceed(ctx, approval, row, by=ctx.me.id, reason=comment)
    event = approval.status if approval.decided_at is not None else "step_approved"
    facts = {"approval": approval.code, "comment": comment}
    ctx.record(f"{approval.noun}.{event}", row, customer_id=row.customer_id, facts=facts)
    return approval


def _proceed(
    ctx: Context, approval: Approval, row: documents.Row, *, by: int | None, reason: str | None = None
) -> tuple[Approval, documents.Row]:
    """Brings approval and document to what the tasks of the present round say."""
    tasks = {task.id: task for task in tasks_of(ctx, approval) if task.step == approval.step}
    mode = approval.steps[approval.step]["mode"]
    found = approving.standing(mode, [Vote(task.id, task.turn, task.status) for task in tasks.values()])
    for ident in found.drop:
        ctx.save(tasks[ident], status="cancelled", decided_at=ctx.now)
    ctx.refresh_cards("approval", approval.id)
    ctx.refresh_cards(approval.noun, row.id)
    if found.state == "rejected":
        return _close(ctx, approval, row, "rejected", by=by, reason=reason)
    if found.state == "agreed":
        return _next_round(ctx, approval, row, by=by)
    if any(task.status == "approved" for task in tasks.values()):
        approval, row = ctx.save(approval, status="in_review"), ctx.save(row, status="in_review")
    if found.wake is None:
        return approval, row
    if _wake(ctx, approval, tasks[found.wake], list(tasks.values())):
        return approval, row
    return _proceed(ctx, approval, row, by=by)


def _wake(ctx: Context, approval: Approval, task: ApprovalTask, tasks: Sequence[ApprovalTask]) -> bool:
    """The next turn of a sequential step; False where who left meanwhile has nobody to take over but who sits there."""
    task = ctx.save(task, status="waiting")
    office = flows.office_of(ctx, approval.submitter_id, [task.approver_id])
    if not office.may_sit(task.approver_id):
        return _vacate(ctx, approval, task, tasks, office)
    notices.ask(ctx, approval, [task.approver_id])
    return True


def _next_round(ctx: Context, approval: Approval, row: documents.Row, *, by: int | None) -> tuple[Approval, Any]:
    """Opens the next round that still has somebody to ask; who just agreed is not asked again. None left: approved."""
    number = approval.step + 1
    planned = _rounds(approval.steps[number:])
    if planned and by is not None:
        first = approving.without(planned[0], by)
        planned = [*([first] if first is not None else []), *planned[1:]]
    office = flows.office_of(ctx, approval.submitter_id, [person for one in planned for person in one.people])
    rounds = approving.settle(office, planned)
    if not rounds:
        return _close(ctx, approval, row, "approved", by=by)
    if not rounds[0].seats:
        raise Conflict(
            f"{row.code} 的下一步没有人可以审批", "流程里的人都已离职", "请管理员修改审批流程，或请提交人撤回"
        )
    steps = [*approval.steps[:number], *(_kept(one) for one in rounds)]
    approval = ctx.save(approval, status="in_review", step=number, steps=steps)
    row = ctx.save(row, status="in_review")
    asked = _open(ctx, approval, rounds[0])
    notices.ask(ctx, approval, asked)
    notices.decided(ctx, row, "in_review", approval=approval, by=by, following=asked)
    return approval, row


def _close(
    ctx: Context, approval: Approval, row: documents.Row, status: str, *, by: int | None, reason: str | None = None
) -> tuple[Approval, documents.Row]:
    approval = ctx.save(approval, status=status, reason=reason, decided_at=ctx.now)
    row = documents.kind_of(row).settle(ctx, row) if status == "approved" else ctx.save(row, status=status)
    notices.decided(ctx, row, status, approval=approval, by=by, reason=reason)
    return approval, row


def withdraw(ctx: Context, approval: Approval) -> Approval:
    """Takes a locked, open approval back: nobody need decide any more."""
    row = documents.of(ctx, approval, lock=True)
    for task in tasks_of(ctx, approval):
        if task.status in OPEN:
            ctx.save(task, status="cancelled", decided_at=ctx.now)
    ctx.refresh_cards("approval", approval.id)
    ctx.refresh_cards(approval.noun, row.id)
    approval, row = _close(ctx, approval, row, "withdrawn", by=ctx.me.id)
    ctx.record(f"{approval.noun}.withdrawn", row, customer_id=row.customer_id, facts={"approval": approval.code})
    return approval


def pass_on(ctx: Context, approval: Approval, task: ApprovalTask, to: int, why: str) -> ApprovalTask:
    """The same seat, another person."""
    ctx.save(task, status="handed_over", decided_at=ctx.now)
    seat = {"turn": task.turn, "status": task.status, "handed_by_id": task.approver_id}
    return _task(ctx, approval, approver_id=to, why=why, **seat)


def hand_over(ctx: Context, approval: Approval, task: ApprovalTask, to: int) -> Approval:
    """The actor's waiting task goes to somebody else, who is asked."""
    row = documents.of(ctx, approval)
    pass_on(ctx, approval, task, to, f"{ctx.me.name}转交给你")
    ctx.refresh_cards("approval", approval.id)
    ctx.refresh_cards(approval.noun, row.id)
    notices.ask(ctx, approval, [to])
    facts = {"approval": approval.code, "to": to}
    ctx.record(f"{approval.noun}.handed_over", row, customer_id=row.customer_id, facts=facts)
    return approval


def replace_leaver(ctx: Context, person_id: int) -> int:
    """Open tasks of somebody who left go to his superior (E.3.6); returns how many approvals were touched.

    To be called after the person was made inactive and the superiors were rebuilt, in that same transaction.
    """
    mine = (ApprovalTask.approver_id == person_id, ApprovalTask.status.in_(OPEN))
    idents = ctx.db.execute(select(ApprovalTask.approval_id).where(*mine).distinct()).scalars()
    return sum(_replace_in(ctx, ident, person_id) for ident in sorted(idents))


def _replace_in(ctx: Context, ident: int, person_id: int) -> bool:
    approval = fetch_one(ctx.db, Approval, Approval.id == ident, Approval.decided_at.is_(None), lock=True)
    if approval is None:
        return False
    row = documents.of(ctx, approval, lock=True)
    tasks = [task for task in tasks_of(ctx, approval) if task.step == approval.step]
    office = flows.office_of(ctx, approval.submitter_id, [person_id])
    own = [task for task in tasks if task.approver_id == person_id and task.status in OPEN]
    vacated = [_vacate(ctx, approval, task, tasks, office) for task in own]
    if not all(vacated):
        agreed = [task.approver_id for task in tasks if task.status == "approved"]
        approval, row = _proceed(ctx, approval, row, by=agreed[-1] if agreed else None)
    ctx.refresh_cards("approval", approval.id)
    event = "handed_over" if approval.decided_at is None else approval.status
    ctx.record(f"{approval.noun}.{event}", row, customer_id=row.customer_id, facts={"from": person_id})
    return True


def _vacate(
    ctx: Context, approval: Approval, task: ApprovalTask, tasks: Sequence[ApprovalTask], office: approving.Office
) -> bool:
    """The seat of somebody who left goes to his stand-in, who is asked. False where that one sits in the same round
    already: nobody is asked twice, the seat is dropped. Where nobody at all is left it stays as it is."""
    heir = approving.stand_in(office, task.approver_id)
    if any(other.approver_id == heir for other in tasks if other.status in approving.LIVE):
        ctx.save(task, status="cancelled", decided_at=ctx.now)
        return False
    if heir is not None:
        taken = pass_on(ctx, approval, task, heir, f"{office.people[task.approver_id].name}已离职，由你接替")
        if taken.status == "waiting":
            notices.ask(ctx, approval, [heir])
    return True

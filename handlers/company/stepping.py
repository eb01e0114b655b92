"""A running approval goes from step to step: tasks are made, woken and dropped, in the end the document moves.

Lock order: the approval, then its document, then the customer.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from handlers.company import approval_notices as notices
from handlers.company import approving, delegated, documents, flows, patience
from handlers.company.approval_cards import tasks_of
from handlers.company.rounds import Patience, Policy, Round, kept, round_of, rounds_of
from handlers.company.voting import LIVE, UNDECIDED, Vote, standing
from handlers.context import Context
from models.base import Json
from models.company.approval import Approval, ApprovalTask
from models.errors import Conflict

State = tuple[Approval, Any]  # the approval and its document


def open_round(ctx: Context, approval: Approval, one: Round) -> list[int]:
    """Makes the tasks of a round, delegated ones for whom they were delegated to; returns whose turn it is."""
    asked: list[int] = []
    heirs = delegated.heirs(ctx, approval, one.people)
    taken: set[int] = set(one.people) - set(heirs)
    for turn, seat in enumerate(one.seats):
        heir = heirs.get(seat.person_id)
        if heir is not None and heir.person_id in taken:
            continue  # he sits here already: one decision of his is enough
        status = "next" if one.mode == "sequential" and asked else "waiting"
        behalf = {"on_behalf_of_id": seat.person_id, "why": heir.why} if heir is not None else {"why": seat.why}
        person = heir.person_id if heir is not None else seat.person_id
        taken.add(person)
        clock = patience.asked_now(ctx, one.patience) if status == "waiting" else {}
        make_task(ctx, approval, turn=turn, approver_id=person, status=status, **behalf, **clock)
        asked += [person] if status == "waiting" else []
    return asked


def make_task(ctx: Context, approval: Approval, **values: Any) -> ApprovalTask:
    """A task of the present step."""
    return ctx.insert(ApprovalTask, approval_id=approval.id, step=approval.step, **values)


def patience_of(approval: Approval) -> Patience:
    """Of the present step."""
    return round_of(approval.steps[approval.step]).patience


def policy_of(approval: Approval) -> Policy:
    """Of its flow."""
    return Policy(**approval.policy)


def here(ctx: Context, approval: Approval) -> list[ApprovalTask]:
    """The tasks of the present step."""
    return [task for task in tasks_of(ctx, approval) if task.step == approval.step]


def sits_here(tasks: Iterable[ApprovalTask], person: int) -> bool:
    """Has, had or will have a turn of his own in these tasks."""
    return any(task.approver_id == person and task.status in LIVE for task in tasks)


def proceed(
    ctx: Context, approval: Approval, row: documents.Row, *, by: int | None, reason: str | None = None
) -> State:
    """Brings approval and document to what the tasks of the present round say."""
    tasks = {task.id: task for task in here(ctx, approval)}
    one = round_of(approval.steps[approval.step])
    votes = [Vote(t.id, t.turn, t.status, t.parent_id, t.placement) for t in tasks.values()]
    found = standing(one.mode, votes, percent=one.percent, collects=one.collects)
    cancel(ctx, [tasks[ident] for ident in found.drop])
    refresh(ctx, approval, row)
    if found.state == "rejected":
        return close(ctx, approval, row, "rejected", by=by, reason=reason)
    if found.state == "agreed":
        return next_round(ctx, approval, row, by=by)
    if any(task.status == "approved" for task in tasks.values()):
        approval, row = ctx.save(approval, status="in_review"), ctx.save(row, status="in_review")
    left = [ident for ident in found.wake if not _wake(ctx, approval, tasks[ident], list(tasks.values()))]
    return proceed(ctx, approval, row, by=by) if left else (approval, row)


def cancel(ctx: Context, tasks: Iterable[ApprovalTask]) -> None:
    """Nobody need decide these any more."""
    for task in tasks:
        if task.status in UNDECIDED:
            ctx.save(task, status="cancelled", decided_at=ctx.now, next_at=None)


def refresh(ctx: Context, approval: Approval, row: documents.Row) -> None:
    """All cards about it show the present state."""
    ctx.refresh_cards("approval", approval.id)
    ctx.refresh_cards(approval.noun, row.id)


def _wake(ctx: Context, approval: Approval, task: ApprovalTask, tasks: Sequence[ApprovalTask]) -> bool:
    """A task whose turn comes; False where who left meanwhile has nobody to take over but who sits there."""
    task = ctx.save(task, status="waiting", **patience.asked_now(ctx, patience_of(approval)))
    office = flows.office_of(ctx, approval.submitter_id, [task.approver_id], policy=policy_of(approval))
    if not office.may_sit(task.approver_id):
        return vacate(ctx, approval, task, tasks, office)
    notices.ask(ctx, approval, [task.approver_id])
    return True


def next_round(ctx: Context, approval: Approval, row: documents.Row, *, by: int | None) -> State:
    """Opens the next round that still has somebody to ask; who just agreed is not asked again. None left: approved."""
    policy = policy_of(approval)
    planned = _without_agreed(ctx, approval, policy, by)
    named = [person for one in planned for person in one.people]
    office = flows.office_of(ctx, approval.submitter_id, named, policy=policy)
    number = approval.step + 1
    rounds = approving.settle(office, planned)
    if any(not one.seats for one in rounds[:1] if one.kind == "approve"):
        raise Conflict(
            f"{row.code} 的下一步没有人可以审批", "流程里的人都已离职", "请管理员修改审批流程，或请提交人撤回"
        )
    steps = [*approval.steps[:number], *(kept(one) for one in rounds)]
    if steps != approval.steps:
        approval = ctx.save(approval, steps=steps)
    return enter(ctx, approval, row, number, by=by)


def _without_agreed(ctx: Context, approval: Approval, policy: Policy, by: int | None) -> list[Round]:
    planned = rounds_of(approval.steps[approval.step + 1 :])
    if policy.repeats == "each":
        return planned
    if policy.repeats == "first":
        done = [task.approver_id for task in tasks_of(ctx, approval) if task.status == "approved"]
        return [left for one in planned if (left := approving.unasked(one, done)) is not None]
    if planned and by is not None:
        first = approving.without(planned[0], by)
        return [*([first] if first is not None else []), *planned[1:]]
    return planned


def enter(ctx: Context, approval: Approval, row: documents.Row, number: int, *, by: int | None) -> State:
    """The step with this number, or the first behind it that asks somebody; behind the last one it is approved."""
    for place, step in enumerate(approval.steps[number:], start=number):
        one = round_of(step)
        if one.kind == "cc":
            notices.copied(ctx, approval, one.people)
        elif one.kind == "reject":
            return close(ctx, approval, row, "rejected", by=None, reason=one.name or "按审批流程自动驳回")
        elif one.kind == "approve":
            approval = ctx.save(approval, status="in_review", step=place)
            row = ctx.save(row, status="in_review")
            asked = open_round(ctx, approval, one)
            notices.ask(ctx, approval, asked)
            notices.decided(ctx, row, "in_review", approval=approval, by=by, following=asked)
            return approval, row
    return close(ctx, approval, row, "approved", by=by)


def close(
    ctx: Context, approval: Approval, row: documents.Row, status: str, *, by: int | None, reason: str | None = None
) -> State:
    """The decision: approval and document get it, submitter and owner are told. The approval first: what it sets going
    may ask whether anything is still open."""
    approval = ctx.save(approval, status=status, reason=reason, decided_at=ctx.now)
    row = documents.kind_of(row).settle(ctx, row) if status == "approved" else ctx.save(row, status=status)
    if row.status == "void":  # approved, but refused by its own rules
        status, reason = "void", row.reason
        approval = ctx.save(approval, status=status, reason=reason)
    notices.decided(ctx, row, status, approval=approval, by=by, reason=reason)
    return approval, row


def pass_on(ctx: Context, approval: Approval, task: ApprovalTask, to: int, why: str, **more: Any) -> ApprovalTask:
    """The same seat, another person; what was added to it stays with it."""
    ctx.save(task, status="handed_over", decided_at=ctx.now, next_at=None)
    clock: Json = patience.asked_now(ctx, patience_of(approval)) if task.status == "waiting" else {}
    seat = {"turn": task.turn, "status": task.status, "handed_by_id": task.approver_id}
    belongs = {"parent_id": task.parent_id, "placement": task.placement}
    heir = make_task(ctx, approval, approver_id=to, why=why, **seat, **belongs, **clock, **more)
    for kid in here(ctx, approval):
        if kid.parent_id == task.id:
            ctx.save(kid, parent_id=heir.id)
    return heir


def vacate(
    ctx: Context, approval: Approval, task: ApprovalTask, tasks: Sequence[ApprovalTask], office: approving.Office
) -> bool:
    """The seat of somebody who left goes to his stand-in, who is asked. False where that one sits in the same round
    already: nobody is asked twice, the seat is dropped. Where nobody at all is left it stays as it is."""
    heir = approving.stand_in(office, task.approver_id)
    if heir is not None and sits_here(tasks, heir):
        ctx.save(task, status="cancelled", decided_at=ctx.now, next_at=None)
        return False
    if heir is not None:
        taken = pass_on(ctx, approval, task, heir, f"{office.people[task.approver_id].name}已离职，由你接替")
        if taken.status == "waiting":
            notices.ask(ctx, approval, [heir])
    return True

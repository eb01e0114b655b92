"""An approval that runs: the first round asked, votes taken, withdrawn, handed on (domain.md E.3).

Lock order: the approval, then its document, then the customer.
"""

from sqlalchemy import select

from handlers.company import approval_notices as notices
from handlers.company import documents, flows, stepping
from handlers.company.approval_cards import tasks_of
from handlers.company.rounds import kept, round_of
from handlers.company.voting import UNDECIDED as UNSAID
from handlers.context import Context
from models.base import Json
from models.codes import dated_code, noun_of
from models.company.approval import UNDECIDED, Approval, ApprovalTask
from models.errors import Conflict
from models.rows import fetch_all, fetch_one


def begin(ctx: Context, row: documents.Row, plan: flows.Plan) -> Approval | None:
    """Asks the first round, or approves at once where nobody must be asked. The caller records the document before."""
    if not plan.asks:
        row = documents.kind_of(row).settle(ctx, row)
        ctx.record(f"{documents.noun_of(row)}.approved", row, customer_id=row.customer_id, facts={"auto": True})
        notices.decided(ctx, row, "approved", approval=None, by=None)
        return None
    snapshot = documents.kind_of(row).snapshot(ctx, row)
    begins = _resumed(ctx, row, plan, snapshot) if row.created_at != ctx.now else 0
    asking = [number for number, one in enumerate(plan.rounds) if one.kind == "approve"]
    first = next((number for number in asking if number >= begins), asking[-1])
    approval = ctx.insert(
        Approval,
        code=row.code if noun_of(row.code) == "approval" else dated_code(ctx.db, "approval", ctx.today),
        noun=documents.noun_of(row),
        record_id=row.id,
        ref=row.code,
        submitter_id=ctx.me.id,
        customer_id=row.customer_id,
        amount_fen=row.amount_fen,
        rule_version=plan.rule_version or None,
        steps=[kept(one) for one in plan.rounds],
        step=first,
        policy=plan.policy.kept(),
        snapshot=snapshot,
        status="pending",
        platform=ctx.platform,
    )
    asked = stepping.open_round(ctx, approval, plan.rounds[first])
    for one in plan.rounds[:first]:
        notices.copied(ctx, approval, one.people)
    notices.request(ctx, approval, asked)
    return approval


def _resumed(ctx: Context, row: documents.Row, plan: flows.Plan, snapshot: Json) -> int:
    """The step at which a document goes on that was rejected or sent back, where no guarded field has changed and the
    steps before are the same; else the first (E.3.3)."""
    mine = (Approval.noun == documents.noun_of(row), Approval.record_id == row.id)
    before = fetch_all(ctx.db, Approval, *mine, order_by=[Approval.id.desc()], limit=1)
    if not before or before[0].status != "rejected" or before[0].snapshot != snapshot:
        return 0
    last, step = before[0], before[0].resume_step
    if step is None:
        step = last.step if plan.policy.resubmit == "from_rejected_node" else 0
    same = [kept(one) for one in plan.rounds[:step]] == last.steps[:step]
    return step if same and step < len(plan.rounds) else 0


def unchanged(ctx: Context, approval: Approval) -> documents.Row:
    """The document, locked. Raises `Conflict` when it is no longer what was submitted (E.3.4)."""
    row = documents.of(ctx, approval, lock=True)
    if row.status not in UNDECIDED or approval.snapshot != documents.kind_of(row).snapshot(ctx, row):
        raise Conflict(f"{row.code} 和提交时不一样了", "审批的是提交时的内容", "请提交人撤回后重新提交")
    return row


def vote(ctx: Context, approval: Approval, task: ApprovalTask, *, agree: bool, comment: str | None) -> Approval:
    """One decision by the actor on a locked approval: one history entry, whatever follows from it."""
    row = unchanged(ctx, approval)
    ctx.save(task, status="approved" if agree else "rejected", comment=comment, decided_at=ctx.now, next_at=None)
    approval, row = stepping.proceed(ctx, approval, row, by=ctx.me.id, reason=comment)
    event = approval.status if approval.decided_at is not None else "step_approved" if agree else "step_rejected"
    facts: Json = {"approval": approval.code, "comment": comment}
    facts |= {"on_behalf_of": task.on_behalf_of_id} if task.on_behalf_of_id is not None else {}
    ctx.record(f"{approval.noun}.{event}", row, customer_id=row.customer_id, facts=facts)
    return approval


def withdraw(ctx: Context, approval: Approval) -> Approval:
    """Takes a locked, open approval back: nobody need decide any more. Raises `Conflict` where somebody of the last
    step has agreed already (E.3.2)."""
    row = documents.of(ctx, approval, lock=True)
    tasks = tasks_of(ctx, approval)
    later = [step for step in approval.steps[approval.step + 1 :] if round_of(step).kind == "approve"]
    done = [task for task in tasks if task.step == approval.step and task.status == "approved"]
    if not later and done:
        raise Conflict(f"{row.code} 已经在最后一步，不能撤回了", "最后一步已经有人同意", "如需停下，请当前审批人驳回")
    stepping.cancel(ctx, tasks)
    stepping.refresh(ctx, approval, row)
    approval, row = stepping.close(ctx, approval, row, "withdrawn", by=ctx.me.id)
    ctx.record(f"{approval.noun}.withdrawn", row, customer_id=row.customer_id, facts={"approval": approval.code})
    return approval


def hand_over(ctx: Context, approval: Approval, task: ApprovalTask, to: int) -> Approval:
    """The actor's waiting task goes to somebody else, who is asked."""
    row = documents.of(ctx, approval)
    stepping.pass_on(ctx, approval, task, to, f"{ctx.me.name}转交给你")
    stepping.refresh(ctx, approval, row)
    notices.ask(ctx, approval, [to])
    facts = {"approval": approval.code, "to": to}
    ctx.record(f"{approval.noun}.handed_over", row, customer_id=row.customer_id, facts=facts)
    return approval


def replace_leaver(ctx: Context, person_id: int) -> int:
    """Open tasks of somebody who left go to his superior (E.3.6); returns how many approvals were touched.

    To be called after the person was made inactive and the superiors were rebuilt, in that same transaction.
    """
    mine = (ApprovalTask.approver_id == person_id, ApprovalTask.status.in_(UNSAID))
    idents = ctx.db.execute(select(ApprovalTask.approval_id).where(*mine).distinct()).scalars()
    return sum(_replace_in(ctx, ident, person_id) for ident in sorted(idents))


def _replace_in(ctx: Context, ident: int, person_id: int) -> bool:
    approval = fetch_one(ctx.db, Approval, Approval.id == ident, Approval.decided_at.is_(None), lock=True)
    if approval is None:
        return False
    row = documents.of(ctx, approval, lock=True)
    tasks = stepping.here(ctx, approval)
    office = flows.office_of(ctx, approval.submitter_id, [person_id], policy=stepping.policy_of(approval))
    own = [task for task in tasks if task.approver_id == person_id and task.status in UNSAID]
    vacated = [stepping.vacate(ctx, approval, task, tasks, office) for task in own]
    if not all(vacated):
        agreed = [task.approver_id for task in tasks if task.status == "approved"]
        approval, row = stepping.proceed(ctx, approval, row, by=agreed[-1] if agreed else None)
    ctx.refresh_cards("approval", approval.id)
    event = "handed_over" if approval.decided_at is None else approval.status
    ctx.record(f"{approval.noun}.{event}", row, customer_id=row.customer_id, facts={"from": person_id})
    return True

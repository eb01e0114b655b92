"""Approvals as the API shows them, and their lists."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, select, true

from handlers import permits
from handlers.company import turns
from handlers.context import Context
from handlers.masking import masked
from handlers.money.order_view import by_yuan
from handlers.nouns import Condition, Noun
from handlers.presenting import by_name_of, by_person, common, instant, money, names, people
from models.base import Json
from models.codes import plain_code
from models.company.approval import Approval, ApprovalTask
from models.customers.customer import Customer
from models.rows import fetch_all

DECIDED = ("approved", "rejected", "handed_over", "returned")


@masked("approval")
def present(ctx: Context, rows: Sequence[Approval]) -> list[Json]:
    """Approvals as the API shows them; `ref` is the document's code, `subject` its noun."""
    if not rows:
        return []
    tasks = fetch_all(
        ctx.db, ApprovalTask, ApprovalTask.approval_id.in_([row.id for row in rows]), order_by=[ApprovalTask.id]
    )
    known = people(
        ctx,
        [
            *(row.submitter_id for row in rows),
            *(task.approver_id for task in tasks),
            *(task.on_behalf_of_id for task in tasks),
        ],
    )
    customers = names(ctx, Customer, [row.customer_id for row in rows])
    return [
        {
            "code": row.code,
            "subject": row.noun,
            "ref": row.ref,
            "status": row.status,
            "submitter": known[row.submitter_id],
            "customer": _customer(row, customers),
            "amount": money(row.amount_fen),
            "reason": row.reason,
            "step": row.step + 1,
            "steps": len(row.steps),
            "tasks": [_task_view(ctx, task, known) for task in tasks if task.approval_id == row.id],
            **turns.approvers(_waiting(row, tasks), known),
            "decided_at": instant(ctx, row.decided_at),
            **common(ctx, row),
        }
        for row in rows
    ]  # fmt: skip


def _customer(row: Approval, known: dict[int | None, str | None]) -> Json | None:
    if row.customer_id is None:
        return None
    return {"code": plain_code("customer", row.customer_id), "name": known[row.customer_id]}


def _waiting(row: Approval, tasks: Sequence[ApprovalTask]) -> list[int]:
    return [task.approver_id for task in tasks if task.approval_id == row.id and task.status == "waiting"]


def _task_view(ctx: Context, task: ApprovalTask, known: dict[int | None, Json]) -> Json:
    return {
        "step": task.step + 1,
        "approver": known[task.approver_id],
        "status": task.status,
        "why": task.why,
        "on_behalf_of": known[task.on_behalf_of_id],
        "added": task.placement,
        "comment": task.comment,
        "decided_at": instant(ctx, task.decided_at),
    }


def _has_task(ctx: Context, *statuses: str) -> ColumnElement[bool]:
    task = select(1).where(ApprovalTask.approval_id == Approval.id, ApprovalTask.approver_id == ctx.me.id)
    return exists(task.where(ApprovalTask.status.in_(statuses)))


SCENES: dict[str, Condition] = {
    "all": lambda _ctx: true(),
    "waiting": lambda ctx: _has_task(ctx, "waiting"),
    "mine": lambda ctx: Approval.submitter_id == ctx.me.id,
    "done": lambda ctx: _has_task(ctx, *DECIDED),
}


def _by_turn(ctx: Context, said: str) -> ColumnElement[bool]:
    task = select(1).where(ApprovalTask.approval_id == Approval.id, ApprovalTask.status == "waiting")
    return exists(task.where(by_person(ApprovalTask.approver_id)(ctx, said)))


FILTERS: Any = {
    "ref": lambda _ctx, said: Approval.ref == said.upper(), "subject": lambda _ctx, said: Approval.noun == said,
    "submitter": by_person(Approval.submitter_id), "approver": _by_turn,
    "customer": by_name_of(Approval.customer_id, Customer), "amount": by_yuan(Approval.amount_fen),
}  # fmt: skip
APPROVAL = Noun(
    name="approval", plural="approvals", title="审批", model=Approval, gate=permits.approvals, present=present,
    columns=("code", "status", "decided_at"), scenes=SCENES, filters=FILTERS,
)  # fmt: skip

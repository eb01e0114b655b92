"""Whose turn it is on documents under approval, and why the last one was rejected."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, select

from handlers.context import Context
from handlers.presenting import Filter, by_person, people
from models.base import Json
from models.company.approval import Approval, ApprovalTask
from models.errors import BadRequest
from models.rows import Column


def waiting(ctx: Context, noun: str, idents: Sequence[int]) -> dict[int, list[int]]:
    """Person ids by document, in the order in which they were asked."""
    statement = (
        select(Approval.record_id, ApprovalTask.approver_id)
        .join(Approval, Approval.id == ApprovalTask.approval_id)
        .where(Approval.noun == noun, Approval.record_id.in_(idents), ApprovalTask.status == "waiting")
        .order_by(ApprovalTask.id)
    )
    found: dict[int, list[int]] = {ident: [] for ident in idents}
    for record_id, person_id in ctx.db.execute(statement):
        found[record_id].append(person_id)
    return found


def reasons(ctx: Context, noun: str, idents: Sequence[int]) -> dict[int, str | None]:
    """The reason by document, of its newest approval."""
    statement = (
        select(Approval.record_id, Approval.reason)
        .where(Approval.noun == noun, Approval.record_id.in_(idents))
        .order_by(Approval.id)
    )
    return {row.record_id: row.reason for row in ctx.db.execute(statement)}


def as_people(ctx: Context, idents: Sequence[int]) -> list[Json]:
    """`{"code", "name"}` in the order given."""
    known = people(ctx, idents)
    return [known[ident] for ident in idents]


def approvers(turns: Sequence[int], known: dict[int | None, Json]) -> Json:
    """`approver` (null where several or none) and `approvers` of a document (contract.md HTTP)."""
    asked = [known[ident] for ident in turns]
    return {"approver": asked[0] if len(asked) == 1 else None, "approvers": asked}


def by_approver(noun: str, record: Column) -> Filter:
    """A filter on the person whose turn it is."""

    def condition(ctx: Context, text: str) -> ColumnElement[bool]:
        task = select(1).select_from(ApprovalTask).join(Approval, Approval.id == ApprovalTask.approval_id)
        turn = task.where(Approval.noun == noun, Approval.record_id == record, ApprovalTask.status == "waiting")
        return exists(turn.where(by_person(ApprovalTask.approver_id)(ctx, text)))

    return condition


def on_day(column: Column, text: str) -> ColumnElement[bool]:
    """Equality on a date column."""
    try:
        return column == date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest("日期不对", text[:40], "请写成 2026-11-23") from error

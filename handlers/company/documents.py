"""The documents that go through approval: what each kind is, shows, and sets going when it is approved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.company import request_view
from handlers.context import Context
from handlers.money import order_view, outcomes, payment_view
from handlers.nouns import Noun, one
from handlers.reply import Reply
from models.base import Json
from models.company.approval import Approval
from models.errors import NotFound
from models.rows import fetch_one

Row = Any  # Order | Payment | Request: all have code, status, owner_id, creator_id, customer_id, amount_fen


@dataclass(frozen=True)
class Kind:
    """`snapshot` are the fields that are approved; `settle` writes what approval means and returns the new row."""

    noun: Noun
    snapshot: Callable[[Context, Any], Json]
    settle: Callable[[Context, Any], Any]
    shown: Callable[..., Reply]


def _carried_out(ctx: Context, row: Any) -> Any:
    from handlers.company import requests  # which begins approvals of documents, this kind among them

    return requests.carry_out(ctx, row)


KINDS: Mapping[str, Kind] = {
    "order": Kind(order_view.ORDER, order_view.snapshot, outcomes.approve_order, order_view.shown),
    "request": Kind(request_view.REQUEST, request_view.snapshot, _carried_out, request_view.shown),
    "payment": Kind(payment_view.PAYMENT, payment_view.snapshot, outcomes.approve_payment, payment_view.shown),
}


def kind_of(row: Row) -> Kind:
    """The kind of a document's row."""
    return KINDS[noun_of(row)]


def noun_of(row: Row) -> str:
    """`order`, `payment` or `request`."""
    return str(row.model.__tablename__)


def of(ctx: Context, approval: Approval, *, lock: bool = False) -> Row:
    """The document of an approval; the approval's own row is locked before it."""
    model: Any = KINDS[approval.noun].noun.model
    row = fetch_one(ctx.db, model, id=approval.record_id, lock=lock)
    if row is None:
        raise NotFound(f"没找到单据「{approval.ref}」")
    return row


def view(ctx: Context, row: Row) -> Json:
    """The document as the API shows it."""
    return one(ctx, kind_of(row).noun, row)

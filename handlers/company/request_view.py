"""Commands that wait for approval, as cards and the API show them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from handlers import permits
from handlers.company import turns
from handlers.context import Context, subject_of
from handlers.finding import seen
from handlers.nouns import Noun
from handlers.presenting import common, money, names, people
from handlers.reply import Button, Reply
from models.base import Json
from models.codes import plain_code
from models.company.approval import UNDECIDED, Approval
from models.company.request import Request
from models.customers.customer import Customer


def present(ctx: Context, rows: Sequence[Request]) -> list[Json]:
    """What is asked for, about what, and whose turn it is."""
    asked = turns.waiting(ctx, "request", [row.id for row in rows])
    known = people(ctx, [i for row in rows for i in (row.owner_id, row.creator_id, *asked[row.id])])
    customers = names(ctx, Customer, [row.customer_id for row in rows])
    return [
        {
            "code": row.code,
            "command": row.command,
            "title": row.title,
            "args": row.args,
            "about": {"code": row.about_ref or row.code, "name": row.title},
            "customer": _customer(row, customers),
            "owner": known[row.owner_id],
            "creator": known[row.creator_id],
            "amount": money(row.amount_fen) if row.amount_fen else None,
            "status": row.status,
            "reason": row.reason,
            **turns.approvers(asked[row.id], known),
            **common(ctx, row),
        }
        for row in rows
    ]


def _customer(row: Request, known: dict[int | None, str | None]) -> Json:
    if row.customer_id is None:
        return {"code": row.about_ref or row.code, "name": row.title}
    return {"code": plain_code("customer", row.customer_id), "name": known[row.customer_id]}


def snapshot(_ctx: Context, row: Request) -> Json:
    """What is approved: the command as it was said."""
    return {"command": row.command, "args": row.args}


def shown(ctx: Context, row: Request, *, person_id: int | None = None, **more: Any) -> Reply:
    """The card of whoever asked for it."""
    view = present(ctx, [row])[0]
    person = person_id if person_id is not None else ctx.actor.id if ctx.actor else None
    ref = {"ref": row.code}
    own = row.status in UNDECIDED and person == row.creator_id
    buttons = (Button("催办", "approval.urge", ref), Button("撤回", "approval.withdraw", ref)) if own else ()
    return Reply("company/request", {"request": view, **more}, buttons, subject_of(row), view)


def request_card(ctx: Context, ident: int, person_id: int | None = None) -> Reply | None:
    """The present state for a card that is on this person's phone."""
    row = seen(ctx, REQUEST, ident)
    return None if row is None else shown(ctx, row, person_id=person_id)


def _gate(ctx: Context, /, *, write: bool = False) -> ColumnElement[bool]:
    mine = select(Approval.record_id).where(Approval.noun == "request", permits.approvals(ctx, write=write))
    return Request.id.in_(mine)


REQUEST = Noun(
    name="request", plural="requests", title="申请", model=Request, gate=_gate, present=present,
    columns=("code", "command", "status"),
)  # fmt: skip

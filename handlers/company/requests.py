"""A command that needs approval is kept, and run as the submitter when the last approver agrees (domain.md E.3.1).

It is tried at once and taken back: what its own rules refuse is refused before anybody is asked, and what it would
touch is known. When it is approved its rules are asked again; a refusal then leaves nothing half written.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pydantic_core import to_jsonable_python

from handlers.args import Args
from handlers.command import Command
from handlers.company import deciding, flows, guarded
from handlers.company.facts import about_customer
from handlers.company.request_view import shown
from handlers.context import Context
from handlers.reply import Reply
from models.amounts import fen
from models.base import Json, plain
from models.codes import dated_code
from models.company.approval import UNDECIDED
from models.company.people import Person
from models.company.request import Request
from models.errors import Conflict, HaitunError
from models.rows import fetch_one
from models.tables import MODELS

# What an approver relied on: where it has changed since, the command is not run.
RELIED_ON = (
    "owner_id", "status", "stage_id", "stage", "level", "sea_id", "pool_id", "customer_id", "amount_fen",
    "discount", "name",
)  # fmt: skip


def submitted(ctx: Context, command: Command, args: Args) -> Reply | None:
    """The answer 已提交审批 where a flow fits, None where the command may be done at once. Raises what the command
    itself would refuse."""
    if ctx.actor is None or ctx.is_approved or command.name not in guarded.commands(ctx.db):
        return None
    main = _tried(ctx, command, args)
    if main is None:
        return None
    row, facts = _about(ctx, main), args.model_dump(mode="python", by_alias=True)
    amount = _amount(row, facts)
    plan = flows.plan(ctx, flows.Matter(command.name, about_customer(ctx, _customer_id(main, row), amount, row)))
    if not plan.asks:
        return None
    return _kept(ctx, command, args, main, row, amount, plan)


def _tried(ctx: Context, command: Command, args: Args) -> Json | None:
    """What history would tell of it; all is taken back."""
    trial = replace(ctx, entries=[], notices=[], stale_cards=[], memo={}, letters=[], _pending=[], is_approved=True)
    saved = ctx.db.begin_nested()
    try:
        command.run(trial, args)
    finally:
        saved.rollback()
    return trial.entries[0] if trial.entries else None


def _about(ctx: Context, main: Json) -> Any:
    """The row as it is now; None for one that the command makes."""
    return fetch_one(ctx.db, MODELS[main["noun"]], id=main["record_id"])


def _customer_id(main: Json, row: Any) -> int | None:
    if main["noun"] == "customer":
        return row.id if row is not None else None
    found: int | None = main["customer_id"]
    return found


def _amount(row: Any, said: Mapping[str, Any]) -> int:
    amount = said.get("amount")
    if isinstance(amount, Decimal):
        return fen(amount)
    return int(getattr(row, "amount_fen", None) or 0)


def _kept(ctx: Context, command: Command, args: Args, main: Json, row: Any, amount: int, plan: flows.Plan) -> Reply:
    noun, ident = (main["noun"], row.id) if row is not None else (None, None)
    _refuse_second(ctx, command, noun, ident, main["ref"])
    name = str(getattr(row, "name", None) or getattr(row, "title", None) or main["ref"]) if row is not None else ""
    said = to_jsonable_python(args.model_dump(exclude_none=True, by_alias=True))
    request = ctx.insert(
        Request, code=dated_code(ctx.db, "approval", ctx.today), command=command.name, args=said,
        title=f"{command.title} {name or _named(said)}".strip(), about_noun=noun, about_id=ident,
        about_ref=main["ref"] if row is not None else None, about=relied_on(row) | {"confirmed": ctx.confirmed},
        customer_id=_customer_id(main, row), owner_id=getattr(row, "owner_id", None), creator_id=ctx.me.id,
        amount_fen=amount, status="pending", reason=None,
    )  # fmt: skip
    ctx.record("request.created", request, customer_id=request.customer_id)
    deciding.begin(ctx, request, plan)
    return shown(ctx, request, title=f"已提交审批 {request.code}")


def _named(said: Mapping[str, Any]) -> str:
    return str(said.get("name") or said.get("ref") or "")


def _refuse_second(ctx: Context, command: Command, noun: str | None, ident: int | None, ref: str) -> None:
    if noun is None or ident is None:
        return
    mine = (Request.command == command.name, Request.about_noun == noun, Request.about_id == ident)
    other = fetch_one(ctx.db, Request, *mine, Request.status.in_(UNDECIDED))
    if other is not None:
        raise Conflict(
            f"{ref} 的「{command.title}」已经在审批", f"审批编号 {other.code}", f"可以说「催办 {other.code}」"
        )


def relied_on(row: Any) -> Json:
    """What of the row the approvers relied on."""
    return {key: plain(getattr(row, key)) for key in RELIED_ON if hasattr(row, key)}


def carry_out(ctx: Context, request: Request) -> Request:
    """Runs it as its submitter; `void` with the reason where it is refused now."""
    from handlers import desk  # the desk asks here first
    from handlers.registry import BY_NAME

    submitter = fetch_one(ctx.db, Person, id=request.creator_id, is_active=True)
    try:
        with ctx.db.begin_nested():
            _refuse_changed(ctx, request, submitter)
            confirmed = request.about.get("confirmed", "")
            doing = Context(ctx.db, submitter, ctx.now, ctx.door, ctx.zone, confirmed=confirmed, is_approved=True)
            desk.run(doing, BY_NAME[request.command], request.args)
    except HaitunError as refusal:
        why = "，".join(part for part in (refusal.title, refusal.detail) if part)
        return ctx.save(request, status="void", reason=why)
    return ctx.save(request, status="approved")


def _refuse_changed(ctx: Context, request: Request, submitter: Person | None) -> None:
    if submitter is None:
        raise Conflict("提交人已离职")
    if request.about_noun is None or request.about_id is None:
        return
    row = fetch_one(ctx.db, MODELS[request.about_noun], id=request.about_id)
    then = {key: value for key, value in request.about.items() if key != "confirmed"}
    if row is None or relied_on(row) != then:
        raise Conflict(f"{request.about_ref} 和提交时不一样了", "审批的是提交时的内容")

"""A merge taken apart: what it changed goes back, what happened since stays with the customer that was kept."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from handlers.args import Arg, Args, CustomerRef
from handlers.context import Context, unique
from handlers.customers import merge_children
from handlers.customers.customer_view import CUSTOMER, shown
from handlers.customers.merge_plan import OWNING, put_back
from handlers.customers.merging import mine, tell
from handlers.finding import require_write, reread, seen
from handlers.presenting import instant
from handlers.reply import Reply
from handlers.undo import step_back
from models.base import Json, unplain
from models.codes import noun_of
from models.customers.customer import Customer
from models.errors import Ambiguous, Conflict, NotFound
from models.history import History
from models.normal import company_key
from models.rows import containing, fetch_all, fetch_one
from models.tables import MODELS

WITHIN = timedelta(days=30)


class UnmergeCustomer(Args):
    ref: CustomerRef = Arg("客户", "被并入的那个，编号或名称")


def unmerge_customer(ctx: Context, args: UnmergeCustomer) -> Reply:
    """By whoever might have merged them, within 30 days of it."""
    other, master = _found(ctx, args.ref)
    require_write(ctx, CUSTOMER, master, mine)
    entry = _entry(ctx, other, master)
    merge_children.lock_documents(ctx, master.id)
    held = {row.id: reread(ctx, row, write=None, noun=CUSTOMER) for row in sorted((other, master), key=lambda r: r.id)}
    merge_children.refuse_undecided(ctx, held.values(), "拆开")
    _restore(ctx, entry, held[master.id])
    ctx.db.execute(update(History).where(History.id == entry.id).values(undone_at=ctx.now))
    other = _now(ctx, other)
    master = _now(ctx, master)
    ctx.record("customer.unmerged", other, facts={"from": master.code})
    for row in (other, master):
        ctx.refresh_cards("customer", row.id)
    told = unique([other.owner_id, master.owner_id])
    tell(ctx, "customer.unmerged", other, told, f"{ctx.me.name}把{other.name}从{master.name}拆了出来")
    return shown(ctx, other, title="已拆开", notes=[f"合并之后新增的内容留在 {master.name} {master.code}"])


def _found(ctx: Context, ref: str) -> tuple[Customer, Customer]:
    """The one that was merged away, and where it went; only of those that the actor may see."""
    merged = Customer.merged_into_id.is_not(None)
    if noun_of(ref) == "customer":
        rows = fetch_all(ctx.db, Customer, merged, Customer.id == int(ref[1:]))
    else:
        key = company_key(ref)
        rows = fetch_all(ctx.db, Customer, merged, containing(Customer.name_key, key), limit=50) if key else []
    pairs = [(row, seen(ctx, CUSTOMER, row.merged_into_id or 0)) for row in rows]
    visible: list[tuple[Customer, Customer]] = [(row, master) for row, master in pairs if master is not None]
    if not visible:
        raise NotFound(f"没找到被合并的客户「{ref}」", next_step="请说被并入的那个客户的编号或名称")
    if len(visible) > 1:
        raise Ambiguous("ref", ref, [(row.code, row.name) for row, _ in visible])
    return visible[0]


def _entry(ctx: Context, other: Customer, master: Customer) -> History:
    """The history of this merge, which is what is taken back."""
    merges = (History.event == "customer.merged", History.noun == "customer", History.record_id == master.id)
    of_it = (History.facts["from"].astext == other.code, History.undone_at.is_(None))
    found = fetch_all(ctx.db, History, *merges, *of_it, order_by=[History.id.desc()], limit=1, lock=True)
    if not found:
        raise Conflict(
            f"{other.name} 现在拆不开", f"它后来随别的客户并入了 {master.name}", "请先拆开它当时并入的那个客户"
        )
    if ctx.now - found[0].at > WITHIN:
        day = (instant(ctx, found[0].at) or "")[:10]
        raise Conflict(f"{other.name} 不能再拆开", f"{day} 合并，已超过 {WITHIN.days} 天", "需要时请重新建客户")
    return found[0]


def _restore(ctx: Context, entry: History, master: Customer) -> None:
    try:
        with ctx.db.begin_nested():
            stays = _owner_changed(entry.changes, master)
            for change in reversed(entry.changes):
                _put_back(ctx, change, master, owner_stays=stays)
    except IntegrityError as error:
        detail = "它的编号、代码或联系人已被别的记录占用"
        raise Conflict(f"{master.name} 拆不开了", detail, "请联系管理员") from error


def _owner_changed(changes: Sequence[Json], master: Customer) -> bool:
    """Whether the master has got another owner or sea since: then its ledger stays as it is."""
    mine = [c for c in changes if c["table"] == "customer" and c["id"] == master.id]
    return any(set(OWNING) & change["after"].keys() - _same(change, master, is_master=True) for change in mine)


def _put_back(ctx: Context, change: Json, master: Customer, *, owner_stays: bool) -> None:
    model: Any = MODELS[change["table"]]
    row: Any = fetch_one(ctx.db, model, id=change["id"])
    if (row is None) != (change["after"] is None):
        return  # somebody removed it since, or it is there again
    if change["table"] == "ownership" and owner_stays and row.record_id == master.id:
        return
    if change["before"] is None or change["after"] is None:
        step_back(ctx, model, change)
        return
    same = _same(change, row, is_master=model is Customer and row.id == master.id)
    if same:
        step_back(ctx, model, {**change, "before": {name: change["before"][name] for name in same}})


def _same(change: Json, row: Any, *, is_master: bool) -> set[str]:
    after = {name: unplain(row.model, name, value) for name, value in change["after"].items()}
    return put_back(after, {name: getattr(row, name) for name in after}, is_master=is_master)


def _now(ctx: Context, row: Customer) -> Customer:
    return fetch_one(ctx.db, Customer, id=row.id) or row

"""Two customers become one: previewed, confirmed, and taken apart again within 30 days (domain.md E.8 Merge)."""

import hashlib
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from handlers import permits
from handlers.args import Arg, Args, CustomerRef, PersonRef, Words
from handlers.context import Context, Notice, unique
from handlers.customers import merge_children, ownership, seas
from handlers.customers.customer_view import CUSTOMER, shown
from handlers.customers.merge_plan import CLOCKS, FIELDS, Side, fields, owner_of
from handlers.finding import find, find_person, require_write, reread
from handlers.presenting import names, people
from handlers.reply import Reply
from models.base import Json
from models.customers.activity import FollowUp
from models.customers.customer import Customer
from models.customers.sea import Sea
from models.errors import Conflict, Forbidden, Invalid, NeedsConfirmation


class MergeCustomer(Args):
    ref: CustomerRef = Arg("客户", "要并入的，编号或名称")
    into: CustomerRef = Arg("主客户", "留下的，编号或名称", labels=("合并到",))
    take: Words | None = Arg("取被并客户的字段", "如 电话、地址", default=None)
    owner: PersonRef | None = Arg("负责人", default=None)


@permits.once
def mine(ctx: Context, *, write: bool = True) -> ColumnElement[bool]:
    """The owner, whoever is above him, the admins of the sea it lies in: a team member may not give a customer away."""
    if permits.everything(ctx):
        return permits.customers(ctx)
    return or_(permits.under(ctx, Customer.owner_id), permits.my_sea(ctx, Customer.sea_id, admin=True))


def merge_customer(ctx: Context, args: MergeCustomer) -> Reply:
    """What hangs on `ref` moves to `into`, which keeps its own fields; `ref` leads there from now on."""
    other, master = _both(ctx, args)
    picked = _picked(ctx, args)
    take = _taken(args.take)
    merge_children.refuse_undecided(ctx, (other, master), "合并")
    to = owner_of(Side(master, _followed(ctx, master)), Side(other, _followed(ctx, other)), picked)
    changes = fields(master, other, take)
    _confirm(ctx, other, master, changes, to)
    told = unique([other.owner_id, master.owner_id])
    merge_children.move(ctx, other, master)
    other = _redirect(ctx, other, master)
    master = _keep(ctx, other, master, changes, to)
    ctx.record("customer.merged", master, facts={"from": other.code, "name": other.name})
    ctx.refresh_cards("customer", master.id)
    ctx.refresh_cards("customer", other.id)
    tell(ctx, "customer.merged", master, told, f"{ctx.me.name}把{other.name}合并到了{master.name}")
    note = f"{other.code} {other.name} 已并入；30 天内可以说「拆开 {other.code}」"
    return shown(ctx, master, title="已合并", undo=True, notes=[note])


def _both(ctx: Context, args: MergeCustomer) -> tuple[Customer, Customer]:
    """Both locked, documents first, then the customers by their numbers."""
    other: Customer = find(ctx, CUSTOMER, args.ref)
    master: Customer = find(ctx, CUSTOMER, args.into, field="into")
    if other.id == master.id:
        raise Invalid("into", f"两次说的都是 {master.name}", next_step="请说另一个客户的编号或名称")
    for row in (other, master):
        require_write(ctx, CUSTOMER, row, mine)
        if row.frozen:
            raise Conflict(f"{row.name} 已冻结，不能合并", next_step=f"请管理员先「解冻 {row.code}」")
    merge_children.lock_documents(ctx, other.id)
    held = {row.id: reread(ctx, row, write=None, noun=CUSTOMER) for row in sorted((other, master), key=lambda r: r.id)}
    if any(row.merged_into_id is not None for row in held.values()):
        raise Conflict("其中一个刚刚被合并了", next_step="请重新查看后再试")
    return held[other.id], held[master.id]


def _picked(ctx: Context, args: MergeCustomer) -> int | None:
    if args.owner is None:
        return None
    if not permits.everything(ctx):
        raise Forbidden("没有权限", "合并后归谁，由规则决定；只有管理员可以指定", "请联系管理员")
    return find_person(ctx, args.owner, "owner").id


def _taken(said: str | None) -> tuple[str, ...]:
    found = tuple(name for name, label in FIELDS.items() if label in (said or "") or name in (said or ""))
    if said and not found:
        raise Invalid("take", f"不认识字段「{said}」", f"可选：{'、'.join(FIELDS.values())}")
    return found


def _followed(ctx: Context, customer: Customer) -> Any:
    """When the owner last followed up so that it counted."""
    own = (FollowUp.noun == "customer", FollowUp.record_id == customer.id, FollowUp.person_id == customer.owner_id)
    return ctx.db.execute(select(func.max(FollowUp.at)).where(*own, FollowUp.is_effective)).scalar()


def _confirm(ctx: Context, other: Customer, master: Customer, changes: Json, to: int | None) -> None:
    """Nothing is written before it is; a changed situation asks again."""
    said = f"{other.code}|{master.code}|{sorted(changes.items())}|{to}"
    confirm = hashlib.sha256(said.encode()).hexdigest()[:12]
    if ctx.confirmed == confirm:
        return
    question = f"把 {other.name} {other.code} 合并到 {master.name} {master.code}，确认吗？"
    owner = people(ctx, [to])[to]["name"] if to is not None else names(ctx, Sea, [master.sea_id])[master.sea_id]
    rows = [["并入", f"{other.name} {other.code}"], ["负责人", owner]]
    rows += [[label, f"{changes[name]}（取自 {other.code}）"] for name, label in FIELDS.items() if name in changes]
    kept = [label for name, label in FIELDS.items() if _differ(master, other, name) and name not in changes]
    rows += [["不同、保留主客户的", "、".join(kept)]] if kept else []
    drafts = [{"noun": "customer", "title": f"{master.name} {master.code}", "rows": rows}]
    raise NeedsConfirmation(question, confirm, "confirm", {"drafts": drafts})


def _differ(master: Customer, other: Customer, name: str) -> bool:
    return getattr(other, name) is not None and getattr(master, name) not in (None, getattr(other, name))


def _redirect(ctx: Context, other: Customer, master: Customer) -> Customer:
    """Nobody's, in no sea, only a way to the master; its period in the ledger ends."""
    ownership.end(ctx, other, out="merge", note=master.code)
    gone: dict[str, Any] = dict.fromkeys(("owner_id", "owned_at", "sea_id", "home_sea_id", "entered_sea_at", *CLOCKS))
    return ctx.save(other, **gone, next_follow_up_at=None, uscc=None, merged_into_id=master.id)


def _keep(ctx: Context, other: Customer, master: Customer, changes: Json, to: int | None) -> Customer:
    if to is None or to == master.owner_id:
        return ctx.save(master, **changes)
    home = master.home_sea_id
    clock = seas.fresh_clock(ctx, master, to)
    row: Customer = ownership.change(
        ctx, master, to=to, how="transfer", out="merge", home_id=home, note=other.code, **(clock | changes)
    )
    return row


def tell(ctx: Context, topic: str, customer: Customer, told: tuple[int, ...], title: str) -> None:
    """Both owners hear of it."""
    owner = people(ctx, [customer.owner_id])[customer.owner_id]
    facts = {"title": title, "rows": [["客户编号", customer.code], ["负责人", owner["name"] if owner else None]]}
    ctx.tell(Notice(topic, "notice", facts, customer.code, told, robots=False))

"""Several leads to several people in equal shares, shown before it is done (domain.md E.2, batch assignment)."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field

from handlers.args import Arg, Args, Count, LeadPoolRef, LeadRefs, Slot, Text
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.finding import find_person
from handlers.reply import Button, Reply
from handlers.sales import assign_people, lead_notices, lead_owners, lead_pools
from handlers.sales.lead_view import LEAD, present
from models.base import Json
from models.company.people import Person
from models.errors import Conflict, MissingArgument, NeedsConfirmation
from models.rows import fetch_all, freeze, query
from models.sales.lead import Lead

SHOWN = 10  # codes that the preview names for each


_BETWEEN = re.compile(r"[、,，;；\s]+|(?<=..)[和与跟及](?=..)")  # 李和平 is one


def _names(value: object) -> object:
    if isinstance(value, str):
        return [name for name in _BETWEEN.split(value) if name]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [name for one in value for name in _BETWEEN.split(one) if name]
    return value


People = Annotated[list[Text], BeforeValidator(_names), Field(min_length=1, max_length=50), Slot("words")]


class DistributeLeads(Args):
    refs: LeadRefs | None = Arg("线索", "多个编号", default=None)
    count: Count | None = Arg("数量", default=None)
    pool: LeadPoolRef | None = Arg("线索池", default=None)
    people: People = Arg("给谁", "几个人", labels=("负责人",))


def shares(leads: Sequence[int], loads: Mapping[int, int]) -> dict[int, list[int]]:
    """The leads dealt out one by one: shares differ by one at most, and whoever has the fewest open leads comes first
    (of equals in the order given)."""
    order = sorted(loads, key=lambda person: loads[person])
    return {person: list(leads[place :: len(order)]) for place, person in enumerate(order)}


def distribute(ctx: Context, args: DistributeLeads) -> Reply:
    """By whoever may assign each of them; more than one lead is shown first, and what has changed since is shown
    again."""
    people = [find_person(ctx, name, "people") for name in dict.fromkeys(args.people)]
    by_id = {person.id: person for person in people}
    leads = _leads(ctx, args)
    for lead in leads:
        lead.taken(ctx.now)  # refuses a closed one before the first write
    rows = {lead.id: lead for lead in leads}
    dealt = shares(list(rows), assign_people.loads(ctx, list(by_id)))
    if len(leads) > 1:
        _confirm(ctx, dealt, rows, by_id)
    done: list[Lead] = []
    for person_id, idents in dealt.items():
        given = [lead_owners.hand(ctx, rows[ident], by_id[person_id]) for ident in idents]
        if given:
            lead_notices.handed_in(ctx, given)
        done += given
    return _answer(ctx, done, dealt, by_id)


def _leads(ctx: Context, args: DistributeLeads) -> list[Lead]:
    """Those that are named, else the oldest of the pool that the actor may assign."""
    if args.refs:
        return lead_owners.locked(ctx, args.refs)
    if args.count is None:
        raise MissingArgument("count", "请告诉我分哪些线索，或分几条")
    if args.pool is None:
        raise MissingArgument("pool", "从哪个线索池分？")
    pool = lead_pools.named(ctx, args.pool)
    mine = query(Lead, Lead.status == "unassigned", Lead.pool_id == pool.id, LEAD.gate(ctx, write=True))
    oldest = mine.order_by(Lead.entered_pool_at, Lead.id).limit(args.count)
    found = [freeze(Lead, row) for row in ctx.db.execute(oldest.with_for_update(skip_locked=True, key_share=True))]
    if not found:
        waiting = len(fetch_all(ctx.db, Lead, Lead.status == "unassigned", Lead.pool_id == pool.id, limit=200))
        detail = f"{pool.name}现在有 {waiting} 条未分配" + ("，但你不是它的管理员" if waiting else "")
        raise Conflict("没有可以分配的线索", detail, "请检查线索池，或联系它的管理员")
    return found


def _confirm(
    ctx: Context, dealt: Mapping[int, Sequence[int]], rows: Mapping[int, Lead], by_id: Mapping[int, Person]
) -> None:
    plan = "|".join(f"{person}:{','.join(map(str, idents))}" for person, idents in sorted(dealt.items()))
    confirm = hashlib.sha256(plan.encode()).hexdigest()[:12]
    if ctx.confirmed == confirm:
        return
    drafts: list[Json] = []
    for person, idents in dealt.items():
        codes = [rows[ident].code for ident in idents]
        more = f" 等 {len(codes)} 条" if len(codes) > SHOWN else ""
        row = ["编号", "、".join(codes[:SHOWN]) + more if codes else "不分"]
        drafts.append({"noun": "lead", "title": f"{by_id[person].name} {len(codes)} 条", "rows": [row]})
    question = f"{len(rows)} 条线索分给{'、'.join(person.name for person in by_id.values())}，确认吗？"
    facts = {"drafts": drafts, "title": f"请确认：分配 {len(rows)} 条线索"}
    raise NeedsConfirmation(question, confirm, "confirm", facts)


def _answer(
    ctx: Context, done: Sequence[Lead], dealt: Mapping[int, Sequence[int]], by_id: Mapping[int, Person]
) -> Reply:
    items = present(ctx, done)
    sums = [{"person": by_id[ident].name, "count": len(idents)} for ident, idents in dealt.items()]
    notes = ["，".join(f"{one['person']} {one['count']} 条" for one in sums)]
    facts = {"items": items, "total": len(items), "title": f"已分配 {len(items)} 条线索", "notes": notes}
    result = {"items": items, "total": len(items), "shares": sums}
    return Reply("sales/lead_list", facts, buttons=(Button("撤销", "undo"),), result=result)


DISTRIBUTE_LEADS = Command(
    name="lead.distribute", title="批量分配线索",
    says=(
        "[把|将]{pool:pool}[里|中|里的|的][最早的]{count}(条|个)[线索](平均|均匀|轮流)[分|分配|派](给|给到){people}",
        "[把|将]{pool:pool}[里|中|里的|的][最早的]{count}(条|个)[线索](分给|分配给|派给){people}",
        "[把|将][线索]{refs}(平均|均匀|轮流)[分|分配|派](给|给到){people}",
        "(平均|均匀|轮流)(分|分配|派)[线索]{refs}给{people}",
        "[从]{pool:pool}(分配|分|派){count}(条|个)[线索]给{people}",
    ),
    examples=("把华东线索池的10条线索平均分给李雷、韩梅梅", "L000045、L000046 平均分给 李雷、赵六"),
    args=DistributeLeads, needs=Permission.LEAD_ASSIGN, run=distribute,
)  # fmt: skip

COMMANDS = (DISTRIBUTE_LEADS,)

"""The clock's side of lead pools: warn the owner the day before, then take back; each lead re-checked under lock."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from handlers.context import Context, Notice, subject_of, unique
from handlers.customers import reclaim, seas
from handlers.customers.warned import was_warned, written
from handlers.presenting import names
from handlers.reply import Button
from handlers.sales import lead_notices, lead_pools
from handlers.sales.lead_owners import to_pool
from handlers.sales.lead_view import present
from models.base import Json
from models.company.people import Person
from models.customers.sea import LeadPool
from models.rows import fetch_all, fetch_one
from models.sales.lead import ACTIVE, Lead

BATCH = 10_000
WARNING = "lead.reclaim_warning"
NEAR = timedelta(days=lead_pools.WARN_BEFORE + 1)  # from 09:00 of the day before the last one to 02:00 after it
RULE = "超期未跟进"


def warn(ctx: Context) -> int:
    """One card a person for the leads that go back the night after tomorrow's; his superior hears too. Nothing is said
    twice for one deadline. Returns how many leads were warned of."""
    unheard = or_(Lead.warned_for.is_(None), Lead.warned_for != Lead.reclaim_at)
    near = (Lead.owner_id.is_not(None), Lead.reclaim_at <= ctx.now + NEAR, unheard)
    order = [Lead.owner_id, Lead.reclaim_at, Lead.id]
    due: dict[int, list[Lead]] = defaultdict(list)
    for lead in fetch_all(ctx.db, Lead, *near, order_by=order, limit=BATCH, lock=True):
        row = ctx.save(lead, **lead_pools.clock_changes(ctx, lead))  # the pool's rule may have changed
        if row.owner_id is not None and _is_time(ctx, row):
            due[row.owner_id].append(ctx.save(row, warned_for=row.reclaim_at, warned_at=ctx.now))
    for owner, leads in due.items():
        _tell_warning(ctx, owner, leads)
    return sum(len(leads) for leads in due.values())


def _is_time(ctx: Context, lead: Lead) -> bool:
    due = _warning_due(ctx, lead)
    return due is not None and due <= ctx.now


def _warning_due(ctx: Context, lead: Lead) -> datetime | None:
    if lead.home_pool_id is None or lead.reclaim_at is None:
        return None
    rules = lead_pools.reclaim_rules(lead_pools.rules_of(ctx, lead.home_pool_id)[0])
    return reclaim.warning_due(lead.reclaim_at, lead_pools.WARN_BEFORE, rules, seas.calendar(ctx), ctx.zone)


def _tell_warning(ctx: Context, owner: int, leads: Sequence[Lead]) -> None:
    person = fetch_one(ctx.db, Person, Person.id == owner)
    first, key = leads[0], f"lead_reclaim_warning|{owner}|{ctx.now.isoformat()}"
    what = f"线索 {first.label} 即将回收" if len(leads) == 1 else f"{len(leads)} 条线索即将回收"
    hint = "可回复：跟进 线索编号 内容 / 退回线索 编号 原因"
    views = [view | {"name": view["label"]} for view in present(ctx, leads)]
    facts: Json = {"customers": views, "last": True, "title": what, "hint": hint}
    template, subject = "customers/reclaim_warning", subject_of(first)
    ctx.tell(
        Notice(WARNING, template, facts, first.code, (owner,), _buttons(leads), subject, robots=False, key=key)
    )  # fmt: skip
    if person is not None and person.superior_id is not None:
        told = facts | {"title": f"{person.name}：{what}", "hint": ""}
        superior, key_of_his = (person.superior_id,), f"{key}|superior"
        ctx.tell(Notice(WARNING, template, told, first.code, superior, robots=False, key=key_of_his))
    for lead, view in zip(leads, views, strict=True):
        _tell_group(ctx, WARNING, lead, person, key=key, deadline=view["reclaim_at"])


def _buttons(leads: Sequence[Lead]) -> tuple[Button, ...]:
    """For one lead the words alone; for several each names its lead (six buttons fit a card)."""
    if len(leads) == 1:
        ref = {"ref": leads[0].code}
        return Button("写跟进", "follow_up.add", ref, "primary"), Button("退回", "lead.return", ref, "danger")
    return tuple(Button(f"写跟进 {lead.label[:8]}", "follow_up.add", {"ref": lead.code}) for lead in leads[:6])


def _tell_group(ctx: Context, topic: str, lead: Lead, person: Person | None, *, key: str, **more: Any) -> None:
    who = {"name": person.name if person else ""}
    group = lead_notices.group_facts(ctx, lead, who=who, **more)
    concerned = person.id if person else None
    ctx.tell(Notice(topic, "notice", {}, lead.code, concerned=concerned, group=group, key=f"{key}|{lead.code}"))


def due_ids(ctx: Context) -> list[int]:
    """Leads whose reclaim instant has come; the partial index on `reclaim_at` finds them."""
    statement = select(Lead.id).where(Lead.reclaim_at <= ctx.now, Lead.owner_id.is_not(None))
    return list(ctx.db.execute(statement.order_by(Lead.reclaim_at).limit(BATCH)).scalars())


def reclaim_one(ctx: Context, ident: int) -> bool:
    """Takes one lead back to its home pool if that is still right, checked again under its lock (domain.md E.1.5).

    Without a delivered warning it waits for one, and then one business day (contract.md `haitun tick`).
    """
    ctx.command = "lead.reclaim"
    lead = fetch_one(ctx.db, Lead, Lead.id == ident, lock=True)
    if lead is None or lead.owner_id is None or lead.home_pool_id is None or lead.status not in ACTIVE:
        return False
    due = lead_pools.deadline_of(ctx, lead)
    if due is None or due.reclaim_at > ctx.now:
        ctx.save(lead, **lead_pools.clock_changes(ctx, lead))
        return False
    if not _was_warned(ctx, lead):
        return False
    person = fetch_one(ctx.db, Person, Person.id == lead.owner_id)
    owner, pool_id = lead.owner_id, lead.home_pool_id
    lead = to_pool(ctx, lead, pool_id, out="reclaim", note=RULE)
    ctx.record("lead.reclaimed", lead, owner_id=owner, facts={"rule": due.rule, "days": due.days})
    pool = names(ctx, LeadPool, [pool_id])[pool_id]
    item = {"code": lead.code, "name": lead.label, "sea": pool}
    facts = {"customers": [item], "title": f"线索 {lead.label} 已回收到{pool}", "rule": f"{due.days} 天未跟进"}
    key = f"lead_reclaimed|{lead.code}|{due.reclaim_at.isoformat()}"
    told = unique([owner])
    ctx.tell(Notice("lead.reclaimed", "customers/reclaimed", facts, lead.code, told, robots=False, key=key))
    _tell_group(ctx, "lead.reclaimed", lead, person, key=key)
    return True


def _was_warned(ctx: Context, lead: Lead) -> bool:
    """Of this very deadline. A warning that was lost is written again."""
    if lead.warned_for != lead.reclaim_at or lead.warned_at is None or lead.warned_at > ctx.now:
        return False
    if lead.owner_id is None:
        return False
    notices = written(ctx, WARNING, [lead.owner_id], lead.warned_at).get(lead.owner_id, [])
    found = was_warned(ctx, notices, lead.code, since=lead.warned_at, last=_warning_due(ctx, lead))
    if found == "lost":
        ctx.save(lead, warned_for=None, warned_at=None)
    return found == "yes"

"""The clock warns the owners of leads that will go back to their pool: one card a person for all of a day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_

from handlers.bulk import Bulk, locked, owned_batches
from handlers.context import Context, Notice, subject_of
from handlers.customers import reclaim, seas
from handlers.presenting import instant
from handlers.reply import Button
from handlers.sales import lead_notices, lead_pools
from models.base import Json
from models.bulk import altered
from models.company.people import Person
from models.rows import fetch_all
from models.sales.lead import Lead

WARNING = "lead.reclaim_warning"
NEAR = timedelta(days=lead_pools.WARN_BEFORE + 1)  # from 09:00 of the day before the last one to 02:00 after it
_UNHEARD = or_(Lead.warned_for.is_(None), Lead.warned_for != Lead.reclaim_at)


def due(ctx: Context) -> list[list[int]]:
    """Leads that may have to be warned of, in batches: a person's are written together."""
    return owned_batches(ctx, Lead, Lead.reclaim_at <= ctx.now + NEAR, _UNHEARD, whole=True)


def warn(ctx: Bulk, idents: Sequence[int]) -> None:
    """One card a person for the leads that go back the night after tomorrow's; his superior hears too. Nothing is said
    twice for one deadline."""
    found: dict[int, list[Lead]] = defaultdict(list)
    rows = locked(ctx, Lead, idents, Lead.reclaim_at <= ctx.now + NEAR, _UNHEARD)
    facts = lead_pools.facts_of_rows(ctx, rows)
    for lead in rows:
        changes = lead_pools.clock_changes(ctx, lead, facts.get(lead.id))  # the pool's rule may have changed
        at = warning_due(ctx, altered(lead, changes))
        is_time = at is not None and at <= ctx.now
        if is_time:
            changes |= {"warned_for": changes.get("reclaim_at", lead.reclaim_at), "warned_at": ctx.now}
        row = ctx.amend(lead, **changes)
        if is_time:
            found[row.owner_id or 0].append(row)
    for person in fetch_all(ctx.db, Person, Person.id.in_(list(found))) if found else ():
        _tell(ctx, person, found[person.id])


def warning_due(ctx: Context, lead: Lead) -> datetime | None:
    """When its owner is warned of its deadline."""
    if lead.home_pool_id is None or lead.reclaim_at is None:
        return None
    rules = lead_pools.rules_of(ctx, lead.home_pool_id)[0]
    return reclaim.warning_due(lead.reclaim_at, lead_pools.WARN_BEFORE, rules, seas.calendar(ctx), ctx.zone)


def _tell(ctx: Context, person: Person, leads: Sequence[Lead]) -> None:
    first, key = leads[0], f"lead_reclaim_warning|{person.id}|{ctx.now.isoformat()}"
    what = f"线索 {first.label} 即将回收" if len(leads) == 1 else f"{len(leads)} 条线索即将回收"
    hint = "可回复：跟进 线索编号 内容 / 退回线索 编号 原因"
    shown = [
        {
            "code": row.code,
            "name": row.label,
            "reclaim_at": instant(ctx, row.reclaim_at),
            "last_follow_up_at": instant(ctx, row.last_follow_up_at),
        }
        for row in leads
    ]
    facts: Json = {"customers": shown, "last": True, "title": what, "hint": hint}
    template, subject = "customers/reclaim_warning", subject_of(first)
    ctx.tell(
        Notice(WARNING, template, facts, first.code, (person.id,), _buttons(leads), subject, robots=False, key=key)
    )  # fmt: skip
    if person.superior_id is not None:
        told = facts | {"title": f"{person.name}：{what}", "hint": ""}
        superior, key_of_his = (person.superior_id,), f"{key}|superior"
        ctx.tell(Notice(WARNING, template, told, first.code, superior, robots=False, key=key_of_his))
    who, due_at = {"name": person.name}, [view["reclaim_at"] for view in shown]
    groups = [lead_notices.group_facts(ctx, row, who=who, deadline=at) for row, at in zip(leads, due_at, strict=True)]
    ctx.tell(Notice(WARNING, "notice", {}, first.code, concerned=person.id, groups=groups, key=key))


def _buttons(leads: Sequence[Lead]) -> tuple[Button, ...]:
    """For one lead the words alone; for several each names its lead (six buttons fit a card)."""
    if len(leads) == 1:
        ref = {"ref": leads[0].code}
        return Button("写跟进", "follow_up.add", ref, "primary"), Button("退回", "lead.return", ref, "danger")
    return tuple(Button(f"写跟进 {lead.label[:8]}", "follow_up.add", {"ref": lead.code}) for lead in leads[:6])

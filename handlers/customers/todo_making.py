"""How todos come about: said, planned by a follow-up, or repeated."""

import calendar
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.context import Context
from models.clock import at, day_of
from models.customers.activity import FollowUp, Todo
from models.rows import fetch_all


def make(ctx: Context, *, title: str, due_at: datetime, person_id: int, subject: Any = None, **more: Any) -> Todo:
    """A new open todo about a record, or about nothing."""
    about = {"noun": subject.model.__tablename__, "record_id": subject.id} if subject is not None else {}
    creator = ctx.actor.id if ctx.actor else None
    values = {"status": "open", "creator_id": creator, "platform": ctx.platform, **about, **more}
    return ctx.insert(Todo, title=title, due_at=due_at, person_id=person_id, **values)


def plan_next(ctx: Context, subject: Any, follow_up: FollowUp, *, title: str, person_id: int) -> Todo | None:
    """The next contact becomes a todo of the owner (domain.md A.13). It takes the place of what earlier follow-ups
    planned; without a next contact, what was planned up to the end of today is done by this one."""
    planned = (
        Todo.noun == subject.model.__tablename__,
        Todo.record_id == subject.id,
        Todo.status == "open",
        Todo.follow_up_id.is_not(None),
    )
    tonight = at(day_of(ctx.now, ctx.zone) + timedelta(days=1), datetime.min.time(), ctx.zone)
    for todo in fetch_all(ctx.db, Todo, *planned, order_by=[Todo.id], lock=True):
        if follow_up.next_at is not None or todo.due_at < tonight:
            ctx.save(todo, status="done" if todo.due_at < tonight else "cancelled", done_at=ctx.now)
            ctx.refresh_cards("todo", todo.id)
    if follow_up.next_at is None:
        return None
    whose = {"person_id": person_id, "follow_up_id": follow_up.id}
    return make(ctx, title=title, due_at=follow_up.next_at, subject=subject, **whose)


def repeat_after(ctx: Context, todo: Todo) -> Todo | None:
    """The next instance of a repeating todo: made once, when this one is done or its reminder goes out, whichever is
    first. The repetition moves on to the new one, so that a series has one carrier."""
    if todo.repeat is None:
        return None
    again = {"noun": todo.noun, "record_id": todo.record_id, "creator_id": todo.creator_id, "platform": todo.platform}
    due_at = next_due(todo.due_at, todo.repeat, ctx.now, ctx.zone)
    ctx.save(todo, repeat=None)
    return make(ctx, title=todo.title, due_at=due_at, person_id=todo.person_id, repeat=todo.repeat, **again)


def next_due(due_at: datetime, repeat: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The first repetition after both `due_at` and `now`, at the same local time; a 31st becomes a month's last day."""
    first = due_at.astimezone(zone)
    count = 0
    due = first
    while due <= first or due <= now:
        count += 1
        due = _months_later(first, count) if repeat == "monthly" else first + timedelta(days=count * _DAYS[repeat])
    return due


_DAYS = {"daily": 1, "weekly": 7}


def _months_later(first: datetime, count: int) -> datetime:
    year, month = divmod(first.year * 12 + first.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return first.replace(year=year, month=month + 1, day=min(first.day, last))

"""Todos as people and programs see them, and their cards."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, true

from handlers import permits
from handlers.context import Context, subject_of
from handlers.customers.subjects import abouts
from handlers.finding import seen
from handlers.nouns import Noun
from handlers.periods import span_of
from handlers.presenting import by_name_of, by_person, common, instant, people
from handlers.reply import Button, Reply
from models.base import Json
from models.customers.activity import Todo
from models.customers.customer import Customer
from models.sales.lead import Lead


def present(ctx: Context, rows: Sequence[Todo]) -> list[Json]:
    """Todos as the API shows them; `overdue` is as of now."""
    if not rows:
        return []
    known = people(ctx, [i for row in rows for i in (row.person_id, row.creator_id)])
    subjects = abouts(ctx, [(row.noun, row.record_id) for row in rows])
    return [
        {
            "code": row.code,
            "title": row.title,
            "due_at": instant(ctx, row.due_at),
            "status": row.status,
            "overdue": row.status == "open" and row.due_at < ctx.now,
            "repeat": row.repeat,
            "about": subjects.get((row.noun, row.record_id)),
            "person": known[row.person_id],
            "creator": known[row.creator_id],
            "done_at": instant(ctx, row.done_at),
            **common(ctx, row),
        }
        for row in rows
    ]


def shown(ctx: Context, todo: Todo, *, title: str = "", undo: bool = False, notes: Sequence[str] = ()) -> Reply:
    """The todo's card; `title` says what was just done."""
    view = present(ctx, [todo])[0]
    facts = {"todo": view, "notes": list(notes)} | ({"tag": title} if title else {})
    buttons = (*buttons_for(todo), *((Button("撤销", "undo"),) if undo else ()))
    return Reply("customers/todo", facts, buttons=buttons, subject=subject_of(todo), result=view)


def buttons_for(todo: Todo) -> tuple[Button, ...]:
    """What may be done with it: 延期 asks until when."""
    if todo.status != "open":
        return ()
    ref = {"ref": todo.code}
    return Button("完成", "todo.done", ref, "primary"), Button("延期", "todo.postpone", ref)


def todo_card(ctx: Context, ident: int) -> Reply | None:
    """The present state for a card that is on somebody's phone; None when he may not see it any more."""
    todo = seen(ctx, TODO, ident)
    return None if todo is None else shown(ctx, todo)


def due_in(ctx: Context, when: str) -> ColumnElement[bool]:
    """Due in a period, or overdue."""
    if when == "overdue":
        return and_(Todo.status == "open", Todo.due_at < ctx.now)
    return span_of(when, ctx.today, ctx.zone).holds(Todo.due_at)


def _mine(ctx: Context, when: str) -> ColumnElement[bool]:
    return and_(Todo.person_id == ctx.me.id, Todo.status == "open", due_in(ctx, when))


SCENES: dict[str, Any] = {
    "all": lambda _ctx: true(),
    "mine": lambda ctx: Todo.person_id == ctx.me.id,
    "subordinates": lambda ctx: permits.under(ctx, Todo.person_id) & (Todo.person_id != ctx.me.id),
    "today": lambda ctx: _mine(ctx, "today"),
    "tomorrow": lambda ctx: _mine(ctx, "tomorrow"),
    "this_week": lambda ctx: _mine(ctx, "this_week"),
    "overdue": lambda ctx: _mine(ctx, "overdue"),
}
TODO = Noun(
    name="todo", plural="todos", title="待办", model=Todo, gate=permits.todos, present=present,
    named=("title",), columns=("title", "due_at", "status", "repeat", "done_at"), scenes=SCENES,
    filters={
        "person": by_person(Todo.person_id), "creator": by_person(Todo.creator_id),
        "customer": lambda ctx, said: (Todo.noun == "customer") & by_name_of(Todo.record_id, Customer)(ctx, said),
        "lead": lambda ctx, said: (Todo.noun == "lead") & by_name_of(Todo.record_id, Lead)(ctx, said),
    },
)  # fmt: skip

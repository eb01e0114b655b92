"""Todos: what to do and when to be reminded (domain.md A.13)."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import ColumnElement, func, or_, select, update

from handlers import permits
from handlers.args import Arg, Args, Instant, PersonRef, SubjectRef, Text, TodoRef, Words, choice
from handlers.command import Command, Permission
from handlers.company import rules
from handlers.context import Context, Notice, subject_of, unique
from handlers.customers import todo_making
from handlers.customers.subjects import find_subject
from handlers.customers.todo_view import TODO, buttons_for, due_in, present, shown
from handlers.finding import find, find_person, named
from handlers.notices import awake
from handlers.periods import said
from handlers.reply import Reply
from models.clock import aware
from models.company.rule import QuietHours
from models.customers.activity import Todo
from models.errors import Ambiguous, Conflict, Invalid
from models.rows import fetch_all, freeze, query

BATCH = 500
STATES = {"done": "已完成", "cancelled": "已取消"}

Repeat = Annotated[Text, choice("daily", "weekly", "monthly", 每天="daily", 每周="weekly", 每月="monthly")]
DAYS = ("today", "tomorrow", "this_week")
When = Annotated[
    Text,
    choice(*DAYS, "overdue", **said(*DAYS), 逾期="overdue", 逾期的="overdue", 过期="overdue", 过期的="overdue"),
]


class CreateTodo(Args):
    title: Words = Arg("做什么", labels=("内容", "事项"))
    due_at: Instant = Arg("什么时候", labels=("时间",))
    ref: SubjectRef | None = Arg("客户或线索", default=None)
    repeat: Repeat | None = Arg("重复", default=None)
    person: PersonRef | None = Arg("谁", default=None)


class ListTodos(Args):
    when: When | None = Arg("时间", default=None)
    person: PersonRef | None = Arg("谁的", default=None)


class FinishTodo(Args):
    ref: TodoRef = Arg("待办", "编号或内容")


class PostponeTodo(Args):
    ref: TodoRef = Arg("待办", "编号或内容")
    due_at: Instant = Arg("延到什么时候", labels=("时间",))


def create_todo(ctx: Context, args: CreateTodo) -> Reply:
    """For oneself, or for a colleague, who is told."""
    due_at = _future(ctx, args.due_at)
    person = find_person(ctx, args.person, "person") if args.person else ctx.me
    subject = find_subject(ctx, args.ref) if args.ref else None
    todo = todo_making.make(
        ctx, title=args.title, due_at=due_at, person_id=person.id, subject=subject, repeat=args.repeat
    )
    ctx.record("todo.created", todo, owner_id=person.id)
    if person.id != ctx.me.id:
        facts = {"todo": present(ctx, [todo])[0], "tag": f"{ctx.me.name}安排"}
        ctx.tell(
            Notice(
                "todo.assigned", "customers/todo", facts, todo.code, (person.id,), buttons_for(todo), subject_of(todo),
                robots=False,
            )
        )  # fmt: skip
    return shown(ctx, todo, title="已安排", undo=True, notes=_quiet_note(ctx, due_at))


def _future(ctx: Context, value: datetime) -> datetime:
    due_at = aware(value, ctx.zone)
    if due_at <= ctx.now:
        local = ctx.now.astimezone(ctx.zone)
        now = f"现在是{local.month}月{local.day}日 {local:%H:%M}"
        raise Invalid("due_at", "这个时间已经过去了", now, "请说一个以后的时间，例如：明天下午3点")
    return due_at


def _quiet_note(ctx: Context, due_at: datetime) -> list[str]:
    quiet, _ = rules.in_force(ctx, "quiet_hours", QuietHours)
    heard = awake(due_at, quiet, ctx.zone).astimezone(ctx.zone)
    return [] if heard == due_at else [f"那时是免打扰时段，会在{heard.month}月{heard.day}日 {heard:%H:%M} 提醒"]


def list_todos(ctx: Context, args: ListTodos) -> Reply:
    """Open ones, the most urgent first; of a colleague those that one may see."""
    person = find_person(ctx, args.person, "person") if args.person else ctx.me
    where = [TODO.gate(ctx), Todo.person_id == person.id, Todo.status == "open"]
    late = ctx.db.execute(select(func.count()).select_from(Todo).where(*where, due_in(ctx, "overdue"))).scalar_one()
    if args.when:
        where.append(due_in(ctx, args.when))
    rows = fetch_all(ctx.db, Todo, *where, order_by=[Todo.due_at, Todo.id], limit=ctx.page_size)
    total = ctx.db.execute(select(func.count()).select_from(Todo).where(*where)).scalar_one()
    items = present(ctx, rows)
    shown_late = sum(1 for item in items if item["overdue"])
    notes = [f"另有 {late - shown_late} 条已逾期，说「逾期待办」查看"] if late > shown_late else []
    whose = {"name": person.name} if args.person else None
    facts = {"items": items, "when": args.when, "person": whose, "total": total, "notes": notes}
    return Reply("customers/todo_list", facts, result={"items": items, "total": total})


def finish_todo(ctx: Context, args: FinishTodo) -> Reply:
    """Done; of a repeating one the next is made."""
    todo = _find_open(ctx, args.ref)
    again = todo_making.repeat_after(ctx, todo)
    row = ctx.save(_reread(ctx, todo), status="done", done_at=ctx.now)
    ctx.record("todo.done", row, owner_id=row.person_id)
    _tell(ctx, "todo.done", row, "已完成")
    next_at = again.due_at.astimezone(ctx.zone) if again is not None else None
    notes = [f"下一次：{next_at.month}月{next_at.day}日 {next_at:%H:%M}"] if next_at is not None else []
    return shown(ctx, row, undo=True, notes=notes)


def postpone_todo(ctx: Context, args: PostponeTodo) -> Reply:
    """To a later time; it is reminded of again then."""
    todo = _find_open(ctx, args.ref)
    due_at = _future(ctx, args.due_at)
    row = ctx.save(todo, due_at=due_at)
    ctx.record("todo.postponed", row, owner_id=row.person_id)
    _tell(ctx, "todo.postponed", row, "已延期")
    return shown(ctx, row, title="已延期", undo=True, notes=_quiet_note(ctx, due_at))


@permits.once
def _open(ctx: Context) -> ColumnElement[bool]:
    return TODO.gate(ctx, write=True) & (Todo.status == "open")


@permits.once
def _my_open(ctx: Context) -> ColumnElement[bool]:
    return _open(ctx) & (Todo.person_id == ctx.me.id)


def _find_open(ctx: Context, ref: str) -> Todo:
    """By code, or by part of the title among the open ones, one's own first; locked."""
    rows = named(ctx, TODO, ref, _my_open) or named(ctx, TODO, ref, _open)
    if len(rows) > 1:
        raise Ambiguous("ref", ref, [(row.code, row.title) for row in rows])
    todo: Todo = find(ctx, TODO, rows[0].code if rows else ref, lock=True, write=True)
    if todo.status != "open":
        raise Conflict(f"待办「{todo.title}」{STATES[todo.status]}", f"编号 {todo.code}", "说「待办列表」看还有哪些")
    return todo


def _tell(ctx: Context, topic: str, todo: Todo, what: str) -> None:
    """Who gave it or has it hears when the other moves it."""
    ctx.refresh_cards("todo", todo.id)
    facts = {"todo": present(ctx, [todo])[0], "tag": what}
    to = unique([todo.person_id, todo.creator_id])
    ctx.tell(Notice(topic, "customers/todo", facts, todo.code, to, robots=False))


def due_todos(ctx: Context) -> int:
    """Tells each person of the open todos whose time has come, once for each due instant; returns how many.

    The mark is no change of the todo: cards that are out stay valid, and undoing its creation stays possible.
    """
    ctx.command = "todo.remind"
    told = 0
    while batch := _due(ctx):
        for todo in batch:
            _remind(ctx, todo)
        told += len(batch)
    return told


def _due(ctx: Context) -> list[Todo]:
    unheard = or_(Todo.reminded_for.is_(None), Todo.reminded_for != Todo.due_at)
    statement = query(Todo, Todo.status == "open", Todo.due_at <= ctx.now, unheard)
    statement = statement.order_by(Todo.due_at, Todo.id).limit(BATCH)
    rows = [freeze(Todo, r) for r in ctx.db.execute(statement.with_for_update(skip_locked=True, key_share=True))]
    if rows:
        mark = update(Todo.__table__).where(Todo.id.in_([row.id for row in rows])).values(reminded_for=Todo.due_at)
        ctx.db.execute(mark)
    return rows


def _remind(ctx: Context, todo: Todo) -> None:
    again = todo_making.repeat_after(ctx, todo)
    if again is not None:
        ctx.record("todo.repeated", again, owner_id=again.person_id)
        todo = _reread(ctx, todo)
    facts: dict[str, Any] = {"todo": present(ctx, [todo])[0], "late": (ctx.now - todo.due_at).days >= 1}
    key = f"todo.due|{todo.id}|{todo.due_at.isoformat()}"
    ctx.tell(
        Notice(
            "todo.due", "customers/todo_due", facts, todo.code, (todo.person_id,), buttons_for(todo), subject_of(todo),
            robots=False, prefer=todo.platform, key=key,
        )
    )  # fmt: skip


def _reread(ctx: Context, todo: Todo) -> Todo:
    return fetch_all(ctx.db, Todo, Todo.id == todo.id)[0]


CREATE_TODO = Command(
    name="todo.create", title="新建待办",
    says=(
        "[记得]提醒[一下|下][我|我们]{...}",
        "remind me{...}",
        "{due_at!}[记得|要|再|叫|请|别忘了]提醒[一下|下][我|我们|下我]{...}",
        "(新建|新增|创建|添加|加|建|记)[一下|下][一][个|条|下](待办|日程|提醒|任务){...}",
        "(待办|todo)[事项]{due_at!}{...}",
        "(让|叫|安排|通知|提醒){person}{due_at!}{...}",
        "(设|设置|定)[一][个]提醒{...}",
        "{...!}[到时|记得|请|到时候]提醒[一下|下]我[一下|下]",
        "[记得|到时候|请]{due_at!}提醒[一下|下][我|我们]{...}",
        "(设|设置|定|订)[一][个]闹钟{...}",
        "{due_at!}[记得]叫我{...}",
    ),
    examples=("提醒我后天下午2点给林总送样品", "下周五提醒我回访云图智能"),
    args=CreateTodo, needs=Permission.BASIC, run=create_todo,
)  # fmt: skip
LIST_TODOS = Command(
    name="todo.list", title="待办列表",
    says=(
        "[看看|看|查|查看|列出][一下|下][我|我的]{when}[的](待办|日程|安排|任务|todo)[列表|有哪些]",
        "[看看|看|查|查看|列出][一下|下][我的|我](待办|日程|todo)[列表|清单|有哪些]",
        "{when}[s](todos|todo|tasks)",
        "my (todos|tasks)",
        "[我]{when}[我|还]有(哪些|什么|啥)(待办|日程|安排|任务)",
        "[看看|看|查|查看][一下|下]{person}{when}[的](待办|日程|安排)",
        "[我][还]有(哪些|什么|啥)[没完成的|未完成的](待办|日程|任务)",
        "[看看|看|查|查看][一下|下]{person}的(待办|日程)",
        "[我]{when}[我|都|还](要|该|需要)(做|干|办)(什么|啥|哪些)[事]",
        "[看看|看|查][一下|下]{when}[有]什么(待办|日程|安排)",
    ),
    examples=("明天的待办", "本周日程"),
    args=ListTodos, needs=Permission.BASIC, run=list_todos, reads=True,
)  # fmt: skip
FINISH_TODO = Command(
    name="todo.done", title="完成待办",
    says=(
        "(完成|办完|搞定|做完|结束|done)[了]待办{ref}",
        "(完成|办完|搞定|做完|结束|done)[了]{ref:code}[了]",
        "(完成|办完|搞定|做完|done)[了]{ref:apart}",
        "[待办]{ref:code}[已|已经](完成|办完|搞定|做完|做好|办好|结束)[了]",
        "待办{ref}[已|已经](完成|办完|搞定|做完|做好|办好)[了]",
        "[把|将][待办]{ref:code}(标为|标记为|设为|标成|标记)[已]完成",
    ),
    examples=("完成 T000012", "待办 T000012 完成了"),
    args=FinishTodo, needs=Permission.BASIC, run=finish_todo,
)  # fmt: skip
POSTPONE_TODO = Command(
    name="todo.postpone", title="推迟待办",
    says=(
        "(推迟|延期|延后|改期|延迟|顺延)[一下|下]待办{ref}到{due_at}",
        "(推迟|延期|延后|改期|延迟|顺延)[一下|下]{ref:code}[到|至]{due_at}",
        "(推迟|延期|延后|延迟|顺延)[一下|下]{ref:code}{due_at:span}",
        "[把|将][待办]{ref:code}(推迟|延期|延后|延迟|改期|改|挪|推|顺延)[到|至]{due_at}",
        "[把|将][待办]{ref:code}(推迟|延期|延后|延迟|推|顺延){due_at:span}",
        "[把|将]待办{ref}(推迟|延期|延后|延迟|改期|改|挪|推|顺延)[到|至]{due_at}",
    ),
    examples=("推迟 T000012 到 明天下午3点", "把T000012改到下周一"),
    args=PostponeTodo, needs=Permission.BASIC, run=postpone_todo,
)  # fmt: skip

COMMANDS = (CREATE_TODO, LIST_TODOS, FINISH_TODO, POSTPONE_TODO,)  # fmt: skip

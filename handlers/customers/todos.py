"""Todos: what to do and when to be reminded (domain.md A.13)."""

from typing import Annotated

from handlers.args import (
    Arg,
    Args,
    Instant,
    PersonRef,
    SubjectRef,
    Text,
    TodoRef,
    Words,
    choice,
)
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply

Repeat = Annotated[Text, choice("daily", "weekly", "monthly", 每天="daily", 每周="weekly", 每月="monthly")]
When = Annotated[Text, choice("today", "tomorrow", "this_week", "overdue", 今日="today", 今天="today", 明日="tomorrow", 明天="tomorrow", 本周="this_week", 这周="this_week", 逾期="overdue", 过期="overdue")]  # fmt: skip


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
    raise NotImplementedError


def list_todos(ctx: Context, args: ListTodos) -> Reply:
    raise NotImplementedError


def finish_todo(ctx: Context, args: FinishTodo) -> Reply:
    raise NotImplementedError


def postpone_todo(ctx: Context, args: PostponeTodo) -> Reply:
    raise NotImplementedError


CREATE_TODO = Command(
    name="todo.create", title="新建待办", says=("提醒我{due_at}{title}", "{due_at}提醒[我]{title}", "让{person}{due_at}{title}"),
    examples=("提醒我明天下午3点给张总打电话", "下周三提醒我拜访蓝鲸贸易"), args=CreateTodo, needs=Permission.BASIC, run=create_todo,
)  # fmt: skip
LIST_TODOS = Command(
    name="todo.list", title="待办列表", says=("{when}[的](待办|日程|安排)", "[我的](待办|日程)"),
    examples=("今日待办", "本周日程"), args=ListTodos, needs=Permission.BASIC, run=list_todos, reads=True,
)  # fmt: skip
FINISH_TODO = Command(
    name="todo.done", title="完成待办", says=("完成[待办]{ref}", "[待办]{ref}完成[了]"),
    examples=("完成 T000012", "待办 T000012 完成了"), args=FinishTodo, needs=Permission.BASIC, run=finish_todo,
)  # fmt: skip
POSTPONE_TODO = Command(
    name="todo.postpone", title="推迟待办", says=("(推迟|延期)[待办]{ref}[到]{due_at}", "[把][待办]{ref}(推迟|延期|改)到{due_at}"),
    examples=("推迟 T000012 到 明天下午3点", "把T000012改到下周一"), args=PostponeTodo, needs=Permission.BASIC, run=postpone_todo,
)  # fmt: skip

COMMANDS = (CREATE_TODO, LIST_TODOS, FINISH_TODO, POSTPONE_TODO,)  # fmt: skip

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
When = Annotated[Text, choice("today", "tomorrow", "this_week", "overdue", 今日="today", 今天="today", 明日="tomorrow", 明天="tomorrow", 本周="this_week", 这周="this_week", 这个星期="this_week", 逾期="overdue", 逾期的="overdue", 过期="overdue", 过期的="overdue")]  # fmt: skip


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
    name="todo.create", title="新建待办",
    says=(
        "[记得]提醒[一下][我|我们]{...}",
        "{due_at!}[记得|要|再|叫|请|别忘了]提醒[一下][我|我们|下我]{...}",
        "(新建|新增|创建|添加|加|建|记)[一下][一][个|条|下](待办|日程|提醒|任务){...}",
        "(待办|todo)[事项]{due_at!}{...}",
        "(让|叫|安排|通知|提醒){person}{due_at!}{...}",
        "(设|设置|定)[一][个]提醒{...}",
    ),
    examples=("提醒我后天下午2点给林总送样品", "下周五提醒我回访云图智能"),
    args=CreateTodo, needs=Permission.BASIC, run=create_todo,
)  # fmt: skip
LIST_TODOS = Command(
    name="todo.list", title="待办列表",
    says=(
        "[看|查|查看|列出][一下][我|我的]{when}[的](待办|日程|安排|任务|todo)[列表|有哪些]",
        "[看|查|查看|列出][一下][我的|我](待办|日程|todo)[列表|清单|有哪些]",
        "[我]{when}[我|还]有(哪些|什么|啥)(待办|日程|安排|任务)",
        "[看|查|查看][一下]{person}{when}[的](待办|日程|安排)",
        "[我][还]有(哪些|什么|啥)[没完成的|未完成的](待办|日程|任务)",
        "[看|查|查看][一下]{person}的(待办|日程)",
    ),
    examples=("明天的待办", "本周日程"),
    args=ListTodos, needs=Permission.BASIC, run=list_todos, reads=True,
)  # fmt: skip
FINISH_TODO = Command(
    name="todo.done", title="完成待办",
    says=(
        "(完成|办完|搞定|做完|结束|done)[了]待办{ref}",
        "(完成|办完|搞定|做完|结束|done)[了]{ref:code}[了]",
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
        "(推迟|延期|延后|改期|延迟|顺延)[一下]待办{ref}到{due_at}",
        "(推迟|延期|延后|改期|延迟|顺延)[一下]{ref:code}[到|至]{due_at}",
        "(推迟|延期|延后|延迟|顺延)[一下]{ref:code}{due_at:span}",
        "[把|将][待办]{ref:code}(推迟|延期|延后|延迟|改期|改|挪|推|顺延)[到|至]{due_at}",
        "[把|将][待办]{ref:code}(推迟|延期|延后|延迟|推|顺延){due_at:span}",
        "[把|将]待办{ref}(推迟|延期|延后|延迟|改期|改|挪|推|顺延)[到|至]{due_at}",
    ),
    examples=("推迟 T000012 到 明天下午3点", "把T000012改到下周一"),
    args=PostponeTodo, needs=Permission.BASIC, run=postpone_todo,
)  # fmt: skip

COMMANDS = (CREATE_TODO, LIST_TODOS, FINISH_TODO, POSTPONE_TODO,)  # fmt: skip

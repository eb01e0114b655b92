"""Search and duplicate check (domain.md E.8)."""

from handlers.args import Arg, Args, Words
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply


class Search(Args):
    q: Words = Arg("关键字")


class CheckDuplicate(Args):
    q: Words = Arg("名称或电话")


def search(ctx: Context, args: Search) -> Reply:
    raise NotImplementedError


def check_duplicate(ctx: Context, args: CheckDuplicate) -> Reply:
    raise NotImplementedError


SEARCH = Command(
    name="search", title="搜索", says=("(搜索|搜一下|搜|查找){q}", "{q}是谁的客户"),
    examples=("搜索 蓝鲸", "13800138000 是谁的客户"), args=Search, needs=Permission.BASIC, run=search, reads=True,
)  # fmt: skip
CHECK_DUPLICATE = Command(
    name="check_duplicate", title="查重", says=("查重{q}", "{q}(有没有|是否)重复"),
    examples=("查重 海豚科技", "查重 13800138000"), args=CheckDuplicate, needs=Permission.BASIC, run=check_duplicate, reads=True,
)  # fmt: skip

COMMANDS = (SEARCH, CHECK_DUPLICATE,)  # fmt: skip

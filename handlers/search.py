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
    name="search", title="搜索",
    says=(
        "(搜索|搜一下|搜一搜|搜搜|搜|查找|search|find){q}",
        "{q}是谁的(客户|线索)",
        "(查询|查一下|查){q:phone}",
        "{q:phone}是(谁|哪个客户|哪家)[的][电话|号码]",
    ),
    examples=("搜索 蓝鲸", "13911223344 是谁的客户"),
    args=Search, needs=Permission.BASIC, run=search, reads=True,
)  # fmt: skip
CHECK_DUPLICATE = Command(
    name="check_duplicate", title="查重",
    says=(
        "(查重|排重|查一下重复|duplicate)[一下]{q}",
        "[检查|看看|查][一下]{q}(有没有|是否|是不是)(重复|撞单|被跟|有人跟|有人在跟|录过|登记过)[了]",
        "{q}(有人跟吗|有人在跟吗|有人跟了吗|撞单了吗|重复了吗|重复吗|录过吗|登记过吗)",
    ),
    examples=("查重 海豚科技", "云图智能有没有重复"),
    args=CheckDuplicate, needs=Permission.BASIC, run=check_duplicate, reads=True,
)  # fmt: skip

COMMANDS = (SEARCH, CHECK_DUPLICATE,)  # fmt: skip

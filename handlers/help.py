"""Help, who am I, and undo."""

from handlers.args import Arg, Args, Words
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply


class Help(Args):
    topic: Words | None = Arg("主题", default=None)


class WhoAmI(Args):
    pass


class Undo(Args):
    pass


def show_help(ctx: Context, args: Help) -> Reply:
    raise NotImplementedError


def who_am_i(ctx: Context, args: WhoAmI) -> Reply:
    raise NotImplementedError


def undo(ctx: Context, args: Undo) -> Reply:
    raise NotImplementedError


HELP = Command(
    name="help", title="帮助", says=("(帮助|你能干啥|你会什么|怎么用|help|菜单)", "怎么{topic}"),
    examples=("帮助", "怎么登记线索"), args=Help, needs=Permission.BASIC, run=show_help, reads=True,
)  # fmt: skip
WHO_AM_I = Command(
    name="whoami", title="我是谁", says=("我是谁", "whoami"),
    examples=("我是谁", "whoami"), args=WhoAmI, needs=Permission.BASIC, run=who_am_i, reads=True,
)  # fmt: skip
UNDO = Command(
    name="undo", title="撤销", says=("(撤销|撤消|undo)[刚才的|上一步]",),
    examples=("撤销", "撤销上一步"), args=Undo, needs=Permission.BASIC, run=undo, undo="撤销本身不能再撤销",
)  # fmt: skip

COMMANDS = (HELP, WHO_AM_I, UNDO,)  # fmt: skip

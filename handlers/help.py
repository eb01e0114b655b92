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
    name="help", title="帮助",
    says=(
        "(帮助|使用帮助|使用说明|怎么用|怎么使用|help|菜单|功能|功能列表|指令|命令列表)",
        "你(能|会|可以)[帮我](干|做)(什么|啥|些什么|哪些)",
        "你(会|有)(什么|啥|哪些)[功能|本事]",
        "(怎么|如何|怎样|咋){topic:topic}",
        "{topic:topic}(怎么用|怎么弄|怎么操作|怎么做|怎么写)",
        "(help|帮助){topic:topic}",
    ),
    examples=("帮助", "怎么登记线索"),
    args=Help, needs=Permission.BASIC, run=show_help, reads=True,
)  # fmt: skip
WHO_AM_I = Command(
    name="whoami", title="我是谁",
    says=(
        "我(是|叫)(谁|什么名字|哪位|什么角色)",
        "(whoami|who am i)",
        "我的(身份|账号|角色|权限)[是什么]",
        "我有(什么|哪些)权限",
    ),
    examples=("whoami", "我的身份"),
    args=WhoAmI, needs=Permission.BASIC, run=who_am_i, reads=True,
)  # fmt: skip
UNDO = Command(
    name="undo", title="撤销",
    says=(
        "(撤销|undo|回滚)[一下][刚才|上一步|上一条|上一个|刚刚][的][操作|那条|那个|那步|动作]",
        "撤回(上一步|刚才|上一条|刚刚|上一个)[的][操作|那条|那个]",
    ),
    examples=("撤销上一步", "undo"),
    args=Undo, needs=Permission.BASIC, run=undo, undo="撤销本身不能再撤销",
)  # fmt: skip

COMMANDS = (HELP, WHO_AM_I, UNDO,)  # fmt: skip

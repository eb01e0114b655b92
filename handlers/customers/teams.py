"""Teams: who else works on a customer (domain.md A.0)."""

from typing import Annotated

from handlers.args import Arg, Args, CustomerRef, PersonRef, Text, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply

Access = Annotated[Text, choice("read", "read_write", 只读="read", 读写="read_write")]


class AddToTeam(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    person: PersonRef = Arg("成员", labels=("同事",))
    access: Access | None = Arg("权限", default=None)


class RemoveFromTeam(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    person: PersonRef = Arg("成员", labels=("同事",))


def add_to_team(ctx: Context, args: AddToTeam) -> Reply:
    raise NotImplementedError


def remove_from_team(ctx: Context, args: RemoveFromTeam) -> Reply:
    raise NotImplementedError


ADD_TO_TEAM = Command(
    name="team.add", title="加入团队",
    says=(
        "[把|将|让]{person}(加入到|加到|加进|加入|拉到|拉进|拉入|添加到|邀请到)[客户]{ref}[的]"
        "(团队|小组|项目组|协作)[里|中|来][{access}]",
        "[给|往|在][客户]{ref}[的](团队|小组|项目组)[里|中](加上|加入|添加|新增|加|拉|增加)[一个|个][成员|同事]"
        "{person}[{access}]",
        "(邀请|拉){person}(加入|进|协作|一起跟)[客户]{ref}[的][团队][{access}]",
    ),
    examples=("把李四加到恒通机电的团队", "把王五加入到云图智能的团队 只读"),
    args=AddToTeam, needs=Permission.CUSTOMER_WRITE, run=add_to_team,
)  # fmt: skip
REMOVE_FROM_TEAM = Command(
    name="team.remove", title="移出团队",
    says=(
        "[把|将]{person}从[客户]{ref}[的](团队|小组|项目组)[里|中](移除|移出|删除|去掉|踢出|删掉|拿掉|踢|移)"
        "[去|了|出去]",
        "[把|将]{person}(移除出|移出|踢出|退出)[客户]{ref}[的](团队|小组|项目组)",
        "[从|把][客户]{ref}[的](团队|小组|项目组)[里|中](移除|移出|删除|去掉|踢出|删掉|拿掉)[成员|同事]{person}",
    ),
    examples=("把李四移出海豚科技的团队", "把李四从海豚科技的团队移除"),
    args=RemoveFromTeam, needs=Permission.CUSTOMER_WRITE, run=remove_from_team,
)  # fmt: skip

COMMANDS = (ADD_TO_TEAM, REMOVE_FROM_TEAM,)  # fmt: skip

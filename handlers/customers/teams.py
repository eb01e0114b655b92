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
    name="team.add", title="加入团队", says=("[把]{person}加[入]到{ref}[的]团队[{access}]",),
    examples=("把李四加到海豚科技的团队", "把王五加入到云图智能的团队 只读"), args=AddToTeam, needs=Permission.CUSTOMER_WRITE, run=add_to_team,
)  # fmt: skip
REMOVE_FROM_TEAM = Command(
    name="team.remove", title="移出团队", says=("[把]{person}(移出|从){ref}[的]团队[移除|移出]",),
    examples=("把李四移出海豚科技的团队", "把李四从海豚科技的团队移除"), args=RemoveFromTeam, needs=Permission.CUSTOMER_WRITE, run=remove_from_team,
)  # fmt: skip

COMMANDS = (ADD_TO_TEAM, REMOVE_FROM_TEAM,)  # fmt: skip

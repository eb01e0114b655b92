"""Contacts of a customer (domain.md A.6)."""

from handlers.args import Arg, Args, CustomerRef, Email, Name, Phone, WeChat, Words
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply


class CreateContact(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    name: Name = Arg("姓名", labels=("联系人",))
    phone: Phone | None = Arg("电话", default=None, labels=("手机", "手机号"))
    title: Words | None = Arg("职位", default=None, labels=("职务",))
    role: Words | None = Arg("角色", default=None)
    email: Email | None = Arg("邮箱", default=None)
    wechat: WeChat | None = Arg("微信", default=None)


def create_contact(ctx: Context, args: CreateContact) -> Reply:
    raise NotImplementedError


CREATE_CONTACT = Command(
    name="contact.create", title="新增联系人",
    says=(
        "[给|为|帮][客户]{ref}(新增|添加|加|新建|登记|录入|录|增加|补)[一下][一][个|位][新][的]联系人{...}",
        "(新增|添加|加|新建|登记|录入|录|增加)[一下][一][个|位][新][的]联系人{...}",
        "[客户]{ref}[的]新联系人{...}",
    ),
    examples=("恒通机电新增联系人 林月如 13700005555 采购经理", "给云图智能加个联系人 杨过 13700003333"),
    args=CreateContact, needs=Permission.CUSTOMER_WRITE, run=create_contact,
)  # fmt: skip

COMMANDS = (CREATE_CONTACT,)  # fmt: skip

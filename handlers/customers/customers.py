"""Customers: created, shown, listed, updated (domain.md A.4)."""

from typing import Annotated

from handlers.args import (
    Arg,
    Args,
    Company,
    CustomerRef,
    Name,
    Phone,
    SeaRef,
    Text,
    Words,
    choice,
)
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply

Kind = Annotated[Text, choice("company", "individual", 企业="company", 公司="company", 个人="individual")]
Level = Annotated[Text, choice("A", "B", "C", "D", A级="A", B级="B", C级="C", D级="D", 重点="A")]
Scene = Annotated[Text, choice("mine", "participating", "subordinates", "all", "sea", "reclaim_soon", 我的="mine", 我参与的="participating", 下属="subordinates", 下属的="subordinates", 全部="all", 所有="all", 公海="sea", 公海里="sea", 快要回收的="reclaim_soon", 快回收的="reclaim_soon")]  # fmt: skip


class CreateCustomer(Args):
    name: Company = Arg("客户名称", labels=("名称", "公司"))
    kind: Kind | None = Arg("类型", default=None)
    phone: Phone | None = Arg("电话", default=None, labels=("手机", "手机号", "联系电话"))
    contact: Name | None = Arg("联系人", default=None)
    region: Words | None = Arg("地区", default=None, labels=("区域",))
    industry: Words | None = Arg("行业", default=None)
    level: Level | None = Arg("级别", default=None, labels=("等级",))
    address: Words | None = Arg("地址", default=None)
    sea: SeaRef | None = Arg("公海", default=None)


class ListCustomers(Args):
    scene: Scene | None = Arg("范围", default=None)
    sea: SeaRef | None = Arg("公海", default=None)
    level: Level | None = Arg("级别", default=None)
    tag: Words | None = Arg("标签", default=None)


class ShowCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")


class UpdateCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    name: Company | None = Arg("客户名称", default=None, labels=("名称",))
    phone: Phone | None = Arg("电话", default=None, labels=("手机", "联系电话"))
    region: Words | None = Arg("地区", default=None, labels=("区域",))
    industry: Words | None = Arg("行业", default=None)
    level: Level | None = Arg("级别", default=None, labels=("等级",))
    address: Words | None = Arg("地址", default=None)
    note: Words | None = Arg("备注", default=None)


def create_customer(ctx: Context, args: CreateCustomer) -> Reply:
    raise NotImplementedError


def list_customers(ctx: Context, args: ListCustomers) -> Reply:
    raise NotImplementedError


def show_customer(ctx: Context, args: ShowCustomer) -> Reply:
    raise NotImplementedError


def update_customer(ctx: Context, args: UpdateCustomer) -> Reply:
    raise NotImplementedError


CREATE_CUSTOMER = Command(
    name="customer.create", title="新建客户", says=("(新建|新增|添加|登记|建|加)[一][个]客户{name}{...}",),
    examples=("新建客户 合肥量子通信技术有限公司 联系人 郭靖 13700001111", "新增客户 无锡太湖精工有限公司 地区 无锡"), args=CreateCustomer, needs=Permission.CUSTOMER_WRITE, run=create_customer,
)  # fmt: skip
LIST_CUSTOMERS = Command(
    name="customer.list", title="客户列表", says=("{scene}[的]客户", "{scene}有[哪些]客户", "快要回收的客户", "客户列表"),
    examples=("我的客户", "公海有哪些客户"), args=ListCustomers, needs=Permission.BASIC, run=list_customers, reads=True,
)  # fmt: skip
SHOW_CUSTOMER = Command(
    name="customer.show", title="查看客户", says=("(查|看|查看|查询)[一下][客户]{ref}", "{ref}还欠多少[钱]"),
    examples=("查 海豚科技", "海豚科技还欠多少钱"), args=ShowCustomer, needs=Permission.BASIC, run=show_customer, reads=True,
)  # fmt: skip
UPDATE_CUSTOMER = Command(
    name="customer.update", title="修改客户", says=("(修改|更新)客户{ref}{...}", "[把]{ref}[的]{...}"),
    examples=("修改客户 海豚科技 级别 A", "更新客户 云图智能 地址 杭州市西湖区文三路1号"), args=UpdateCustomer, needs=Permission.CUSTOMER_WRITE, run=update_customer,
)  # fmt: skip

COMMANDS = (CREATE_CUSTOMER, LIST_CUSTOMERS, SHOW_CUSTOMER, UPDATE_CUSTOMER,)  # fmt: skip

"""Other names of a customer: what it was called before, how it is called for short, its brand (domain.md E.8)."""

from typing import Annotated

from handlers.args import Arg, Args, CustomerRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER, shown
from handlers.finding import find
from handlers.reply import Reply
from models.customers.customer import Customer, CustomerAlias, named
from models.errors import Duplicate, Invalid
from models.rows import fetch_all, fetch_one

KINDS = {"former": "曾用名", "short": "简称", "brand": "品牌"}
Kind = Annotated[Text, choice("former", "short", "brand", 曾用名="former", 原名="former", 简称="short", 品牌="brand")]


class AliasCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    alias: Words = Arg("别名", labels=("又叫", "也叫"))
    kind: Kind | None = Arg("类型", default=None)


def alias_customer(ctx: Context, args: AliasCustomer) -> Reply:
    """Found by it from now on; a short name unless it is said to be a former one or a brand."""
    customer: Customer = find(ctx, CUSTOMER, args.ref, lock=True, write=True)
    columns, kind = named(args.alias), args.kind or "short"
    if not columns["name_key"]:
        raise Invalid("alias", f"「{args.alias}」不能作名称", next_step="请说一个有字的名称")
    if columns["name_key"] == customer.name_key:
        raise Duplicate(f"{customer.name} 本来就叫这个名称", next_step="不用再加")
    there = fetch_one(ctx.db, CustomerAlias, customer_id=customer.id, name_key=columns["name_key"])
    if there is not None:
        raise Duplicate(f"{customer.name} 已有这个{KINDS[there.kind]}", next_step="不用再加")
    ctx.insert(CustomerAlias, customer_id=customer.id, kind=kind, **columns)
    ctx.record("customer.alias_added", customer, facts={"alias": args.alias, "kind": kind})
    ctx.refresh_cards("customer", customer.id)
    return shown(ctx, customer, title="已记下", undo=True, notes=[f"{KINDS[kind]}：{args.alias}"])


def aliases(ctx: Context, customer_id: int) -> list[CustomerAlias]:
    """In the order in which they were given."""
    return fetch_all(ctx.db, CustomerAlias, CustomerAlias.customer_id == customer_id, order_by=[CustomerAlias.id])


ALIAS_CUSTOMER = Command(
    name="customer.alias", title="客户别名",
    says=(
        "[把|给][客户]{ref}(又叫|也叫|又名|别名[是|叫|为]|也叫做|又叫做){alias}",
        "[客户]{ref}[的]{kind}(是|叫|为|叫做|:){alias}",
        "(给|为)[客户]{ref}(加|添加|新增|记)[一下|下][一]个{kind}[是|叫|为]{alias}",
    ),
    examples=("海豚科技 又叫 海豚信息", "云图智能的曾用名是杭州云图软件有限公司"),
    args=AliasCustomer, needs=Permission.CUSTOMER_WRITE, run=alias_customer,
)  # fmt: skip

COMMANDS = (ALIAS_CUSTOMER,)

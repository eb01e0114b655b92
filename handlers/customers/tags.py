"""Tags of customers (domain.md A.4)."""

from collections.abc import Sequence

from handlers.args import Arg, Args, CustomerRef, Flag, Tags
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER, shown
from handlers.finding import find
from handlers.reply import Reply
from models.customers.customer import normal_tag
from models.errors import Conflict, Invalid, Limit

LONGEST, MOST = 20, 30


class TagCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    tags: Tags = Arg("标签")
    remove: Flag | None = Arg("去掉", default=None, labels=("去除", "删除", "删掉", "移除", "取消", "摘掉"))


def added(present: Sequence[str], said: Sequence[str]) -> list[str]:
    """All tags after these were given, each once in any case, as it was written first."""
    return list({tag.lower(): tag for tag in reversed([*present, *map(normal_tag, said)])}.values())[::-1]


def removed(present: Sequence[str], said: Sequence[str]) -> list[str]:
    """All tags after these were taken away."""
    gone = {normal_tag(tag).lower() for tag in said}
    return [tag for tag in present if tag.lower() not in gone]


def tag_customer(ctx: Context, args: TagCustomer) -> Reply:
    """Adds tags, or with `remove` takes them away; refused where that changes nothing."""
    customer = find(ctx, CUSTOMER, args.ref, lock=True, write=True)
    if wrong := [tag for tag in args.tags if not 1 <= len(normal_tag(tag)) <= LONGEST]:
        raise Invalid("tags", f"标签「{wrong[0][:40]}」不行", f"一个标签 1 到 {LONGEST} 个字", "多个标签用空格分开")
    tags = (removed if args.remove else added)(customer.tags, args.tags)
    now = f"现在的标签：{'、'.join(customer.tags) or '无'}"
    if tags == customer.tags:
        if args.remove:
            raise Conflict(f"{customer.name} 没有这个标签", now, f"例如：给 {customer.name} 打标签 VIP")
        raise Conflict(f"{customer.name} 已经有这些标签", now, f"不要了可以说「去掉 {customer.name} 的标签 {tags[0]}」")
    if len(tags) > MOST:
        next_step = f"先说「去掉 {customer.name} 的标签 …」"
        raise Limit(f"一个客户最多 {MOST} 个标签", f"现在有 {len(customer.tags)} 个", next_step)
    customer = ctx.save(customer, tags=tags)
    ctx.record("customer.tagged", customer)
    ctx.refresh_cards("customer", customer.id)
    return shown(ctx, customer, title="已去掉标签" if args.remove else "已打标签", undo=True)


TAG_CUSTOMER = Command(
    name="customer.tag", title="打标签",
    says=(
        "(给|为)[客户]{ref}(打标签|打上标签|打个标签|打一个标签|贴标签|贴上标签|加标签|加上标签|加个标签|添加标签)[为|是]{tags}",
        "(给|为)[客户]{ref}(打上|贴上|打|贴|加上|加){tags}[的]标签",
        "[把|将][客户]{ref}(打标签|打上标签|贴标签|加标签|添加标签|标签加上|标签加)[为|是]{tags}",
        "(打标签|加标签|贴标签|tag)[客户]{ref}{tags}",
        "{remove}[一下|下][客户]{ref}[的]标签{tags}",
        "[把|将][客户]{ref}[的]标签{tags}{remove}",
        "[把|将][客户]{ref}[的]{tags}[的]标签{remove}",
    ),
    examples=("给云图智能打标签 重点 华北", "去掉恒通机电的标签 待激活"),
    args=TagCustomer, needs=Permission.CUSTOMER_WRITE, run=tag_customer,
)  # fmt: skip

COMMANDS = (TAG_CUSTOMER,)

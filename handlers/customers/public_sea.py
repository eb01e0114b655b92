"""The public sea: claim, return, assign, transfer, reclaim explained (domain.md E.1)."""

from handlers.args import (
    Arg,
    Args,
    Count,
    CustomerRef,
    CustomerRefs,
    PersonRef,
    SeaRef,
    Words,
)
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply


class ClaimCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")


class ReturnCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    reason: Words = Arg("退回原因", labels=("原因",))
    sea: SeaRef | None = Arg("公海", default=None)


class AssignCustomer(Args):
    ref: CustomerRef | None = Arg("客户", "编号或名称", default=None)
    refs: CustomerRefs | None = Arg("客户", "多个编号", default=None)
    to: PersonRef = Arg("给谁", labels=("负责人",))


class ExplainCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")


class RequestExtension(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    days: Count | None = Arg("延期天数", default=None, labels=("天数",))
    reason: Words | None = Arg("原因", default=None)


def claim_customer(ctx: Context, args: ClaimCustomer) -> Reply:
    raise NotImplementedError


def return_customer(ctx: Context, args: ReturnCustomer) -> Reply:
    raise NotImplementedError


def assign_customer(ctx: Context, args: AssignCustomer) -> Reply:
    raise NotImplementedError


def transfer_customer(ctx: Context, args: AssignCustomer) -> Reply:
    raise NotImplementedError


def explain_customer(ctx: Context, args: ExplainCustomer) -> Reply:
    raise NotImplementedError


def request_extension(ctx: Context, args: RequestExtension) -> Reply:
    raise NotImplementedError


CLAIM_CUSTOMER = Command(
    name="customer.claim", title="领取客户", says=("(领取|认领|领|捞)[一下][公海][里][的][客户]{ref}", "[我要]领公海[里]的{ref}", "把{ref}领了", "捞一下公海的{ref}"),
    examples=("领取 海豚科技", "把云图智能领了"), args=ClaimCustomer, needs=Permission.CUSTOMER_CLAIM, run=claim_customer,
)  # fmt: skip
RETURN_CUSTOMER = Command(
    name="customer.return", title="退回公海", says=("[把]{ref}(退回|退到|扔回|放回|退)公海[原因]{reason}", "退回[客户]{ref}[原因]{reason}", "{ref}不跟了[扔回公海]"),
    examples=("把蓝鲸贸易退回公海,原因是联系不上", "退回 海豚科技 没预算"), args=ReturnCustomer, needs=Permission.CUSTOMER_WRITE, run=return_customer,
)  # fmt: skip
ASSIGN_CUSTOMER = Command(
    name="customer.assign", title="分配客户", says=("分配客户{ref}给{to}", "把客户{ref}(分配|分|指派)给{to}"),
    examples=("分配客户 蓝鲸贸易 给 赵六", "把客户蓝鲸贸易分给赵六"), args=AssignCustomer, needs=Permission.CUSTOMER_ASSIGN, run=assign_customer,
)  # fmt: skip
TRANSFER_CUSTOMER = Command(
    name="customer.transfer", title="转移客户", says=("[把]{ref}(转给|转移给|移交给){to}", "[客户]{ref}更换负责人[为]{to}"),
    examples=("把海豚科技转给李四", "客户 C000123 更换负责人 王五"), args=AssignCustomer, needs=Permission.CUSTOMER_WRITE, run=transfer_customer,
)  # fmt: skip
EXPLAIN_CUSTOMER = Command(
    name="customer.explain", title="解释回收", says=("{ref}为什么(要|会|快)[被]回收", "为什么[要]回收{ref}", "{ref}什么时候[被]回收"),
    examples=("海豚科技为什么要回收", "云图智能什么时候回收"), args=ExplainCustomer, needs=Permission.BASIC, run=explain_customer, reads=True,
)  # fmt: skip
REQUEST_EXTENSION = Command(
    name="customer.request_extension", title="申请延期", says=("{ref}申请延期{days}天{reason}", "{ref}延期{days}天", "申请延期{ref}{...}"),
    examples=("海豚科技 申请延期10天 客户出国", "申请延期 云图智能 5天"), args=RequestExtension, needs=Permission.CUSTOMER_WRITE, run=request_extension,
)  # fmt: skip

COMMANDS = (CLAIM_CUSTOMER, RETURN_CUSTOMER, ASSIGN_CUSTOMER, TRANSFER_CUSTOMER, EXPLAIN_CUSTOMER, REQUEST_EXTENSION,)  # fmt: skip

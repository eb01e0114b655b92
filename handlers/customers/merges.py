"""The commands of merging."""

from handlers.command import Command, Permission
from handlers.customers.merging import MergeCustomer, merge_customer
from handlers.customers.unmerging import UnmergeCustomer, unmerge_customer

MERGE_CUSTOMER = Command(
    name="customer.merge", title="合并客户",
    says=(
        "(把|将)[客户]{ref}(合并到|合并进|合并至|并到|并入|合到)[客户]{into}[里|中]",
        "[客户]{ref}(合并到|合并进|合并至)[客户]{into}[里|中]",
        "(把|将)[客户]{ref}(合并到|合并进|合并至|并到|并入|合到)[客户]{into}[里|中][,]{take}(用|取)(前者|前一个|被并的)[的]",
    ),
    examples=("把 海豚信息 合并到 海豚科技", "把云图软件合并到云图智能"),
    args=MergeCustomer, needs=Permission.CUSTOMER_ASSIGN, run=merge_customer,
)  # fmt: skip
UNMERGE_CUSTOMER = Command(
    name="customer.unmerge", title="拆开客户",
    says=(
        "(拆开|取消合并|撤销合并|撤消合并)[客户]{ref}",
        "(把|将)[客户]{ref}(拆开|拆出来|拆分出来|取消合并)",
        "[客户]{ref}(取消合并|拆出来)",
    ),
    examples=("拆开 C000078", "取消合并 海豚信息"),
    args=UnmergeCustomer, needs=Permission.CUSTOMER_ASSIGN, run=unmerge_customer,
    undo="拆开以后要合起来，可以再说一次「把 … 合并到 …」",
)  # fmt: skip

COMMANDS = (MERGE_CUSTOMER, UNMERGE_CUSTOMER,)  # fmt: skip

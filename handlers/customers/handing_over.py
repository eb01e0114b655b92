"""From owner to owner, and from a sea to a person: assign and transfer (domain.md E.1.3)."""

from collections.abc import Sequence

from handlers import permits
from handlers.args import Arg, Args, CustomerRef, CustomerRefs, PersonRef
from handlers.command import Command, Permission
from handlers.context import Context, unique
from handlers.customers import ownership, seas
from handlers.customers.customer_view import CUSTOMER, present, shown
from handlers.customers.sea_notices import announce
from handlers.finding import find, find_person, require_write
from handlers.presenting import instant
from handlers.reply import Button, Reply
from models.base import Json
from models.company.people import Person
from models.customers.customer import Customer
from models.errors import Conflict, MissingArgument


class AssignCustomer(Args):
    ref: CustomerRef | None = Arg("客户", "编号或名称", default=None)
    refs: CustomerRefs | None = Arg("客户", "多个编号", default=None)
    to: PersonRef = Arg("给谁", labels=("负责人",))


def assign_customer(ctx: Context, args: AssignCustomer) -> Reply:
    """From the sea to a person, by the sea's admins; limits of claiming do not apply, the ledger notes how."""
    return _hand_over(ctx, args, how="assign")


def transfer_customer(ctx: Context, args: AssignCustomer) -> Reply:
    """From owner to owner, by him, his superiors or the sea's admins; a team may change the record, not whose it is."""
    return _hand_over(ctx, args, how="transfer")


def _hand_over(ctx: Context, args: AssignCustomer, *, how: ownership.How) -> Reply:
    person = find_person(ctx, args.to)
    refs = args.refs or ([args.ref] if args.ref else [])
    if not refs:
        raise MissingArgument("ref", "请告诉我是哪个客户")
    rows = _locked(ctx, refs)
    done = [_give(ctx, customer, person, how) for customer in rows]
    if len(done) == 1:
        return shown(ctx, done[0], title=f"已转给{person.name}", undo=True)
    items = present(ctx, done)
    facts = {"scene": "assigned", "items": items, "total": len(items)}
    return Reply("customers/customer_list", facts, buttons=(Button("撤销", "undo"),), result={"items": items})


def _locked(ctx: Context, refs: Sequence[str]) -> list[Customer]:
    """Each once and in the order of their ids, so that two batches cannot wait for each other."""
    if len(refs) > 1:
        refs = sorted({find(ctx, CUSTOMER, ref).code for ref in refs})
    rows = [find(ctx, CUSTOMER, ref, lock=True, write=True) for ref in refs]
    for row in rows:
        require_write(ctx, CUSTOMER, row, permits.customers_to_hand_on)
    return rows


def _give(ctx: Context, customer: Customer, person: Person, how: ownership.How) -> Customer:
    if customer.owner_id == person.id:
        raise Conflict(f"{customer.name} 已经由{person.name}负责")
    old = customer.owner_id
    passed = _passed_over(ctx, customer, person) if old is None else {}
    row: Customer = ownership.change(
        ctx, customer, to=person.id, how=how, home_id=customer.home_sea_id, **seas.fresh_clock(ctx, customer, person.id)
    )
    ctx.record("customer.assigned" if old is None else "customer.transferred", row, facts=passed)
    announce(ctx, "customer.assigned", row, told=unique([old, person.id]), robots=False)
    ctx.refresh_cards("customer", row.id)
    return row


def _passed_over(ctx: Context, customer: Customer, person: Person) -> Json:
    """An assignment is not stopped by the cool-down, but history tells that there was one (domain.md E.1.3.5)."""
    if customer.home_sea_id is None:
        return {}
    cooldown = seas.rules_of(ctx, customer.home_sea_id)[0].cooldown
    until = ownership.cooling_until(ctx, customer, cooldown, person.id)
    return {"cooldown_until": instant(ctx, until)} if until is not None else {}


ASSIGN_CUSTOMER = Command(
    name="customer.assign", title="分配客户",
    says=(
        "(分配|指派|派|分|assign)[一下|下]客户{ref}给{to}",
        "(分配|指派|派|分|assign)[一下|下][客户]{refs}给{to}",
        "[把|将]客户{ref}(分配|分派|分|指派|派)给{to}[跟进|跟|负责]",
        "[把|将][客户]{ref:code}(分配|分派|分|指派|派)给{to}[跟进|跟|负责]",
        "[把|将][客户]{refs}(分配|分派|分|指派|派)给{to}[跟进|跟|负责]",
        "(把|将){ref}(分配|分派|指派)给{to}",
        "(分配|指派){ref}给{to}",
        "给{to}(分配|指派|分|派)客户{ref}",
    ),
    examples=("分配客户 恒通机电 给 赵六", "把客户蓝鲸贸易分给赵六"),
    args=AssignCustomer, needs=Permission.CUSTOMER_ASSIGN, run=assign_customer,
)  # fmt: skip


TRANSFER_CUSTOMER = Command(
    name="customer.transfer", title="转移客户",
    says=(
        "transfer[customer]{ref}to{to}",
        "[把|将][客户]{ref}(转给|转移给|移交给|转交给|过户给|交接给){to}[负责|跟进|跟|去跟]",
        "[把|将][客户]{refs}(转给|转移给|移交给|转交给|过户给|交接给){to}",
        "[把|将][客户]{ref}[的](更换|换|变更|更改|修改)负责人[为|成|是|给]{to}",
        "[把|将][客户]{ref}[的]负责人(换成|改成|改为|换为|变更为|更换为|改给|换给){to}",
        "(转移|移交|转让|过户)客户{ref}给{to}",
        "(更换|变更|更改)[客户]{ref}[的]负责人[为|成]{to}",
        "[客户]{ref}(以后归|以后由|以后给|以后|今后由|改由|换成|换|归|由|给){to}(负责|跟进|来跟|跟|管|接手)[了]",
        "(让|由){to}(接手|接管|负责)[客户]{ref}",
    ),
    examples=("把海豚科技转给李四", "客户 C000077 负责人换成王五"),
    args=AssignCustomer, needs=Permission.CUSTOMER_WRITE, run=transfer_customer,
)  # fmt: skip


COMMANDS = (ASSIGN_CUSTOMER, TRANSFER_CUSTOMER)

"""Opportunities: made, shown, listed, changed, handed over (domain.md A.7)."""

from typing import Annotated, Any

from sqlalchemy import func, select

from handlers import permits
from handlers.args import Arg, Args, CustomerRef, Day, OpportunityRef, PersonRef, Text, Words, Yuan, choice
from handlers.command import Command, Permission
from handlers.context import Context, Notice, subject_of, unique
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import find, find_person, reread
from handlers.presenting import money
from handlers.reply import Reply
from handlers.sales import opportunity_moves as moves
from handlers.sales.opportunity_finding import find_opportunity, hold
from handlers.sales.opportunity_view import OPPORTUNITY, SCENES, present, process_of, shown
from models.amounts import fen
from models.base import Json
from models.customers.customer import Customer
from models.errors import Conflict, Invalid
from models.rows import fetch_all
from models.sales.opportunity import Opportunity

Scene = Annotated[
    Text,
    choice(
        "mine",
        "participating",
        "subordinates",
        "all",
        "open",
        "won",
        "lost",
        我的="mine",
        我="mine",
        my="mine",
        我参与的="participating",
        下属="subordinates",
        下属的="subordinates",
        全部="all",
        所有="all",
        进行中的="open",
        进行中="open",
        赢单的="won",
        赢单="won",
        输单的="lost",
        输单="lost",
    ),
]


class CreateOpportunity(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    name: Words = Arg("商机名称", labels=("名称", "叫"))
    amount: Yuan | None = Arg("预计金额", default=None, labels=("金额", "预算"))
    expected_close: Day | None = Arg("预计成交日期", default=None, labels=("预计", "成交日期", "预计成交"))
    stage: Words | None = Arg("阶段", default=None)
    products: Words | None = Arg("产品", default=None)


class ShowOpportunity(Args):
    ref: OpportunityRef = Arg("商机", "编号或名称")


class ListOpportunities(Args):
    scene: Scene | None = Arg("范围", default=None)
    ref: CustomerRef | None = Arg("客户", "编号或名称", default=None)
    stage: Words | None = Arg("阶段", default=None)


class UpdateOpportunity(Args):
    ref: OpportunityRef = Arg("商机", "编号或名称")
    name: Words | None = Arg("商机名称", default=None, labels=("名称",))
    amount: Yuan | None = Arg("预计金额", default=None, labels=("金额", "预算"))
    expected_close: Day | None = Arg("预计成交日期", default=None, labels=("预计", "成交日期", "预计成交"))
    competitor: Words | None = Arg("竞争对手", default=None, labels=("竞品", "对手"))
    note: Words | None = Arg("备注", default=None)


class TransferOpportunity(Args):
    ref: OpportunityRef = Arg("商机", "编号或名称")
    to: PersonRef = Arg("给谁", labels=("负责人",))


def create_opportunity(ctx: Context, args: CreateOpportunity) -> Reply:
    """For a customer that one may write; it belongs to whoever owns that."""
    customer: Customer = find(ctx, CUSTOMER, args.ref, lock=True)
    if customer.sea_id is not None:
        raise Conflict(f"{customer.name} 还在公海里", "公海里的客户不能建商机", f"先领取：领取 {customer.name}")
    customer = reread(ctx, customer, write=_writable_customer, noun=CUSTOMER, is_held=True)
    note = f"产品：{args.products}" if args.products else None
    amount = fen(args.amount) if args.amount is not None else None
    given = {"amount_fen": amount, "expected_close": args.expected_close, "note": note}
    opportunity = make(ctx, customer, args.name, said_stage=args.stage, **given)
    ctx.record("opportunity.created", opportunity, customer_id=customer.id, owner_id=customer.owner_id)
    ctx.refresh_cards("customer", customer.id)
    return shown(ctx, opportunity, title="已新建商机", undo=True)


def _writable_customer(ctx: Context) -> Any:
    return permits.customers(ctx, write=True)


def make(ctx: Context, customer: Customer, name: str, *, said_stage: str | None = None, **given: Any) -> Opportunity:
    """A new open one of a locked customer, in the first stage or the one that is said, with its first move."""
    process = process_of(ctx)
    stage = moves.find_stage(process, said_stage)[0] if said_stage is not None else process.stages[0]
    creator = ctx.actor.id if ctx.actor is not None else None
    opportunity = ctx.insert(
        Opportunity, name=name, customer_id=customer.id, creator_id=creator, stage=stage.name,
        probability=stage.probability, stage_entered_at=ctx.now, status="open", **given,
    )  # fmt: skip
    moves.note_move(ctx, None, opportunity)
    return opportunity


def show_opportunity(ctx: Context, args: ShowOpportunity) -> Reply:
    """Where it stands and how it came there."""
    return shown(ctx, find_opportunity(ctx, args.ref), moves=True)


def list_opportunities(ctx: Context, args: ListOpportunities) -> Reply:
    """The newest of a scene, of a customer or in a stage, with what they sum to."""
    scene = args.scene or ("all" if args.ref else "mine")
    where = [OPPORTUNITY.gate(ctx), SCENES[scene](ctx)]
    customer = find(ctx, CUSTOMER, args.ref) if args.ref else None
    if customer is not None:
        where.append(Opportunity.customer_id == customer.id)
    if args.stage:
        stage = moves.find_stage(process_of(ctx), args.stage)[0]
        where += [Opportunity.stage == stage.name, Opportunity.status == "open"]
    rows = fetch_all(ctx.db, Opportunity, *where, order_by=[Opportunity.id.desc()], limit=ctx.page_size)
    sums = select(func.count(), func.coalesce(func.sum(Opportunity.amount_fen), 0)).where(*where)
    total, amount = ctx.db.execute(sums).one()
    result: Json = {"items": present(ctx, rows), "total": total, "sum": money(int(amount or 0))}
    about = {"about": {"name": customer.name}} if customer is not None else {}
    return Reply("sales/opportunity_list", {"scene": scene, **result, **about}, result=result)


def update_opportunity(ctx: Context, args: UpdateOpportunity) -> Reply:
    """A later expected day counts as a slip; the amount of a won one stands (E.4)."""
    opportunity, customer = hold(ctx, args.ref)
    changes = args.model_dump(exclude={"ref", "amount"}, exclude_none=True)
    if args.amount is not None:
        changes["amount_fen"] = fen(args.amount)
    if not changes:
        example = f"例如：修改商机 {opportunity.code} 金额 20万"
        raise Invalid("ref", "没说要改什么", f"商机 {opportunity.name}", example)
    after = ctx.save(opportunity, **opportunity.updated(changes))
    ctx.record("opportunity.updated", after, customer_id=customer.id, owner_id=after.holder(customer.owner_id))
    ctx.refresh_cards("opportunity", after.id)
    notes = [f"预计成交日期第 {after.slips} 次推后"] if after.slips > opportunity.slips else []
    return shown(ctx, after, title="已修改", undo=True, notes=notes)


def transfer_opportunity(ctx: Context, args: TransferOpportunity) -> Reply:
    """To somebody in particular; given to the customer's owner it goes with the customer again."""
    person = find_person(ctx, args.to)
    opportunity, customer = hold(ctx, args.ref)
    old = opportunity.holder(customer.owner_id)
    if opportunity.status != "open":
        raise Conflict(
            f"{opportunity.name} 已经结束", "只有进行中的商机可以转移", f"可以说「查商机 {opportunity.code}」"
        )
    if old == person.id:
        raise Conflict(f"{opportunity.name} 已经由{person.name}负责", f"客户 {customer.name}", "请说另一位同事")
    after = ctx.save(opportunity, owner_id=None if person.id == customer.owner_id else person.id)
    ctx.record("opportunity.transferred", after, customer_id=customer.id, owner_id=person.id)
    ctx.refresh_cards("opportunity", after.id)
    facts = {
        "noun": "opportunity", "subject": {"code": after.code, "name": after.name}, "how": "transfer",
        "by": {"name": ctx.me.name}, "to": {"name": person.name},
    }  # fmt: skip
    told, subject = unique([old, person.id]), subject_of(after)
    template = "customers/owner_changed"
    ctx.tell(Notice("opportunity.transferred", template, facts, after.code, told, subject=subject, robots=False))
    return shown(ctx, after, title=f"已转给{person.name}", undo=True)


CREATE_OPPORTUNITY = Command(
    name="opportunity.create", title="新建商机",
    says=(
        "(新建|新增|添加|登记|建|加|录入|录|创建|create|add)[一下|下][一][个|条][新][的](商机|销售机会|opportunity)[给|客户]"
        "{ref}{...}",
        "(给|为|帮|替)[客户]{ref}(新建|新增|添加|登记|建|加|录入|录|创建)[一下|下|了][一][个|条][新][的](商机|销售机会){...}",
        "[客户]{ref}[有|来了](新建|新增|添加|有)[一][个|条][新][的](商机|销售机会){...}",
    ),
    examples=("新建商机 云图智能 机房改造 30万 预计年底成交", "给恒通机电建个商机,备件年单,金额6.5万"),
    args=CreateOpportunity, needs=Permission.OPPORTUNITY_WRITE, run=create_opportunity,
)  # fmt: skip
SHOW_OPPORTUNITY = Command(
    name="opportunity.show", title="查看商机",
    says=(
        "(查|看|看看|查看|查询|打开|show)[一下|下][商机]{ref:code}[[的](进展|详情|情况|状态|阶段)]",
        "(查|看|看看|查看|查询|打开|show)[一下|下]商机{ref}[[的](进展|详情|情况|状态|阶段)]",
        "[商机]{ref:code}[的|现在|目前](进展|详情|情况|什么情况|怎么样|什么阶段|到哪个阶段|到哪了|到哪一步)[了]",
        "商机{ref}[的|现在|目前](进展|详情|情况|什么情况|怎么样|什么阶段|到哪个阶段|到哪了|到哪一步)[了]",
    ),
    examples=("查商机 O000024", "O000024 到哪个阶段了"),
    args=ShowOpportunity, needs=Permission.BASIC, run=show_opportunity, reads=True,
)  # fmt: skip
LIST_OPPORTUNITIES = Command(
    name="opportunity.list", title="商机列表",
    says=(
        "[看看|看|查|查看|列出|打开][一下|下]{scene}[的](商机|opportunities)[列表|有哪些|有多少|有多少个]",
        "{scene}[还|都]有(哪些|什么|多少)[个]商机",
        "商机(列表|清单)",
        "[看看|看|查|查看|列出][一下|下][客户]{ref}的商机[列表|有哪些|有多少]",
        "[客户]{ref}[还|都]有(哪些|什么|多少)[个]商机",
        "(处于|在){stage}阶段的商机[有哪些]",
        "{stage}阶段的商机[有哪些]",
    ),
    examples=("下属的商机", "进行中的商机"),
    args=ListOpportunities, needs=Permission.BASIC, run=list_opportunities, reads=True,
)  # fmt: skip
UPDATE_OPPORTUNITY = Command(
    name="opportunity.update", title="修改商机",
    says=(
        "(修改|更新|改|调整|补充)[一下|下]商机{ref}[的]{...}",
        "(修改|更新|改|调整|补充)[一下|下]{ref:code}[的]{...}",
        "(把|将)商机{ref}的{...!}",
        "(把|将)[商机]{ref:code}[的]{...!}",
        "[把|将][商机]{ref:code}[的](金额|预计金额)(改成|改为|调到|调成|调整为|改到){amount}",
        "[把|将]商机{ref}[的](金额|预计金额)(改成|改为|调到|调成|调整为|改到){amount}",
        "[把|将][商机]{ref:code}[的](预计成交日期|成交日期|预计成交)(改成|改为|推到|推迟到|延到|提前到|改到){expected_close}",
        "[把|将]商机{ref}[的](预计成交日期|成交日期|预计成交)(改成|改为|推到|推迟到|延到|提前到|改到){expected_close}",
    ),
    examples=("修改商机 O000025 金额 20万", "商机 O000025 预计成交日期改到明年1月15日"),
    args=UpdateOpportunity, needs=Permission.OPPORTUNITY_WRITE, run=update_opportunity,
)  # fmt: skip
TRANSFER_OPPORTUNITY = Command(
    name="opportunity.transfer", title="转移商机",
    says=(
        "[把|将]商机{ref}(转给|转移给|移交给|转交给|交给|交接给){to}[负责|跟进|跟|去跟]",
        "[把|将]{ref:code}(转给|转移给|移交给|转交给|交接给){to}[负责|跟进|跟|去跟]",
        "(转移|移交|转让)商机{ref}给{to}",
        "[把|将]商机{ref}[的]负责人(换成|改成|改为|换为|变更为){to}",
    ),
    examples=("把商机 O000026 转给赵六", "商机 O000026 负责人换成王五"),
    args=TransferOpportunity, needs=Permission.OPPORTUNITY_WRITE, run=transfer_opportunity,
)  # fmt: skip

COMMANDS = (
    CREATE_OPPORTUNITY, *moves.COMMANDS, SHOW_OPPORTUNITY, LIST_OPPORTUNITIES, UPDATE_OPPORTUNITY,
    TRANSFER_OPPORTUNITY,
)  # fmt: skip

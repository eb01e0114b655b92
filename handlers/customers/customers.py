"""Customers: created, shown, listed, updated (domain.md A.4)."""

from typing import Annotated

from sqlalchemy import func, select

from handlers.args import Arg, Args, Company, CustomerRef, Name, Phone, SeaRef, Text, Uscc, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers import known_already, ownership, protecting, seas
from handlers.customers.attachment_counts import count_of
from handlers.customers.customer_view import CUSTOMER, SCENES, present, shown
from handlers.finding import find
from handlers.questions import debts
from handlers.reply import Reply
from models.customers.customer import Contact, Customer, named, tagged
from models.errors import Invalid
from models.normal import company_key, uscc
from models.rows import fetch_all

Kind = Annotated[Text, choice("company", "individual", 企业="company", 公司="company", 个人="individual")]
Level = Annotated[Text, choice("A", "B", "C", "D", A级="A", B级="B", C级="C", D级="D", 重点="A")]
Scene = Annotated[
    Text,
    choice(
        "mine",
        "participating",
        "subordinates",
        "all",
        "sea",
        "reclaim_soon",
        我的="mine",
        我="mine",
        我名下="mine",
        我手上="mine",
        my="mine",
        我参与的="participating",
        我协作的="participating",
        下属="subordinates",
        下属的="subordinates",
        全部="all",
        所有="all",
        公海="sea",
        公海里="sea",
        快要回收的="reclaim_soon",
        快回收的="reclaim_soon",
        快要回收="reclaim_soon",
        要回收="reclaim_soon",
        即将回收="reclaim_soon",
        快到期="reclaim_soon",
    ),
]
About = Annotated[Text, choice("debt", **dict.fromkeys(("欠款", "应收", "余额", "待回款"), "debt"), **debts.said())]
Part = Annotated[Text, choice(*debts.PARTS)]


class CreateCustomer(Args):
    name: Company = Arg("客户名称", labels=("名称", "名字", "公司"))
    kind: Kind | None = Arg("类型", default=None)
    phone: Phone | None = Arg("电话", default=None, labels=("手机", "手机号", "联系电话"))
    contact: Name | None = Arg("联系人", default=None)
    region: Words | None = Arg("地区", default=None, labels=("区域",))
    industry: Words | None = Arg("行业", default=None)
    level: Level | None = Arg("级别", default=None, labels=("等级",))
    address: Words | None = Arg("地址", default=None)
    uscc: Uscc | None = Arg("统一社会信用代码", default=None, labels=("信用代码", "社会信用代码", "税号"))
    sea: SeaRef | None = Arg("公海", default=None)


class ListCustomers(Args):
    scene: Scene | None = Arg("范围", default=None)
    sea: SeaRef | None = Arg("公海", default=None)
    level: Level | None = Arg("级别", default=None)
    tag: Words | None = Arg("标签", default=None)


class ShowCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    about: About | None = Arg("看什么", default=None)
    part: Part | None = Arg("看哪个数的明细", default=None)


class UpdateCustomer(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    name: Company | None = Arg("客户名称", default=None, labels=("名称",))
    phone: Phone | None = Arg("电话", default=None, labels=("手机", "联系电话"))
    region: Words | None = Arg("地区", default=None, labels=("区域",))
    industry: Words | None = Arg("行业", default=None)
    level: Level | None = Arg("级别", default=None, labels=("等级",))
    address: Words | None = Arg("地址", default=None)
    note: Words | None = Arg("备注", default=None)
    uscc: Uscc | None = Arg("统一社会信用代码", default=None, labels=("信用代码", "社会信用代码", "税号"))


def create_customer(ctx: Context, args: CreateCustomer) -> Reply:
    """Made by a rep it is his at once; with a sea named it lies there. The name must be new (domain.md A.0)."""
    sea = seas.named(ctx, args.sea) if args.sea else None
    home = sea or seas.home_of(ctx, ctx.me, region=args.region, industry=args.industry, level=args.level)
    if home is None:
        raise Invalid("sea", "不知道该放进哪个公海", next_step="请说明公海")
    known_already.hold_names(ctx, company_key(args.name), args.uscc)
    similar = known_already.check(ctx, args.name, uscc=args.uscc, person=args.kind == "individual")
    clocks = {"owned_at": ctx.now, "clock_at": ctx.now, "home_sea_id": home.id}
    clocks |= protecting.of_created(ctx, home.id) if sea is None else {}
    owned = (
        {"sea_id": home.id, "entered_sea_at": ctx.now, "home_sea_id": home.id}
        if sea
        else {"owner_id": ctx.me.id} | seas.clock_changes(ctx, None, **clocks)
    )
    fields = args.model_dump(exclude={"name", "contact", "sea", "kind"}, exclude_none=True)
    phone_is_contacts = args.contact is not None and args.phone is not None
    if phone_is_contacts:
        fields.pop("phone")
    made = {**named(args.name), "kind": args.kind or "company", "tags": [], "creator_id": ctx.me.id}
    customer = ctx.insert(Customer, **fields, **owned, **made)
    if sea is None:
        ownership.begin(ctx, customer, ctx.me.id, how="create", pool_id=home.id)
    if args.contact is not None:
        ctx.insert(Contact, customer_id=customer.id, creator_id=ctx.me.id, name=args.contact, phone=args.phone)
    ctx.record("customer.created", customer)
    contact = [f"联系人：{args.contact} {args.phone or ''}".rstrip()] if args.contact else []
    notes = [*contact, *_doubts(args.uscc), *similar]
    return shown(ctx, customer, title="已新建客户", undo=True, notes=notes)


def _doubts(code: str | None) -> list[str]:
    """A check digit that does not fit is told, not refused: codes in use are known to fail (domain.md E.8)."""
    wrong = code is not None and uscc.verdict(code) == "unchecked"
    return [f"信用代码 {code} 的校验位不对，请核对"] if wrong else []


def show_customer(ctx: Context, args: ShowCustomer) -> Reply:
    """The record with its totals and countdown; or what it owes, with the orders that sum to that."""
    customer = find(ctx, CUSTOMER, args.ref)
    if args.about is not None:
        return debts.debt(ctx, customer, args.part)
    return shown(ctx, customer, files=count_of(ctx, customer))


def list_customers(ctx: Context, args: ListCustomers) -> Reply:
    """The first page of a scene, those about to be reclaimed first where that is asked."""
    scene = args.scene or ("sea" if args.sea else "mine")
    where = [CUSTOMER.gate(ctx), SCENES[scene](ctx)]
    if args.sea:
        where.append(Customer.sea_id == seas.named(ctx, args.sea).id)
    if args.level:
        where.append(Customer.level == args.level)
    if args.tag:
        where.append(tagged(args.tag))
    order = [Customer.reclaim_at] if scene == "reclaim_soon" else [Customer.id.desc()]
    rows = fetch_all(ctx.db, Customer, *where, order_by=order, limit=ctx.page_size)
    total = ctx.db.execute(select(func.count()).select_from(Customer).where(*where)).scalar_one()
    items = present(ctx, rows)
    facts = {"scene": scene, "items": items, "total": total}
    return Reply("customers/customer_list", facts, result={"items": items, "total": total})


def update_customer(ctx: Context, args: UpdateCustomer) -> Reply:
    """Changes what is named; a new name must be free, and is held before the record, as where a lead is converted."""
    known_already.hold_names(ctx, company_key(args.name) if args.name else None, args.uscc)
    customer = find(ctx, CUSTOMER, args.ref, lock=True, write=True)
    changes = args.model_dump(exclude={"ref"}, exclude_none=True)
    if not changes:
        raise Invalid("ref", "没说要改什么", next_step="例如：修改客户 海豚科技 级别 A")
    if args.name is not None:
        changes |= named(args.name)
    similar = known_already.check_changed(ctx, customer, name=args.name, uscc=args.uscc)
    customer = ctx.save(customer, **changes)
    ctx.record("customer.updated", customer)
    ctx.refresh_cards("customer", customer.id)
    return shown(ctx, customer, title="已修改", undo=True, notes=[*_doubts(args.uscc), *similar])


CREATE_CUSTOMER = Command(
    name="customer.create", title="新建客户",
    says=(
        "(新建|新增|添加|登记|建|加|录入|录|创建|create|add)[一下|下][一][个|家][新][的]客户"
        "[名称|叫|是|名字叫|名字是]{...}",
        "[有|来了][一][个|家]新客户{...}",
        "客户(登记|录入|新增|建档){...}",
    ),
    examples=("新建客户 青岛海风渔具有限公司 联系人 林青 13700004444", "新增客户 无锡太湖精工有限公司 地区 无锡"),
    args=CreateCustomer, needs=Permission.CUSTOMER_WRITE, run=create_customer,
)  # fmt: skip
LIST_CUSTOMERS = Command(
    name="customer.list", title="客户列表",
    says=(
        "[看看|看|查|查看|列出|打开|有哪些][一下|下]{scene}[的](客户|customers)[列表|名单|有哪些|有多少|有多少个]",
        "{scene}[里|中][都|还]有(哪些|什么|多少|几)[个]客户",
        "{sea:sea}[里|中][都|还]有(哪些|什么|多少)[个]客户",
        "{sea:sea}[里|中][的]客户",
        "(看看|查看|看一下|看)[一下|下]{sea:sea}[里|中][的][客户]",
        "{scene}[里|中][都|还]有(哪些|什么)客户(可以|能)(领|领取)[的]",
        "{level}[的]客户[列表|有哪些|有多少]",
        "{scene}[的]{level}[的]客户",
        "[有]哪些客户{scene}[了|的]",
        "客户(列表|清单|名单)",
        "标签{tag}[的]客户",
        "(打了|带){tag}标签的客户",
        "{scene}名下[的]客户",
        "{scene}里[还|都]有(什么|哪些)",
    ),
    examples=("下属的客户", "公海里有哪些客户"),
    args=ListCustomers, needs=Permission.BASIC, run=list_customers, reads=True,
)  # fmt: skip
SHOW_CUSTOMER = Command(
    name="customer.show", title="查看客户",
    says=(
        "(查|看|看看|查看|查询|打开|show)[一下|下][客户|customer]{ref}[[的](资料|详情|信息|档案|情况)]",
        "[客户]{ref}[现在|目前]{about!}[款|货款|多少|是多少]",
        "[客户]{ref}[的]{about!}[是|有|还有][多少|情况|怎么样]",
        "[看看|看|查|查一下]{ref}[的]{about!}",
        "客户{ref}[的](资料|详情|信息|档案|情况)",
        "[客户]{ref}[的](详情|档案|客户资料)",
        "[客户]{ref}[现在|目前|最近][是](什么情况|情况怎么样|情况如何)",
        "[客户]{ref}[的](回款情况|订单情况)[怎么样]",
    ),
    examples=("查 海豚科技", "恒通机电还欠多少钱"),
    args=ShowCustomer, needs=Permission.BASIC, run=show_customer, reads=True,
)  # fmt: skip
UPDATE_CUSTOMER = Command(
    name="customer.update", title="修改客户",
    says=(
        "(修改|更新|改|完善|补充)[一下|下]客户{ref}[的]{...}",
        "(修改|更新|补充)[一下|下]{ref:code}[的]{...}",
        "(把|将)[客户]{ref}的{...!}",
        "(把|将)[客户]{ref}{...!}",
        "(修改|更新|补充)[一下|下]{ref}的{...!}",
        "[把|将][客户]{ref}[的](电话|手机|联系电话)(改成|改为|换成|更新为|变更为|改){phone}",
        "[把|将][客户]{ref}[的](级别|等级|客户级别)(改成|改为|调成|调到|调整为|设为|升为|降为|升到|降到|改){level}",
        "[把|将][客户]{ref}(改成|改为|调成|调到|设为|升为|降为|升到|降到|标为){level}",
        "[把|将][客户]{ref}[的](地址|公司地址)(改成|改为|换成|更新为|变更为|改到|改){address}",
        "[把|将][客户]{ref}[的](名称|名字)(改成|改为|换成|更新为|变更为){name}",
        "[把|将][客户]{ref}[的]行业(改成|改为|设为){industry}",
        "[把|将][客户]{ref}[的](地区|区域)(改成|改为|设为){region}",
    ),
    examples=("修改客户 海豚科技 级别 A", "更新客户 云图智能 地址 杭州市西湖区文三路1号"),
    args=UpdateCustomer, needs=Permission.CUSTOMER_WRITE, run=update_customer,
)  # fmt: skip

COMMANDS = (CREATE_CUSTOMER, LIST_CUSTOMERS, SHOW_CUSTOMER, UPDATE_CUSTOMER,)  # fmt: skip

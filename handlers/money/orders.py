"""Orders and their lines (domain.md A.10, E.5)."""

from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from sqlalchemy import func, select

from handlers import permits
from handlers.args import Arg, Args, CustomerRef, Lines, OrderRef, PersonRef, Rate, Text, Words, Yuan, choice
from handlers.command import Command, Permission
from handlers.company import deciding, flows
from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import find, find_person, reread
from handlers.money import order_lines
from handlers.money.order_lines import Priced
from handlers.money.order_view import ORDER, SCENES, present, shown
from handlers.reply import Reply
from models.amounts import fen
from models.base import Json
from models.codes import dated_code
from models.company.approval import UNDECIDED
from models.company.people import Person
from models.customers.customer import Customer
from models.errors import Conflict, MissingArgument
from models.money.order import Order
from models.rows import fetch_all, fetch_one

Scene = Annotated[
    Text,
    choice(
        "mine",
        "participating",
        "subordinates",
        "all",
        我的="mine",
        我="mine",
        my="mine",
        我参与的="participating",
        下属="subordinates",
        下属的="subordinates",
        全部="all",
        所有="all",
    ),
]


class CreateOrder(Args):
    ref: CustomerRef = Arg("客户", "编号或名称")
    lines: Lines = Arg("产品和数量", labels=("产品",))
    discount: Rate | None = Arg("整单折扣", default=None, labels=("折扣",))
    allowance: Yuan | None = Arg("优惠", default=None, labels=("减免", "让利", "优惠了", "便宜", "抹零", "减"))
    approver: PersonRef | None = Arg("审核人", default=None, labels=("审批人",))
    note: Words | None = Arg("备注", default=None)


class UpdateOrder(Args):
    ref: OrderRef = Arg("订单", "编号")
    lines: Lines | None = Arg("产品和数量", default=None)
    discount: Rate | None = Arg("整单折扣", default=None, labels=("折扣",))
    allowance: Yuan | None = Arg("优惠", default=None, labels=("减免", "让利", "优惠了", "便宜", "抹零", "减"))
    approver: PersonRef | None = Arg("审核人", default=None, labels=("审批人",))
    note: Words | None = Arg("备注", default=None)


class ShowOrder(Args):
    ref: OrderRef = Arg("订单", "编号")


class ListOrders(Args):
    scene: Scene | None = Arg("范围", default=None)


def create_order(ctx: Context, args: CreateOrder) -> Reply:
    """Priced, and at once on its way to approval (domain.md E.4, E.5). All refusals come before the first write."""
    customer = _buyer(ctx, find(ctx, CUSTOMER, args.ref, lock=True))
    priced = order_lines.price_said(ctx, args.lines, args.discount, _fen(args.allowance))
    chosen = find_person(ctx, args.approver, "approver") if args.approver else None
    plan = flows.plan(ctx, order_lines.matter(ctx, customer, priced, chosen))
    order = ctx.insert(
        Order, code=dated_code(ctx.db, "order", ctx.today), customer_id=customer.id, owner_id=ctx.me.id,
        creator_id=ctx.me.id, note=args.note, **_columns(priced, chosen),
    )  # fmt: skip
    order_lines.write(ctx, order, priced)
    ctx.record("order.created", order, customer_id=customer.id)
    return _submitted(ctx, order, plan, priced, title="已下单", undo=True)


def update_order(ctx: Context, args: UpdateOrder) -> Reply:
    """A rejected or withdrawn order is changed and submitted again from the first step (E.3.3); others stay as they
    are: what is being approved, or is approved, must not change under the approver's hands (E.3.4)."""
    order = find(ctx, ORDER, args.ref, lock=True, write=True)
    _refuse_settled(order)
    if not args.model_dump(exclude={"ref"}, exclude_none=True):
        raise MissingArgument("lines", f"{order.code} 要改什么？例如「九八折」或「打印机5台」，改后会重新提交审批")
    customer = _buyer(ctx, fetch_one(ctx.db, Customer, id=order.customer_id, lock=True))
    rate = args.discount if args.discount is not None else order.discount
    allowance = _fen(args.allowance) if args.allowance is not None else order.allowance_fen
    if args.lines is not None:
        priced = order_lines.price_said(ctx, args.lines, rate, allowance)
    else:
        priced = order_lines.price_kept(ctx, order, rate, allowance)
    chosen = find_person(ctx, args.approver, "approver") if args.approver else _chosen_before(ctx, order)
    plan = flows.plan(ctx, order_lines.matter(ctx, customer, priced, chosen, besides=order))
    note = args.note if args.note is not None else order.note
    order = ctx.save(order, note=note, **_columns(priced, chosen))
    if args.lines is not None:
        order_lines.write(ctx, order, priced)
    ctx.record("order.updated", order, customer_id=customer.id)
    ctx.refresh_cards("order", order.id)
    return _submitted(ctx, order, plan, priced, title="已修改并重新提交")


def _buyer(ctx: Context, customer: Any) -> Customer:
    """A customer for whom one may make records: owner, his superiors, read-write team members (A.0)."""
    if customer.sea_id is not None:
        next_step = f"先领取：领取 {customer.name}，再下单"
        raise Conflict(f"{customer.name} 还在公海里", "公海里的客户不能下单", next_step)
    row: Customer = reread(ctx, customer, write=partial(permits.customers, write=True), noun=CUSTOMER)
    return row


def _fen(amount: Decimal | None) -> int:
    return 0 if amount is None else fen(amount)


def _columns(priced: Priced, chosen: Person | None) -> Json:
    """What a submission sets."""
    return {
        "status": "pending",
        "list_fen": priced.quote.list_fen,
        "amount_fen": priced.quote.amount_fen,
        "discount": priced.rate,
        "allowance_fen": priced.allowance_fen,
        "lowest_rate": priced.quote.lowest_rate,
        "approver_id": chosen.id if chosen is not None else None,
    }


def _submitted(
    ctx: Context, order: Order, plan: flows.Plan, priced: Priced, *, title: str, undo: bool = False
) -> Reply:
    approval = deciding.begin(ctx, order, plan)
    order = fetch_one(ctx.db, Order, id=order.id) or order
    state = "" if approval is not None else "，不需要审批，已通过"
    return shown(ctx, order, undo=undo, title=f"{title} {order.code}{state}", warnings=list(priced.warnings))


def _refuse_settled(order: Order) -> None:
    if order.status in UNDECIDED:
        next_step = f"先说「撤回 {order.code}」，改好再提交"
        raise Conflict(f"{order.code} 正在审批，不能修改", "审批中的内容不能变", next_step)
    if order.status == "approved":
        raise Conflict(f"{order.code} 已通过审批，不能修改", "已审核的订单不能直接改", "如有变化，请另下一张订单")
    if order.status not in ("rejected", "withdrawn"):
        raise Conflict(f"{order.code} 不能修改", "只有被驳回或已撤回的订单可以改", "请另下一张订单")


def _chosen_before(ctx: Context, order: Order) -> Person | None:
    if order.approver_id is None:
        return None
    return fetch_one(ctx.db, Person, id=order.approver_id, is_active=True)


def show_order(ctx: Context, args: ShowOrder) -> Reply:
    """Where it stands, whose turn it is, what is still owed."""
    return shown(ctx, find(ctx, ORDER, args.ref))


def list_orders(ctx: Context, args: ListOrders) -> Reply:
    """The newest of a scene."""
    scene = args.scene or "mine"
    where = [ORDER.gate(ctx), SCENES[scene](ctx)]
    rows = fetch_all(ctx.db, Order, *where, order_by=[Order.id.desc()], limit=ctx.page_size)
    total = ctx.db.execute(select(func.count()).select_from(Order).where(*where)).scalar_one()
    items = present(ctx, rows)
    result: Json = {"items": items, "total": total}
    return Reply("money/order_list", {"scene": scene, **result}, result=result)


CREATE_ORDER = Command(
    name="order.create", title="下单",
    says=(
        "(下单|下个单|下订单|下一单|开单|开个单|新建订单|创建订单|新增订单|录订单|order)[给|客户]{ref}{...}",
        "(给|帮|为|替)[客户]{ref}(下单|下个单|下一单|下订单|开单|开个单|新建订单|做个订单|建个订单){...}",
        "[客户]{ref}(下单|下了单|要下单|订购|订了|采购){...!}",
        "(下单|下个单|开单|下订单)",
    ),
    examples=("下单 恒通机电 打印机x3 1200 九折", "给云图智能下单 硒鼓12个 单价310"),
    args=CreateOrder, needs=Permission.ORDER_WRITE, run=create_order,
)  # fmt: skip
UPDATE_ORDER = Command(
    name="order.update", title="修改订单",
    says=(
        "(修改|改|更新|调整)[一下|下][订单]{ref}[的]{...}",
        "(把|将)[订单]{ref}[的]{...!}",
        "[把|将][订单]{ref}[的](改成|改为|改到|改下|改一下|修改为|修改|调整为|调整成|更新为){...}",
        "重新提交[一下|下][订单]{ref}{...}",
        "[订单]{ref}重新提交{...}",
        "[把|将][订单]{ref}[的](折扣|整单折扣)[改成|改为|改到|为|调到|是]{discount}",
        "[把|将][订单]{ref}[的](优惠|减免)[改成|改为|改到|为|是]{allowance}",
    ),
    examples=("修改 SO20261123-0002 九八折", "修改订单 SO20261123-0002 优惠 500"),
    args=UpdateOrder, needs=Permission.ORDER_WRITE, run=update_order, undo="订单已重新提交审批，可以撤回",
)  # fmt: skip
SHOW_ORDER = Command(
    name="order.show", title="查看订单",
    says=(
        "[订单]{ref}[现在|目前][走|流转|进行]到(哪里|哪儿|哪|什么)[一][步|阶段|程度|进度|地方][了]",
        "(查|看|看看|查看|查询|打开|show)[一下|下][订单]{ref}[[的](进度|状态|详情|情况)]",
        "[订单]{ref}[的|现在|目前](进度|状态|详情|情况|怎么样|什么情况|什么状态)[了|如何|怎么样]",
        "[订单]{ref}(批了|审了|通过了|审批了|同意了|审完了|批下来了|审批通过了)(吗|没有|没|么|不)",
        "[订单]{ref}(批|审|审批|审核)到(哪里|哪儿|哪|谁)[了|那里了|那了]",
    ),
    examples=("SO20261123-0007 到哪了", "查订单 SO20261123-0001"),
    args=ShowOrder, needs=Permission.BASIC, run=show_order, reads=True,
)  # fmt: skip
LIST_ORDERS = Command(
    name="order.list", title="订单列表",
    says=(
        "[看看|看|查|查看|列出|打开][一下|下]{scene}[的](订单|orders)[列表|有哪些|有多少]",
        "{scene}有(哪些|什么|多少)[个|张]订单",
        "订单(列表|清单)",
    ),
    examples=("全部订单", "下属的订单"),
    args=ListOrders, needs=Permission.BASIC, run=list_orders, reads=True,
)  # fmt: skip

COMMANDS = (CREATE_ORDER, UPDATE_ORDER, SHOW_ORDER, LIST_ORDERS,)  # fmt: skip

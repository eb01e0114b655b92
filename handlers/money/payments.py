"""Payments against orders (domain.md A.11, E.6)."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Annotated

from sqlalchemy import ColumnElement, or_, select

from cards import labels
from handlers import permits
from handlers.args import Arg, Args, Day, PersonRef, Text, Words, Yuan, choice, ref
from handlers.command import Command, Permission
from handlers.company import deciding, flows
from handlers.company.fingerprint import fingerprint
from handlers.context import Context
from handlers.customers.customer_view import CUSTOMER
from handlers.finding import find, find_person, reread
from handlers.money import order_view
from handlers.money.order_view import ORDER
from handlers.money.payment_view import shown
from handlers.reply import Reply
from models.amounts import fen, yuan
from models.codes import dated_code, noun_of
from models.company.approval import UNDECIDED
from models.company.people import Person
from models.customers.customer import Customer
from models.errors import Ambiguous, Conflict, Invalid, MissingArgument, NeedsConfirmation
from models.money.order import Order, Payment
from models.rows import fetch_all, fetch_one

Method = Annotated[
    Text,
    choice(
        "银行转账",
        "支付宝",
        "微信",
        "现金",
        "支票",
        "承兑汇票",
        转账="银行转账",
        打款="银行转账",
        汇款="银行转账",
        对公="银行转账",
        对公转账="银行转账",
        电汇="银行转账",
        银行="银行转账",
        承兑="承兑汇票",
        汇票="承兑汇票",
        微信支付="微信",
        微信转账="微信",
    ),
]


LOOKED_AT = 200  # the newest orders of a customer named instead of one of them
PaidRef = Annotated[Text, ref("order", "customer")]


class CreatePayment(Args):
    ref: PaidRef | None = Arg("订单", "编号，或客户名称", default=None)
    amount: Yuan = Arg("金额", labels=("回款金额",))
    method: Method | None = Arg("方式", default=None, labels=("付款方式",))
    paid_at: Day | None = Arg("到账日期", default=None, labels=("日期",))
    approver: PersonRef | None = Arg("审核人", default=None)
    note: Words | None = Arg("备注", default=None)


def create_payment(ctx: Context, args: CreatePayment) -> Reply:
    """Money that arrived for an approved order; finance confirms it (A.11). The order's lock keeps two payments at once
    from passing what is owed unnoticed (E.6)."""
    order = _payable(ctx, args.ref or _only_waiting(ctx, args.amount))
    amount = fen(args.amount)
    if amount == 0:
        raise Invalid("amount", "回款金额要大于 0", "收到的是 0 元", f"例如：回款 {order.code} 1000 银行转账")
    _confirm_overpaid(ctx, order, amount)
    chosen = find_person(ctx, args.approver, "approver") if args.approver else None
    plan = flows.plan(ctx, _matter(ctx, order, amount, chosen))
    paid_on = args.paid_at or ctx.today
    warnings = _looks_twice(ctx, order, amount, paid_on)
    payment = ctx.insert(
        Payment, code=dated_code(ctx.db, "payment", ctx.today), order_id=order.id, customer_id=order.customer_id,
        owner_id=order.owner_id, creator_id=ctx.me.id, amount_fen=amount, method=args.method, paid_on=paid_on,
        status="pending", approver_id=chosen.id if chosen is not None else None, note=args.note,
    )  # fmt: skip
    ctx.record("payment.created", payment, customer_id=order.customer_id)
    ctx.refresh_cards("order", order.id)
    approval = deciding.begin(ctx, payment, plan)
    payment = fetch_one(ctx.db, Payment, id=payment.id) or payment
    state = "，等财务确认到账" if approval is not None else "，已确认"
    return shown(ctx, payment, title=f"已登记回款 {payment.code}{state}", warnings=warnings)


@permits.once
def _paid_to(ctx: Context) -> ColumnElement[bool]:
    buyers = select(Customer.id).where(Customer.owner_id.is_not(None), permits.customers(ctx, write=True))
    return or_(permits.orders(ctx, write=True), Order.customer_id.in_(buyers))


def _payable(ctx: Context, said: str) -> Order:
    """The order, locked; whoever may write it, or the customer whose owner he is now, registers its payments."""
    if noun_of(said) in (None, "customer"):
        said = _waiting_order(ctx, said)
    order: Order = reread(ctx, find(ctx, ORDER, said, lock=True), write=_paid_to, noun=ORDER, is_held=True)
    if order.status == "approved":
        return _as_approved(ctx, order)
    next_step = f"先修改并重新提交：修改 {order.code} 九八折"
    if order.status in UNDECIDED:
        next_step = f"等审批通过，可以说：催办 {order.code}"
    raise Conflict("订单通过审批后才能登记回款", f"{order.code} 现在是{labels.status(order.status)}", next_step)


def _as_approved(ctx: Context, order: Order) -> Order:
    """Money is taken for what was approved alone (E.3.4); of orders approved earlier that was not kept."""
    if order.approved_hash not in (None, fingerprint(order_view.snapshot(ctx, order))):
        raise Conflict(f"{order.code} 和审批通过时不一样了", "金额、折扣、产品或客户有变动", "请管理员核对后重新审批")
    return order


def _only_waiting(ctx: Context, amount: Decimal) -> str:
    """回款 5万, and no order named: the actor's own that wait for money, the only one once that is confirmed."""
    if ctx.platform is None:
        raise MissingArgument("ref", "请告诉我订单")
    waiting = _waiting(ctx, Order.owner_id == ctx.me.id)
    if not waiting:
        raise Conflict(
            "没有等回款的订单", "你名下没有已审核还没收齐的订单", "请说订单编号或客户，例如：回款 SO20261123-0001 5万"
        )
    if len(waiting) > 1:
        raise Ambiguous("ref", f"{amount:f} 元回款", waiting)
    code, owed = waiting[0]
    raise NeedsConfirmation(f"是 {code}（{owed}）的回款吗？", f"only-{code}", settles={"ref": code})


def _waiting_order(ctx: Context, said: str) -> str:
    """The code of the customer's only approved order that still waits for money. Raises `Ambiguous` for several."""
    customer = find(ctx, CUSTOMER, said)
    waiting = _waiting(ctx, Order.customer_id == customer.id)
    if len(waiting) > 1:
        raise Ambiguous("ref", said, waiting)
    if not waiting:
        rule, step = "只有已通过、还没收齐的订单可以登记", f"请检查订单，可以说：搜索 {customer.name}"
        raise Conflict(f"{customer.name} 没有等待回款的订单", rule, step)
    return waiting[0][0]


def _waiting(ctx: Context, whose: ColumnElement[bool]) -> list[tuple[str, str]]:
    """The approved orders that are not paid yet, the newest first, with what each still waits for."""
    where = (ORDER.gate(ctx), whose, Order.status == "approved")
    orders = fetch_all(ctx.db, Order, *where, order_by=[Order.id.desc()], limit=LOOKED_AT)
    sums = order_view.paid(ctx, [order.id for order in orders])
    owed = {order.code: order.amount_fen - sum(sums[order.id].values()) for order in orders}
    return [(code, f"待回款 {yuan(fen)} 元") for code, fen in owed.items() if fen > 0]


def outstanding(ctx: Context, order: Order) -> int:
    """What is still owed in fen: payments that wait for finance count as paid here (E.6)."""
    sums = order_view.paid(ctx, [order.id])[order.id]
    return order.amount_fen - sums["approved"] - sums["pending"]


def _confirm_overpaid(ctx: Context, order: Order, amount: int) -> None:
    """Warned about with the numbers, never silently blocked, never silently taken; a changed situation asks again."""
    owed = outstanding(ctx, order)
    if amount <= owed:
        return
    confirm = hashlib.sha256(f"{order.code}|{amount}|{owed}".encode()).hexdigest()[:12]
    if ctx.confirmed == confirm:
        return
    owed, excess = max(owed, 0), amount - max(owed, 0)
    view = order_view.present(ctx, [order])[0]
    question = f"{order.code} 待回款 {yuan(owed)} 元，本次 {yuan(amount)} 元，多出 {yuan(excess)} 元。确认要登记吗？"
    payment = {"code": "", "amount": yuan(amount), "order": {"code": order.code}, "customer": view["customer"]}
    facts = {"payment": payment, "order": view, "outstanding": yuan(owed), "excess": yuan(excess)}
    raise NeedsConfirmation(question, confirm, "money/overpaid", facts)


def _matter(ctx: Context, order: Order, amount: int, chosen: Person | None) -> flows.Matter:
    level = ctx.db.execute(select(Customer.level).where(Customer.id == order.customer_id)).scalar_one_or_none()
    return flows.Matter("payment", {"amount": Decimal(amount) / 100, "customer_level": level}, None, chosen)


def _looks_twice(ctx: Context, order: Order, amount: int, paid_on: date) -> list[str]:
    """The same amount on the same day is said, not refused (E.6)."""
    same = (Payment.order_id == order.id, Payment.amount_fen == amount, Payment.paid_on == paid_on)
    found = fetch_one(ctx.db, Payment, *same, Payment.status.in_(("approved", *UNDECIDED)))
    return [f"同一天已有一笔同样金额的回款 {found.code}，请核对"] if found is not None else []


CREATE_PAYMENT = Command(
    name="payment.create", title="登记回款",
    says=(
        "(回款|收款|到款)[登记][客户]{ref}{amount!}{...}",
        "{method}(回款|收款|到款|转账)[登记][订单]{ref:code}{...}",
        "(登记|录入|录|新增|新建|记|记录)[一下|下][一笔|笔](回款|收款|到款)[订单]{ref:code}{...}",
        "(回款|收款|到款|payment)[登记][订单]{ref:code}{...}",
        "[订单]{ref:code}[的][{paid_at}][客户|对方|公司][已经|已|又|刚|刚刚](收到|到账|到款|回款|打款|付款|收款)[了]"
        "[一笔|笔]{...}",
        "[订单]{ref:code}[的][{paid_at}][客户|对方|公司][已经|已|又|刚|刚刚](打|付|汇|转|来)了[一笔|笔]{...!}",
        "收到[了][订单]{ref:code}[的][客户|一笔][回款|货款|款]{...!}",
        "[订单]{ref:code}[的]{amount!}[已经|已|都](到账|到款|收到|打过来|付清|到)[了]{...}",
        "(客户|对方)(付了|打了|支付了|汇了)[订单]{ref:code}[的]{...!}",
        "[登记|收到|到账][客户|对方](回款|收款|到账|打款|付款|收到|打了|付了|转了|汇了)[了][一笔]{amount!}{...!}",
        "[订单]{ref:code}[的][客户|对方|公司]{method}(付了|转了|打了|付款|收款|到账|转账|转来|付)[了]{...!}",
        "[订单]{ref:code}[的][一笔](定金|订金|尾款|首付款|首付|预付款|货款|余款|进度款|全款|款){amount!}[已经|已|都]"
        "(到账|到了|到|收到|付清|付)[了]{...}",
        "[订单]{ref:code}[客户|对方]回了{amount!}{...}",
        "(回款|收款|到款|收到回款|收到货款|登记回款)[了]{amount!}{...}",
        "收到[了]{amount!}[的](回款|货款)",
        "收到[了][客户]{ref:firm}[的][一笔](回款|货款|款|付款|打款)[了]{amount!}{...}",
        "[客户]{ref:firm}(回款|到账|打款|付款|打来|付了|付来|汇来|转来|回了)[了]{amount!}{...}",
    ),
    examples=("回款 SO20261123-0001 6万 银行转账", "SO20261123-0012 收到回款 ¥2,480.50 前天到的"),
    args=CreatePayment, needs=Permission.PAYMENT_WRITE, run=create_payment, undo="回款已送财务确认，可以撤回",
)  # fmt: skip

COMMANDS = (CREATE_PAYMENT,)  # fmt: skip

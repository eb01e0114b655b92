"""Targets: set by superiors, shown with what was reached (domain.md A.18, E.10)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import func, select

from handlers import permits
from handlers.args import Arg, Args, PersonRef, Text, Words, Yuan, choice, period
from handlers.command import Command, Permission
from handlers.company import rules
from handlers.company.organisation import below
from handlers.context import Context
from handlers.finding import find_department, find_person
from handlers.money import target_view as view
from handlers.reply import Button, Reply
from handlers.whose import Whose, members, whose
from models.amounts import fen
from models.base import Json
from models.company.calendar import Calendar
from models.company.people import Department, Superior
from models.errors import Forbidden, Invalid, NotFound
from models.money.target import METRICS, MONEY, Target
from models.rows import fetch_all, fetch_one

Metric = Annotated[
    Text,
    choice(
        *METRICS, 业绩="order_amount", 订单="order_amount", 订单额="order_amount", 销售="order_amount",
        销售额="order_amount", 成交="order_amount", 成交额="order_amount", 回款="payment_total", 回款额="payment_total",
        收款="payment_total", 新客户="new_customers", 新增客户="new_customers", 新客户数="new_customers", 赢单="wins",
        赢单数="wins", 成单="wins", 跟进="effective_follow_ups", 有效跟进="effective_follow_ups",
        跟进数="effective_follow_ups", 有效跟进数="effective_follow_ups",
    ),
]  # fmt: skip
Period = Annotated[Text, period()]


class SetTarget(Args):
    person: PersonRef | None = Arg("谁的", default=None)
    department: Words | None = Arg("部门", default=None)
    metric: Metric | None = Arg("指标", default=None)
    period: Period = Arg("哪个月", "2026-12、2026-Q4 或 2026", labels=("月份",))
    amount: Yuan = Arg("目标", labels=("金额", "数量"))


class ShowTarget(Args):
    person: PersonRef | None = Arg("谁的", default=None)
    department: Words | None = Arg("部门", default=None)
    metric: Metric | None = Arg("指标", default=None)
    period: Period | None = Arg("哪个月", "2026-12、2026-Q4 或 2026", default=None)


def set_target(ctx: Context, args: SetTarget) -> Reply:
    """For one month; an amount for a quarter or year is spread over its months, whose sum it is (E.10)."""
    metric = args.metric or "order_amount"
    months = view.months_of(args.period)
    value = _value(metric, args.amount)
    who = _subject(ctx, args)
    subject = who.department or who.people[0]
    owner = subject.id if who.department is None else None
    theirs = {"department_id": subject.id} if owner is None else {"person_id": owner}
    parts = zip(months, spread(value, len(months)), strict=True)
    rows = [_put(ctx, metric, month, part, theirs) for month, part in parts]
    facts = {"metric": metric, "period": args.period.upper(), "amount": view.shown_value(metric, value)}
    ctx.record("target.set", rows[0], ref=subject.code, owner_id=owner, facts=facts)
    return _shown(ctx, who, args.period, (metric,), title="已定目标", undo=True)


def _value(metric: str, amount: Decimal) -> int:
    if metric in MONEY:
        return fen(amount)
    if amount != int(amount):
        raise Invalid("amount", f"{METRICS[metric]}的目标要是整数", f"收到的是 {amount}", "例如：20")
    return int(amount)


def spread(value: int, count: int) -> list[int]:
    """Equal whole parts; the last takes what does not divide."""
    part = value // count
    return [part] * (count - 1) + [value - part * (count - 1)]


def _subject(ctx: Context, args: SetTarget) -> Whose:
    """Whose target it becomes; set by somebody above, never by oneself, but for admins."""
    if args.department is not None:
        department = find_department(ctx, args.department)
        _require_lead_of(ctx, department)
        return Whose(department.name, members(ctx, department), department)
    person = ctx.me if args.person is None else find_person(ctx, args.person, "person")
    above = (Superior.person_id == person.id, Superior.superior_id == ctx.me.id)
    is_below = person.id != ctx.me.id and ctx.db.execute(select(1).where(*above)).first() is not None
    if not is_below and not permits.everything(ctx):
        raise Forbidden(f"不能定{person.name}的目标", "目标由上级或管理员来定", "可以请上级或管理员来定")
    return Whose(person.name, [person])


def _require_lead_of(ctx: Context, department: Department) -> None:
    parents = {row.id: row.parent_id for row in fetch_all(ctx.db, Department)}
    leads = ctx.me.role == "dept_manager" and department.id in below([ctx.me.department_id], parents)
    if not leads and not permits.everything(ctx):
        raise Forbidden(f"不能定{department.name}的目标", "部门目标由部门主管或管理员来定", "可以请主管或管理员来定")


def _put(ctx: Context, metric: str, month: date, value: int, theirs: Json) -> Target:
    there = fetch_one(ctx.db, Target, metric=metric, month=month, lock=True, **theirs)
    if there is not None:
        return ctx.save(there, value=value)
    return ctx.insert(Target, metric=metric, month=month, value=value, creator_id=ctx.me.id, **theirs)


def show_target(ctx: Context, args: ShowTarget) -> Reply:
    """What was reached of what was to be, and what is missing; all metrics that have a target, or the one named."""
    who = whose(ctx, args.person, args.department)
    return _shown(ctx, who, args.period or f"{ctx.today:%Y-%m}", (args.metric,) if args.metric else tuple(METRICS))


def _shown(
    ctx: Context, who: Whose, period: str, metrics: Sequence[str], *, title: str = "", undo: bool = False
) -> Reply:
    months = view.months_of(period)
    targets = {metric: _target_of(ctx, who, metric, months) for metric in metrics}
    known = [metric for metric in metrics if targets[metric] is not None]
    if not known:
        words = "、".join(METRICS[metric] for metric in metrics) if len(metrics) == 1 else ""
        example = f"上级可以说「{who.name} {months[0].month}月目标 50万」"
        raise NotFound(f"{who.name} {period} 还没有{words}目标", "目标由上级或管理员来定", example)
    items = [_item(ctx, who, metric, targets[metric] or 0, months) for metric in known]
    result: Json = {"subject": who.name, "period": period.upper(), "items": items}
    facts = {**result, "subject": {"name": who.name}, "notes": _notes(ctx, who, known, months)}
    buttons = (Button("撤销", "undo"),) if undo else ()
    return Reply("money/target", facts | ({"tag": title} if title else {}), buttons=buttons, result=result)


def _target_of(ctx: Context, who: Whose, metric: str, months: Sequence[date]) -> int | None:
    """The department's own, else the sum of its people's; a quarter's or year's is that of its months."""
    if who.department is not None:
        own = _stored(ctx, metric, months, Target.department_id == who.department.id)
        if own is not None:
            return own
    return _stored(ctx, metric, months, Target.person_id.in_(who.idents))


def _stored(ctx: Context, metric: str, months: Sequence[date], whose_it_is: Any) -> int | None:
    statement = select(func.sum(Target.value)).where(whose_it_is, Target.metric == metric, Target.month.in_(months))
    found = ctx.db.execute(statement).scalar()
    return None if found is None else int(found)


def _item(ctx: Context, who: Whose, metric: str, target: int, months: Sequence[date]) -> Json:
    reached = view.actual(ctx, metric, who.idents, view.span_of_months(ctx, months))
    working = rules.in_force(ctx, "calendar", Calendar)[0]
    found = view.progress(target, reached, view.elapsed_share(working, months, ctx.today))
    ahead = view.pipeline(ctx, who.idents, months) if metric in MONEY else None
    return {
        "metric": metric,
        "name": METRICS[metric],
        "target": view.shown_value(metric, target),
        "actual": view.shown_value(metric, reached),
        "gap": view.shown_value(metric, found.gap),
        "rate": _share(found.rate),
        "elapsed": _share(found.elapsed),
        "pace": _share(found.pace),
        "pipeline": view.shown_value(metric, ahead) if ahead is not None else None,
    }


def _share(value: Decimal | None) -> str | None:
    return None if value is None else str(round(value, 4))


def _notes(ctx: Context, who: Whose, metrics: Sequence[str], months: Sequence[date]) -> list[str]:
    """A department's target beside the sum of its people's: told, not forced to be equal (E.10)."""
    if who.department is None:
        return []
    notes = []
    for metric in metrics:
        own = _stored(ctx, metric, months, Target.department_id == who.department.id)
        theirs = _stored(ctx, metric, months, Target.person_id.in_(who.idents))
        if own is not None and theirs is not None and own != theirs:
            notes.append(f"{METRICS[metric]}：成员目标之和是 {view.shown_value(metric, theirs)}，和部门目标不一致")
    return notes


SET_TARGET = Command(
    name="target.set", title="定目标",
    says=(
        "[给|把|设置|设定|设|定|下达]{person}[的|定|设|下达]{period}[的]{metric}[的]目标[定为|设为|改为|改成|定成|调到|是|为]"
        "{amount!}[个|家|单|次|条]",
        "[给|把|设置|设定|设|定|下达]{person}[的|定|设|下达]{period}[的]目标[定为|设为|改为|改成|定成|调到|是|为]{amount!}",
        "[给|把|设置|设定|设|定|下达]{department:unit}[的|定|设|下达]{period}[的]{metric}[的]目标"
        "[定为|设为|改为|改成|定成|调到|是|为]{amount!}[个|家|单|次|条]",
        "[给|把|设置|设定|设|定|下达]{department:unit}[的|定|设|下达]{period}[的]目标[定为|设为|改为|改成|定成|调到|是|为]{amount!}",
        "(设置|设定|定|下达)目标{person}{period}{metric}{amount!}[个|家|单|次|条]",
        "(设置|设定|定|下达)目标{person}{period}{amount!}",
    ),
    examples=("韩梅梅 12月目标 30万", "华东组四季度回款目标 200万"),
    args=SetTarget, needs=Permission.TARGET_WRITE, run=set_target,
)  # fmt: skip
SHOW_TARGET = Command(
    name="target.show", title="看目标",
    says=(
        "[看看|看|查|查看][一下|下][我|我的]{period}[的]{metric}目标"
        "[完成情况|完成率|完成了多少|完成得怎么样|进度|是多少|多少|还差多少]",
        "[看看|看|查|查看][一下|下][我|我的]{period}[的]目标[完成情况|完成率|完成了多少|完成得怎么样|进度|是多少|多少|还差多少]",
        "[看看|看|查|查看][一下|下][我的|我](目标|任务)[完成情况|完成率|完成了多少|完成得怎么样|进度|还差多少]",
        "[我]{period}[我][离目标|距离目标|还]差多少[钱|业绩|达标|完成目标|完成任务]",
        "[我]{period}{metric}[我][离目标|距离目标|还]差多少",
        "我[离|距离]目标还(差|有)多少",
        "[看看|看|查|查看][一下|下]{department:unit}{period}[的]{metric}目标[完成情况|完成率|完成了多少|进度|还差多少]",
        "[看看|看|查|查看][一下|下]{department:unit}{period}[的]目标[完成情况|完成率|完成了多少|进度|还差多少]",
        "{department:unit}{period}[离目标|还]差多少",
        "[看看|看|查|查看][一下|下]{person}{period}[的]{metric}目标[完成情况|完成率|完成了多少|进度|还差多少]",
        "[看看|看|查|查看][一下|下]{person}{period}[的]目标[完成情况|完成率|完成了多少|进度|还差多少]",
        "{person}{period}[离目标|还]差多少",
    ),
    examples=("我下个月的目标", "我本季度还差多少"),
    args=ShowTarget, needs=Permission.REPORT, run=show_target, reads=True,
)  # fmt: skip

COMMANDS = (SET_TARGET, SHOW_TARGET)

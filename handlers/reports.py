"""Reports: numbers with the list that sums to them (domain.md E.10, E.11)."""

from collections.abc import Callable, Mapping
from typing import Annotated

from cards import labels
from handlers import lead_sources
from handlers.args import Arg, Args, PersonRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.performance import figures
from handlers.periods import said, span_of
from handlers.presenting import instant
from handlers.reply import Reply
from handlers.sales.forecast import forecast
from handlers.sales.funnel import funnel
from handlers.whose import whose
from models.base import Json

ReportName = Annotated[
    Text,
    choice(
        "performance", "funnel", "forecast", "sources",
        业绩="performance", 业绩怎么样="performance", 销售业绩="performance", 业绩报表="performance",
        漏斗="funnel", 销售漏斗="funnel", 商机漏斗="funnel", 漏斗分析="funnel",
        预测="forecast", 销售预测="forecast", 业绩预测="forecast", 成交预测="forecast", 商机预测="forecast",
        线索来源="sources", 线索来源转化="sources", 线索来源转化率="sources", 线索转化="sources", 线索转化率="sources",
        来源转化="sources", 线索来源报表="sources", 各来源的线索转化="sources", 各来源转化="sources",
        来源分析="sources",
    ),
]  # fmt: skip
PERIODS = (
    "today", "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter", "this_year",
)  # fmt: skip
Period = Annotated[Text, choice(*PERIODS, **said(*PERIODS))]


class ShowReport(Args):
    report: ReportName = Arg("报表")
    period: Period | None = Arg("时间", default=None)
    person: PersonRef | None = Arg("谁的", default=None)
    department: Words | None = Arg("部门", default=None)


def show_report(ctx: Context, args: ShowReport) -> Reply:
    """Of oneself, of somebody whose records one sees, or of a department all of whose people one sees."""
    return REPORTS[args.report](ctx, args)


def _performance(ctx: Context, args: ShowReport) -> Reply:
    who, period = whose(ctx, args.person, args.department), args.period or "this_month"
    found = figures(ctx, who.people, span_of(period, ctx.today, ctx.zone))
    rows = [
        ["订单数", f"{found['order_count']} 单"],
        ["净回款", labels.money(found["payment_total"])],
        ["新客户", str(found["new_customers"])],
        ["有效跟进", f"{found['effective_follow_ups']} 次"],
    ]
    ranking = found["ranking"] if len(who.people) > 1 else []
    facts = {"amount": found["amount"], "rows": rows, "ranking": ranking}
    return _reply(ctx, "company/report_performance", who.name, period, facts, found)


def _funnel(ctx: Context, args: ShowReport) -> Reply:
    """The cohort of the period; below it, and labelled as such, what stands where now (E.11)."""
    who = whose(ctx, args.person, args.department, team_first=True)
    period = args.period or "this_month"
    found = funnel(ctx, who.idents, span_of(period, ctx.today, ctx.zone))
    facts = {"stages": [{**stage, "items": None} for stage in found["stages"]], "now": found["now"]}
    return _reply(ctx, "company/report_funnel", who.name, period, facts, found)


def _forecast(ctx: Context, args: ShowReport) -> Reply:
    """All that is open, or what of it is expected in the period."""
    who = whose(ctx, args.person, args.department, team_first=True)
    found = forecast(ctx, who.idents, span_of(args.period, ctx.today, ctx.zone) if args.period else None)
    facts = {name: found[name] for name in ("commit", "best", "weighted", "months")}
    return _reply(ctx, "company/report_forecast", who.name, args.period, facts, found)


def _sources(ctx: Context, args: ShowReport) -> Reply:
    """Where leads come from and what becomes of them: of all that one sees, unless a person or department is named."""
    period = args.period or "this_month"
    named = args.person is not None or args.department is not None
    who = whose(ctx, args.person, args.department) if named else None
    leads = lead_sources.cohort(ctx, who.people if who else None, span_of(period, ctx.today, ctx.zone))
    found = {"items": lead_sources.by_source(leads), "total": lead_sources.total(leads)}
    return _reply(ctx, "company/report_sources", who.name if who else "我能看到", period, found, found)


REPORTS: Mapping[str, Callable[[Context, ShowReport], Reply]] = {
    "performance": _performance,
    "funnel": _funnel,
    "forecast": _forecast,
    "sources": _sources,
}


def _reply(ctx: Context, template: str, name: str, period: str | None, facts: Json, found: Json) -> Reply:
    """With whose numbers they are, and of which days."""
    about: Json = {"subject": name}
    if period is not None:
        span = span_of(period, ctx.today, ctx.zone)
        about |= {"period": period, "from": instant(ctx, span.start), "until": instant(ctx, span.end)}
    shown = {"subject": {"name": name}, **({"period": period} if period else {}), **facts}
    return Reply(template, shown, result=about | found)


SHOW_REPORT = Command(
    name="report.show", title="看报表",
    says=(
        "[看看|看|查|查看|看看][一下|下][我|我的]{period}[的]{report}[报表|报告|怎么样|如何|多少|是多少|情况]",
        "[看看|看|查|查看|看看][一下|下][我|我的]{report}[报表|报告|怎么样|如何|多少|是多少|情况]",
        "[看看|看|查|查看|看看][一下|下]{department:unit}{period}[的]{report}[报表|怎么样|如何|多少|情况]",
        "[看看|看|查|查看|看看][一下|下]{department:unit}[的]{report}[报表|怎么样|如何|多少|情况]",
        "[看看|看|查|查看|看看][一下|下]{period}[的]{department:unit}[的]{report}[报表|怎么样|如何|多少|情况]",
        "[看看|看|查|查看|看看][一下|下]{person}{period}[的]{report}[报表|怎么样|如何|多少|情况]",
        "[看看|看|查|查看|看看][一下|下]{person}[的]{report}[报表|怎么样|如何|多少|情况]",
        "[我|我的]{report}{period}",
    ),
    examples=("我上个月业绩", "本季度业绩", "本月线索来源转化率", "本季度商机漏斗"),
    args=ShowReport, needs=Permission.REPORT, run=show_report, reads=True,
)  # fmt: skip

COMMANDS = (SHOW_REPORT,)  # fmt: skip

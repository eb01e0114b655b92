"""Reports: numbers with the list that sums to them (domain.md E.10, E.11)."""

from typing import Annotated

from handlers.args import Arg, Args, PersonRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.reply import Reply

ReportName = Annotated[
    Text, choice("performance", 业绩="performance", 业绩怎么样="performance", 销售业绩="performance")
]
Period = Annotated[Text, choice("today", "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter", "this_year", 今天="today", 今日="today", 本周="this_week", 这周="this_week", 上周="last_week", 本月="this_month", 这个月="this_month", 上月="last_month", 上个月="last_month", 本季度="this_quarter", 这个季度="this_quarter", 上季度="last_quarter", 今年="this_year", 本年="this_year")]  # fmt: skip


class ShowReport(Args):
    report: ReportName = Arg("报表")
    period: Period | None = Arg("时间", default=None)
    person: PersonRef | None = Arg("谁的", default=None)
    department: Words | None = Arg("部门", default=None)


def show_report(ctx: Context, args: ShowReport) -> Reply:
    raise NotImplementedError


SHOW_REPORT = Command(
    name="report.show", title="看报表",
    says=(
        "[看看|看|查|查看|看看][一下][我|我的]{period}[的]{report}[报表|报告|怎么样|如何|多少|是多少|情况]",
        "[看看|看|查|查看|看看][一下][我|我的]{report}[报表|报告|怎么样|如何|多少|是多少|情况]",
        "[看看|看|查|查看|看看][一下]{department:unit}{period}[的]{report}[报表|怎么样|如何|多少|情况]",
        "[看看|看|查|查看|看看][一下]{person}{period}[的]{report}[报表|怎么样|如何|多少|情况]",
        "[看看|看|查|查看|看看][一下]{person}[的]{report}[报表|怎么样|如何|多少|情况]",
        "[我|我的]{report}{period}",
    ),
    examples=("我上个月业绩", "本季度业绩"),
    args=ShowReport, needs=Permission.REPORT, run=show_report, reads=True,
)  # fmt: skip

COMMANDS = (SHOW_REPORT,)  # fmt: skip

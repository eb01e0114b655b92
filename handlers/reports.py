"""Reports: numbers with the list that sums to them (domain.md E.10, E.11)."""

from collections.abc import Sequence
from typing import Annotated

from sqlalchemy import select

from cards import labels
from handlers import lead_sources, permits
from handlers.args import Arg, Args, PersonRef, Text, Words, choice
from handlers.command import Command, Permission
from handlers.company.organisation import below
from handlers.context import Context
from handlers.finding import find_department, find_person
from handlers.performance import figures
from handlers.periods import said, span_of
from handlers.presenting import instant
from handlers.reply import Reply
from models.company.people import Department, Person, Sight, Superior
from models.errors import Forbidden
from models.rows import fetch_all

ReportName = Annotated[
    Text,
    choice(
        "performance",
        "sources",
        业绩="performance",
        业绩怎么样="performance",
        销售业绩="performance",
        业绩报表="performance",
        线索来源="sources",
        线索来源转化="sources",
        线索来源转化率="sources",
        线索转化="sources",
        线索转化率="sources",
        来源转化="sources",
        线索来源报表="sources",
        各来源的线索转化="sources",
        各来源转化="sources",
        来源分析="sources",
    ),
]
PERIODS = (
    "today", "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter", "this_year",
)  # fmt: skip
Period = Annotated[Text, choice(*PERIODS, **said(*PERIODS))]


MY_TEAM = ("团队", "我的团队", "我们团队", "我团队", "本团队")


class ShowReport(Args):
    report: ReportName = Arg("报表")
    period: Period | None = Arg("时间", default=None)
    person: PersonRef | None = Arg("谁的", default=None)
    department: Words | None = Arg("部门", default=None)


def show_report(ctx: Context, args: ShowReport) -> Reply:
    """Performance of oneself, of somebody whose records one sees, or of a department all of whose people one sees."""
    if args.report == "sources":
        return _sources(ctx, args)
    period = args.period or "this_month"
    subject, people = _subject(ctx, args)
    span = span_of(period, ctx.today, ctx.zone)
    found = figures(ctx, people, span)
    rows = [
        ["订单数", f"{found['order_count']} 单"],
        ["净回款", labels.money(found["payment_total"])],
        ["新客户", str(found["new_customers"])],
        ["有效跟进", f"{found['effective_follow_ups']} 次"],
    ]
    ranking = found["ranking"] if len(people) > 1 else []
    about = {"subject": {"name": subject}, "period": period}
    facts = about | {"amount": found["amount"], "rows": rows, "ranking": ranking}
    dates = {"from": instant(ctx, span.start), "until": instant(ctx, span.end)}
    return Reply("company/report_performance", facts, result={"subject": subject, "period": period, **dates, **found})


def _sources(ctx: Context, args: ShowReport) -> Reply:
    """Where leads come from and what becomes of them: of all that one sees, unless a person or department is named."""
    period = args.period or "this_month"
    named = args.person is not None or args.department is not None
    subject, people = _subject(ctx, args) if named else ("我能看到", None)
    span = span_of(period, ctx.today, ctx.zone)
    leads = lead_sources.cohort(ctx, people, span)
    items, total = lead_sources.by_source(leads), lead_sources.total(leads)
    about = {"subject": {"name": subject}, "period": period}
    dates = {"from": instant(ctx, span.start), "until": instant(ctx, span.end)}
    result = {"subject": subject, "period": period, **dates, "items": items, "total": total}
    return Reply("company/report_sources", {**about, "items": items, "total": total}, result=result)


def _subject(ctx: Context, args: ShowReport) -> tuple[str, list[Person]]:
    """Whose numbers, all of them in sight; the actor's own by default."""
    if args.department in MY_TEAM and (below_me := _team(ctx)):
        return f"{ctx.me.name}的团队", below_me
    if args.department in MY_TEAM:  # who leads nobody means the team that he belongs to
        args = args.model_copy(update={"department": _own_department(ctx).name})
    if args.department is not None:
        department = find_department(ctx, args.department)
        people = _members(ctx, department)
        _require_sight(ctx, people, department.name)
        return department.name, people
    person = ctx.me if args.person is None else find_person(ctx, args.person, "person")
    _require_sight(ctx, [person], person.name)
    return person.name, [person]


def _team(ctx: Context) -> list[Person]:
    """The actor and everybody below him, where there is anybody."""
    below_me = select(Superior.person_id).where(Superior.superior_id == ctx.me.id)
    people = fetch_all(ctx.db, Person, Person.id.in_(below_me), order_by=[Person.id])
    return people if len(people) > 1 else []


def _own_department(ctx: Context) -> Department:
    return fetch_all(ctx.db, Department, Department.id == ctx.me.department_id)[0]


def _members(ctx: Context, department: Department) -> list[Person]:
    parents = {row.id: row.parent_id for row in fetch_all(ctx.db, Department)}
    return fetch_all(ctx.db, Person, Person.department_id.in_(below([department.id], parents)), order_by=[Person.id])


def _require_sight(ctx: Context, people: Sequence[Person], name: str) -> None:
    if permits.everything(ctx):
        return
    mine = select(Sight.person_id).where(Sight.viewer_id == ctx.me.id)
    seen = set(ctx.db.execute(mine).scalars()) | {ctx.me.id}
    if not {person.id for person in people} <= seen:
        raise Forbidden(
            f"不能看{name}的业绩", "只能看自己、下属和自己管理的部门的业绩", "可以说「我这个月业绩」，或请他的上级查看"
        )


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
    examples=("我上个月业绩", "本季度业绩", "本月线索来源转化率"),
    args=ShowReport, needs=Permission.REPORT, run=show_report, reads=True,
)  # fmt: skip

COMMANDS = (SHOW_REPORT,)  # fmt: skip

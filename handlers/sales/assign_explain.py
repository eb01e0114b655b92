"""Why somebody has a lead: the decisions as they were logged, else who gave it to whom (domain.md E.2.6)."""

from collections.abc import Sequence

from handlers.args import Arg, Args, LeadRef, PersonRef
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.finding import find_person
from handlers.presenting import instant, names, people
from handlers.reply import Reply
from handlers.sales.assign_choice import STRATEGIES
from handlers.sales.lead_view import find_lead, present
from models.base import Json
from models.company.people import Person
from models.customers.ownership import Ownership
from models.customers.sea import LeadPool
from models.history import History
from models.rows import fetch_all
from models.sales.assignment import Assignment
from models.sales.lead import Lead

SHOWN = 6
STATES = {
    "waiting": "等待分配", "offered": "等待接受", "assigned": "已分配", "accepted": "已接受", "declined": "被拒绝",
    "lapsed": "没有及时接受", "sticky": "归原负责人", "left": "交给管理员", "moot": "已由别人跟进",
}  # fmt: skip
HOW = {
    "create": "登记", "claim": "领取", "assign": "分配", "transfer": "移交", "convert": "转换", "load": "导入",
}  # fmt: skip


class ExplainAssignment(Args):
    ref: LeadRef = Arg("线索", "编号或名称")
    to: PersonRef | None = Arg("给谁", default=None)


def explain(ctx: Context, args: ExplainAssignment) -> Reply:
    """The newest decisions first, each with its rule, its version and everybody who was passed over."""
    lead = find_lead(ctx, args.ref)
    mine = Assignment.lead_id == lead.id
    rows = fetch_all(ctx.db, Assignment, mine, order_by=[Assignment.id.desc()], limit=SHOWN)
    decisions = _views(ctx, rows)
    given = _given(ctx, lead)
    notes = _not_his(lead, find_person(ctx, args.to), decisions) if args.to else []
    facts = {"lead": present(ctx, [lead])[0], "decisions": decisions, "given": given, "notes": notes}
    return Reply("sales/assignment", facts, result={"lead": lead.code, "decisions": decisions, "given": given})


def _not_his(lead: Lead, person: Person, decisions: Sequence[Json]) -> list[str]:
    """The question named somebody who does not have it: why not, where that was decided."""
    if lead.owner_id == person.id:
        return []
    passed = [one["why"] for row in decisions for one in row["skipped"] if one["name"] == person.name]
    return [f"它不由{person.name}负责" + (f"：分配时跳过了他（{passed[0]}）" if passed else "")]


def _views(ctx: Context, rows: Sequence[Assignment]) -> list[Json]:
    known, pools = people(ctx, [row.person_id for row in rows]), names(ctx, LeadPool, [row.pool_id for row in rows])
    return [
        {
            "at": instant(ctx, row.chosen_at or row.created_at),
            "pool": pools[row.pool_id],
            "rule": row.rule,
            "rule_version": row.rule_version,
            "strategy": row.strategy and STRATEGIES[row.strategy],
            "person": known[row.person_id],
            "why": row.why,
            "status": row.status,
            "state": STATES[row.status],
            "skipped": row.skipped,
            "due_at": instant(ctx, row.due_at),
            "hop": row.hop,
            "reason": row.answer,
        }
        for row in rows
    ]


def _given(ctx: Context, lead: Lead) -> Json | None:
    """Since when its owner has it, and by whose hand."""
    open_period = (Ownership.noun == "lead", Ownership.record_id == lead.id, Ownership.ended_at.is_(None))
    found = fetch_all(ctx.db, Ownership, *open_period, limit=1)
    if not found:
        return None
    period = found[0]
    about = (History.noun == "lead", History.record_id == lead.id, History.at == period.started_at)
    done = fetch_all(ctx.db, History, *about, History.actor_id.is_not(None), order_by=[History.id], limit=1)
    actor = done[0].actor_id if done else None
    known = people(ctx, [period.owner_id, actor])
    how, at = HOW.get(period.how, period.how), instant(ctx, period.started_at)
    return {"owner": known[period.owner_id], "how": how, "by": known[actor], "at": at}


EXPLAIN_ASSIGNMENT = Command(
    name="lead.explain_assignment", title="线索为什么分给他",
    says=(
        "[线索]{ref:code}(为什么|为啥|怎么|凭什么|怎么会)(分给|分配给|派给|给)[了]{to}[了]",
        "线索{ref}(为什么|为啥|怎么|凭什么|怎么会)(分给|分配给|派给|给)[了]{to}[了]",
        "[线索]{ref:code}(为什么|为啥|怎么|凭什么|怎么会)(分给|分配给|派给|给)[了](他|她|我|你|别人|同事)[了]",
        "线索{ref}(为什么|为啥|怎么|凭什么|怎么会)(分给|分配给|派给|给)[了](他|她|我|你|别人|同事)[了]",
        "[线索]{ref:code}(为什么|为啥|怎么|怎么会)(还没|没|没有|还没有)(分配|分出去|分给人|分|人接)",
        "线索{ref}(为什么|为啥|怎么|怎么会)(还没|没|没有|还没有)(分配|分出去|分给人|分|人接)",
        "(为什么|为啥|凭什么)[把]线索{ref}(分给|分配给|派给|给)[了](他|她|我|别人)",
        "[线索]{ref:code}[的|是](分配记录|分配原因|怎么分配的|怎么分的)",
    ),
    examples=("L000050 为什么分给我", "线索 周小舟 为什么没分配"),
    args=ExplainAssignment, needs=Permission.BASIC, run=explain, reads=True,
)  # fmt: skip

COMMANDS = (EXPLAIN_ASSIGNMENT,)

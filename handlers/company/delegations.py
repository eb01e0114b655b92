"""Commands by which somebody's approvals go to a colleague for a while (domain.md E.3.6)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, create_model
from sqlalchemy import select

from cards import labels
from handlers.args import Arg, Args, Day, PersonRef, Text, Words, Yuan, choice
from handlers.command import Command, Permission
from handlers.company import approval_notices as notices
from handlers.company import delegated, documents, stepping
from handlers.company.delegated import Matter, covers, last_in_line
from handlers.context import Context, Notice, subject_of
from handlers.finding import find_person
from handlers.reply import Button, Reply
from models.amounts import fen
from models.base import Json
from models.company.approval import Approval, ApprovalTask, Delegation
from models.company.people import Person
from models.errors import Conflict, Invalid
from models.rows import fetch_all, fetch_one


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Subject = Annotated[Text, choice("order", "payment", "request", 订单="order", 回款="payment", 申请="request")]
Subjects = Annotated[list[Subject], BeforeValidator(_listed), Field(min_length=1, max_length=10)]


class _Delegate(Args):
    to: PersonRef = Arg("交给谁", labels=("审批人",))
    until: Day | None = Arg("到哪天", default=None, labels=("截止", "结束"))
    subjects: Subjects | None = Arg("哪些单据", default=None)
    max_amount: Yuan | None = Arg("最高金额", default=None, labels=("金额不超过", "不超过"))
    reason: Words | None = Arg("原因", default=None)


_FROM: Any = {"from": (Day | None, Arg("从哪天", default=None, labels=("开始",)))}  # no name for a class body
Delegate = create_model("Delegate", __base__=_Delegate, **_FROM)


class Undelegate(Args):
    to: PersonRef | None = Arg("交给了谁", default=None)


class ListDelegations(Args):
    pass


def delegate(ctx: Context, args: _Delegate) -> Reply:
    """What waits for the actor, and what comes until then, goes to a colleague, who decides on his behalf."""
    heir = find_person(ctx, args.to)
    if heir.id == ctx.me.id:
        raise Invalid("to", "不能把审批交给自己", next_step="请选一位同事，例如：审批交给王经理")
    start: date = getattr(args, "from") or ctx.today
    _refuse_days(ctx, start, args.until)
    _refuse_ring(ctx, heir)
    most = fen(args.max_amount) if args.max_amount is not None else None
    row = ctx.insert(
        Delegation, person_id=ctx.me.id, to_id=heir.id, from_on=start, until_on=args.until,
        subjects=list(args.subjects or ()), max_amount_fen=most, reason=args.reason,
        taken_at=ctx.now if start <= ctx.today else None,
    )  # fmt: skip
    moved = take_over(ctx, row) if row.taken_at is not None else 0
    ctx.record("approval.delegated", row, ref=ctx.me.code, owner_id=ctx.me.id, facts={"to": heir.id, "moved": moved})
    view = delegated.present(ctx, [row])[0]
    ctx.tell(
        Notice("approval.delegated", "company/delegation", {"delegation": view, "state": "for_me"}, ctx.me.code,
               (heir.id,), robots=False)
    )  # fmt: skip
    facts: Json = {"delegation": view, "state": "made", "moved": moved}
    return Reply("company/delegation", facts, (Button("收回", "approval.undelegate", {}),), subject_of(row), view)


def _refuse_days(ctx: Context, start: date, until: date | None) -> None:
    if until is not None and until < start:
        said = f"从 {labels.day(start.isoformat())} 到 {labels.day(until.isoformat())}"
        raise Invalid("until", "结束日期早于开始日期", said, "请重新说，例如：审批交给王经理 到周五")
    if start < ctx.today:
        raise Invalid("from", "开始日期已经过去", f"收到的是 {labels.day(start.isoformat())}", "请从今天或以后开始")


def _refuse_ring(ctx: Context, heir: Person) -> None:
    """Nobody can take over for somebody who has given his own approvals to him."""
    theirs = delegated.in_force(ctx, [heir.id]).get(heir.id, [])
    if any(one.to_id == ctx.me.id for one in theirs):
        raise Conflict(f"{heir.name}的审批现在由你代办", "不能互相委托", "请选另一位同事")


def take_over(ctx: Context, row: Delegation) -> int:
    """What waits for the delegator now goes to his delegate; returns how many."""
    person = fetch_one(ctx.db, Person, id=row.person_id)
    mine = (ApprovalTask.approver_id == row.person_id, ApprovalTask.status == "waiting")
    idents = sorted(ctx.db.execute(select(ApprovalTask.approval_id).where(*mine).distinct()).scalars())
    return sum(_pass(ctx, ident, row, person) for ident in idents) if person is not None else 0


def _pass(ctx: Context, ident: int, row: Delegation, person: Person) -> bool:
    approval = fetch_one(ctx.db, Approval, Approval.id == ident, Approval.decided_at.is_(None), lock=True)
    if approval is None or not covers(row, Matter(approval.noun, approval.amount_fen)):
        return False
    matter = Matter(approval.noun, approval.amount_fen, (approval.submitter_id,))
    given = {row.person_id: [row], **delegated.in_force(ctx, [row.to_id])}
    heir = last_in_line(row.person_id, matter, given)
    tasks = stepping.here(ctx, approval)
    own = [task for task in tasks if task.approver_id == row.person_id and task.status == "waiting"]
    if heir == row.person_id or not own or stepping.sits_here(tasks, heir):
        return False
    why = f"{person.name}委托你审批"
    stepping.pass_on(ctx, approval, own[0], heir, why, on_behalf_of_id=row.person_id)
    stepping.refresh(ctx, approval, documents.of(ctx, approval))
    notices.ask(ctx, approval, [heir])
    return True


def undelegate(ctx: Context, args: Undelegate) -> Reply:
    """From now on the actor is asked himself again; what the other has got stays with him."""
    rows = _own(ctx)
    if args.to is not None:
        heir = find_person(ctx, args.to)
        rows = [row for row in rows if row.to_id == heir.id]
    if not rows:
        raise Conflict("没有在用的审批委托", next_step="需要时可以说：我休假到周五，审批交给王经理")
    ended = [ctx.save(row, ended_at=ctx.now) for row in rows]
    ctx.record("approval.undelegated", ended[0], ref=ctx.me.code, owner_id=ctx.me.id)
    view = delegated.present(ctx, ended)[0]
    ctx.tell(
        Notice("approval.undelegated", "company/delegation", {"delegation": view, "state": "over"}, ctx.me.code,
               tuple(dict.fromkeys(row.to_id for row in ended)), robots=False)
    )  # fmt: skip
    return Reply("company/delegation", {"delegation": view, "state": "ended"}, (), None, view)


def list_delegations(ctx: Context, _args: ListDelegations) -> Reply:
    """The actor's own, and those by which he decides for others."""
    for_me = fetch_all(ctx.db, Delegation, Delegation.to_id == ctx.me.id, Delegation.ended_at.is_(None))
    still = [row for row in for_me if row.until_on is None or row.until_on >= ctx.today]
    rows = delegated.present(ctx, [*_own(ctx), *still])
    result: Json = {"items": rows, "total": len(rows)}
    return Reply("company/delegations", result, result=result)


def _own(ctx: Context) -> Sequence[Delegation]:
    mine = (Delegation.person_id == ctx.me.id, Delegation.ended_at.is_(None))
    rows = fetch_all(ctx.db, Delegation, *mine, order_by=[Delegation.id])
    return [row for row in rows if row.until_on is None or row.until_on >= ctx.today]


def end_for_leavers(ctx: Context) -> int:
    """Delegations from and to those who left end (E.3.6); returns how many."""
    gone = select(Person.id).where(Person.is_active.is_(False))
    theirs = Delegation.person_id.in_(gone) | Delegation.to_id.in_(gone)
    rows = fetch_all(ctx.db, Delegation, theirs, Delegation.ended_at.is_(None), order_by=[Delegation.id])
    for row in rows:
        ctx.save(row, ended_at=ctx.now)
    return len(rows)


def begin_today(ctx: Context) -> int:
    """Delegations whose first day has come: what waits goes along. For the clock; returns how many began."""
    waiting = (Delegation.taken_at.is_(None), Delegation.ended_at.is_(None), Delegation.from_on <= ctx.today)
    rows = fetch_all(ctx.db, Delegation, *waiting, order_by=[Delegation.id], lock=True)
    for row in rows:
        if row.until_on is None or row.until_on >= ctx.today:
            take_over(ctx, row)
        ctx.save(row, taken_at=ctx.now)
    return len(rows)


_AWAY = "(休假|请假|年假|出差|外出|不在|度假|开会)"
DELEGATE = Command(
    name="approval.delegate", title="委托审批",
    says=(
        f"[我]{_AWAY}[到|至]{{until}}[回来]我的审批(交给|转给|委托给|让|由){{to}}[代批|代审|来批|处理|审批|批]{{...}}",
        f"[我]{_AWAY}[到|至]{{until}}[回来]审批[都|先](交给|转给|委托给|让|由){{to}}[代批|代审|来批|处理|审批|批]{{...}}",
        f"[我]{{from}}(到|至){{until}}{_AWAY}[我的]审批[都|先](交给|转给|委托给|让|由){{to}}[代批|代审|来批|处理|审批|批]",
        f"[我]{_AWAY}[我的]审批[都|先](交给|转给|委托给|让|由){{to}}[代批|代审|来批|处理|审批|批]{{...}}",
        "[把|将]我的{subjects}审批[都|先](交给|转给|委托给|让|由){to}[代批|代审|来批|处理]{...}",
        "[把|将]我的审批[都|先](交给|转给|委托给|让|由){to}[代批|代审|来批|处理]{...}",
        "[把|将|我的]{subjects}审批[都|先](交给|转给|委托给|由){to}[代批|代审|来批|处理](到|至){until}[为止]",
        "[把|将|我的]审批[都|先](交给|转给|委托给|由){to}[代批|代审|来批|处理][[到|至]{until}[为止]]",
        "委托{to}[替我|帮我|代我](审批|代批|代审){...}",
        "[让|请]{to}(替我|帮我|代我)(审批|代批|代审)[[到|至]{until}[为止]]",
    ),
    examples=("我出差到周四，审批交给林总", "我的审批都交给王经理代批"),
    args=Delegate, needs=Permission.APPROVE, run=delegate, undo="委托可以收回，请说：收回审批委托",
)  # fmt: skip
UNDELEGATE = Command(
    name="approval.undelegate", title="收回审批委托",
    says=(
        "(收回|取消|结束|停止)[我的][给{to}的](审批委托|委托审批|审批代理|代批|代审)",
        "我的审批(不用|不再|别)(交给|让|由){to}[代批|代审|批|审批]了",
    ),
    examples=("收回审批委托", "取消我的审批委托"),
    args=Undelegate, needs=Permission.APPROVE, run=undelegate, undo="委托已收回，可以重新委托",
)  # fmt: skip
LIST_DELEGATIONS = Command(
    name="approval.delegations", title="审批委托",
    says=(
        "[看看|看|查|查看][一下|下][我的](审批委托|委托审批|审批代理)[列表|有哪些|记录]",
        "(谁|哪些人)[在]替我(审批|代批|批)", "我[在|现在]替谁(审批|代批|批)",
    ),
    examples=("我的审批委托", "谁在替我审批"),
    args=ListDelegations, needs=Permission.APPROVE, run=list_delegations, reads=True,
)  # fmt: skip

COMMANDS = (DELEGATE, UNDELEGATE, LIST_DELEGATIONS,)  # fmt: skip

"""The card of an approval, for one person: open while it is his turn, closed with the decision afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from sqlalchemy import func, select

from cards import labels
from handlers.company import documents, flows, turns
from handlers.company.approval_view import APPROVAL, DECIDED, present
from handlers.company.leaves import working_time
from handlers.company.patience import deadline, stages
from handlers.company.rounds import round_of
from handlers.context import Context
from handlers.customers.customer_view import totals
from handlers.finding import seen
from handlers.presenting import decimal, instant, money, people
from handlers.reply import Button, Reply, Subject
from models.base import Json
from models.clock import at
from models.company.approval import UNDECIDED, Approval, ApprovalTask
from models.company.people import Person
from models.money.order import Order
from models.rows import fetch_all, fetch_one

WORDS = {"approved": "同意", "rejected": "驳回", "returned": "退回"}
SHOWN = ("code", "subject", "status", "submitter")


def tasks_of(ctx: Context, approval: Approval) -> list[ApprovalTask]:
    """All tasks of an approval, in the order in which they were made."""
    return fetch_all(ctx.db, ApprovalTask, ApprovalTask.approval_id == approval.id, order_by=[ApprovalTask.id])


def approval_card(ctx: Context, ident: int, person_id: int | None = None) -> Reply | None:
    """The present state of an approval for this person (else the actor): buttons while his task waits, afterwards
    closed; None once it was undone or may not be seen."""
    approval = seen(ctx, APPROVAL, ident)
    return None if approval is None else shown(ctx, approval, person_id=person_id)


@dataclass(frozen=True)
class File:
    """What all cards about one approval share, read once."""

    approval: Approval
    tasks: Sequence[ApprovalTask]
    view: Json
    matter: Json
    exceptions: int = 0


def read(ctx: Context, approval: Approval) -> File:
    """The approval with its tasks, as the API shows it, and its document."""
    matter = _matter(ctx, approval, documents.of(ctx, approval))
    return File(approval, tasks_of(ctx, approval), present(ctx, [approval])[0], matter, _exceptions(ctx, approval))


def shown(ctx: Context, approval: Approval, *, person_id: int | None = None) -> Reply:
    """The card for one person (else the actor)."""
    return card_for(ctx, read(ctx, approval), person_id if person_id is not None else ctx.me.id)


def card_for(ctx: Context, file: File, person: int, *, urgent: bool = False) -> Reply:
    """The card of one approver: who asks, what, for whom, what it exceeds, why he, who is next."""
    asked = [task for task in file.tasks if task.approver_id == person and task.status != "next"]
    mine = asked[-1] if asked else None
    facts: Json = {"approval": {key: file.view[key] for key in SHOWN} | {"urgent": urgent}, **file.matter}
    if mine is not None and mine.status == "waiting":
        facts |= _place(ctx, file, mine)
        facts |= {"why": mine.why, "next": turns.as_people(ctx, _after(file.approval, file.tasks, mine))}
        return Reply("company/approval", facts, buttons(file.approval), _subject(file.approval), file.view)
    facts |= {"why": "", **_closed(ctx, file.approval, file.tasks, mine)}
    return Reply("company/approval", facts, (), _subject(file.approval), file.view)


def _place(ctx: Context, file: File, mine: ApprovalTask) -> Json:
    """Which step it is, until when, and how often this person's wish was beyond his authority this month (D7)."""
    asking = [n for n, step in enumerate(file.approval.steps) if step.get("kind", "approve") == "approve"]
    one = round_of(file.approval.steps[mine.step])
    due = deadline(stages(one.patience), mine.nudged, mine.next_at, working_time(ctx))
    number = asking.index(mine.step) + 1 if mine.step in asking else mine.step + 1
    return {"step": f"{number}/{len(asking)}", "due": instant(ctx, due), "exceptions": file.exceptions}


def _exceptions(ctx: Context, approval: Approval) -> int:
    """Orders of this month below their submitter's own authority, this one among them."""
    submitter = fetch_one(ctx.db, Person, id=approval.submitter_id)
    authority = flows.authority_of(ctx, submitter) if submitter is not None else None
    if approval.noun != "order" or authority is None:
        return 0
    since = at(ctx.today.replace(day=1), time(0), ctx.zone)
    mine = (Order.creator_id == approval.submitter_id, Order.created_at >= since, Order.lowest_rate < authority)
    return int(ctx.db.execute(select(func.count()).select_from(Order).where(*mine)).scalar_one())


def _subject(approval: Approval) -> Subject:
    return Subject("approval", approval.id, approval.version)


def buttons(approval: Approval) -> tuple[Button, ...]:
    """What an approver may do; WeCom shows six at most."""
    ref = {"ref": approval.code}
    return (
        Button("同意", "approval.approve", ref, "primary"),
        Button("驳回", "approval.reject", ref, "danger"),
        Button("转交", "approval.hand_over", ref),
        Button("加签", "approval.add_sign", ref),
        Button("问一句", "approval.ask", ref),
    )


def _matter(ctx: Context, approval: Approval, document: documents.Row) -> Json:
    """What the approver must know to decide: the document, what its customer owes, discount against authority."""
    view = documents.view(ctx, document)
    owing = _owing(ctx, view["customer"], document.customer_id) if document.customer_id is not None else None
    facts: Json = {"document": view, "customer": owing}
    if approval.noun == "request":
        return facts
    if approval.noun == "payment":
        order = fetch_one(ctx.db, Order, id=document.order_id)
        owed = documents.view(ctx, order)
        return facts | {"order": owed, "notes": _excess(document.status, view["amount"], owed["outstanding_total"])}
    submitter = fetch_one(ctx.db, Person, id=approval.submitter_id)
    authority = flows.authority_of(ctx, submitter) if submitter is not None else None
    return facts | {"rate": decimal(document.lowest_rate), "authority": decimal(authority)}


def _excess(status: str, amount: str, owed: str) -> list[str]:
    """Finance is told of what is above the order, too, before it says yes (E.3.5)."""
    more = Decimal(amount) - max(Decimal(owed), Decimal(0))
    return [f"超出订单待收 {labels.money(more)}，请核对"] if more > 0 and status in UNDECIDED else []


def _owing(ctx: Context, customer: Json, ident: int) -> Json:
    sums = totals(ctx, [ident])[ident]
    return {**customer, "outstanding_total": money(sums["order"] - sums["payment"])}


def _after(approval: Approval, tasks: Sequence[ApprovalTask], mine: ApprovalTask) -> list[int]:
    """Who is asked after this person, as it stands."""
    here = [task.approver_id for task in tasks if task.step == approval.step and task.status == "next"]
    later = [person for step in approval.steps[mine.step + 1 :] for person in step["approvers"]]
    return list(dict.fromkeys([*here, *later]))


def _closed(ctx: Context, approval: Approval, tasks: Sequence[ApprovalTask], mine: ApprovalTask | None) -> Json:
    """Whose decision closed this person's card: his own, else that of whoever decided in his stead."""
    spoken = [task for task in tasks if task.status in ("approved", "rejected")]
    if mine is not None and mine.status not in DECIDED:
        spoken = [task for task in spoken if task.step == mine.step] or spoken
    by = mine if mine is not None and mine.status in DECIDED else spoken[-1] if spoken else None
    if approval.status == "withdrawn" and (by is None or by is not mine):
        who = people(ctx, [approval.submitter_id])[approval.submitter_id]
        return {
            "closed": "已撤回",
            "decision": {"by": who, "status": "withdrawn", "at": instant(ctx, approval.decided_at)},
        }
    if by is None:
        return {"closed": "无需处理", "decision": {"status": "skipped"}}
    return _handed_over(ctx, by, tasks) if by.status == "handed_over" else _decided(ctx, by)


def _handed_over(ctx: Context, task: ApprovalTask, tasks: Sequence[ApprovalTask]) -> Json:
    heir = next((one.approver_id for one in tasks if one.handed_by_id == task.approver_id and one.id > task.id), None)
    who = people(ctx, [heir])[heir]
    return {"closed": f"已转交{labels.name(who)}", "decision": {"by": who, "status": "handed_over"}}


def _decided(ctx: Context, task: ApprovalTask) -> Json:
    known = people(ctx, [task.approver_id, task.on_behalf_of_id])
    who, behalf = known[task.approver_id], known[task.on_behalf_of_id]
    decision = {"by": who, "status": task.status, "reason": task.comment, "at": instant(ctx, task.decided_at)}
    decision |= {"on_behalf_of": behalf} if behalf else {}
    stead = f"代{behalf['name']}" if behalf else ""
    return {"closed": f"已由{who['name']}{stead}{WORDS[task.status]}", "decision": decision}

"""A question before the decision: who submitted it answers, meanwhile nobody is pressed (domain.md E.3.2, E.3.6)."""

from collections.abc import Sequence

from handlers.company import approval_cards, documents, patience, stepping
from handlers.company.approval_view import APPROVAL
from handlers.company.leaves import working_time
from handlers.context import Context, Notice, subject_of, unique
from handlers.finding import seen
from handlers.presenting import instant, people
from handlers.reply import Button, Reply, Subject
from models.base import Json
from models.company.approval import Approval, ApprovalQuestion, ApprovalTask
from models.rows import fetch_all, fetch_one


def ask(ctx: Context, approval: Approval, task: ApprovalTask, text: str) -> ApprovalQuestion:
    """Submitter and owner are asked; the clock of the actor's task rests until the answer."""
    row = documents.of(ctx, approval)
    question = ctx.insert(ApprovalQuestion, approval_id=approval.id, task_id=task.id, asker_id=ctx.me.id, question=text)
    if task.paused_at is None:
        ctx.save(task, paused_at=ctx.now)
    stepping.refresh(ctx, approval, row)
    facts = {"approval": approval.code, "question": text}
    ctx.record(f"{approval.noun}.asked", row, customer_id=row.customer_id, facts=facts)
    _tell(
        ctx, approval, question, unique([approval.submitter_id, row.owner_id]), _reply(approval), subject_of(question)
    )
    return question


def answer(ctx: Context, approval: Approval, open_ones: Sequence[ApprovalQuestion], text: str) -> Approval:
    """All open questions get it; each asker is told, and his clock goes on."""
    row = documents.of(ctx, approval)
    hours = working_time(ctx)
    for question in open_ones:
        told = ctx.save(question, answer=text, answered_by_id=ctx.me.id, answered_at=ctx.now)
        task = fetch_one(ctx.db, ApprovalTask, id=question.task_id)
        if task is not None and task.paused_at is not None and task.status == "waiting":
            ctx.save(task, paused_at=None, next_at=patience.resumed(hours, task.next_at, task.paused_at, ctx.now))
        buttons = approval_cards.buttons(approval) if task is not None and task.status == "waiting" else ()
        _tell(ctx, approval, told, (question.asker_id,), buttons, subject_of(approval))
        ctx.refresh_cards("approval_question", question.id)
    stepping.refresh(ctx, approval, row)
    facts = {"approval": approval.code, "answer": text}
    ctx.record(f"{approval.noun}.answered", row, customer_id=row.customer_id, facts=facts)
    return approval


def unanswered(ctx: Context, approval: Approval) -> list[ApprovalQuestion]:
    """Of an approval, oldest first."""
    mine = (ApprovalQuestion.approval_id == approval.id, ApprovalQuestion.answered_at.is_(None))
    return fetch_all(ctx.db, ApprovalQuestion, *mine, order_by=[ApprovalQuestion.id])


def present(ctx: Context, rows: Sequence[ApprovalQuestion]) -> list[Json]:
    """Questions as cards and the API show them."""
    known = people(ctx, [person for row in rows for person in (row.asker_id, row.answered_by_id)])
    return [
        {
            "by": known[row.asker_id],
            "question": row.question,
            "answer": row.answer,
            "answered_by": known[row.answered_by_id],
            "at": instant(ctx, row.created_at),
            "answered_at": instant(ctx, row.answered_at),
        }
        for row in rows
    ]


def card_facts(ctx: Context, approval: Approval, question: ApprovalQuestion) -> Json:
    """What a card about one question says."""
    view = documents.view(ctx, documents.of(ctx, approval))
    about = {"code": approval.code, "ref": approval.ref, "subject": approval.noun}
    return {"approval": about, "document": view, **present(ctx, [question])[0]}


def _reply(approval: Approval) -> tuple[Button, ...]:
    return (Button("回答", "approval.answer", {"ref": approval.code}, "primary"),)


def question_card(ctx: Context, ident: int) -> Reply | None:
    """The present state of a question for a card on the phone of who was asked."""
    question = fetch_one(ctx.db, ApprovalQuestion, id=ident)
    approval = fetch_one(ctx.db, Approval, id=question.approval_id) if question is not None else None
    if question is None or approval is None or seen(ctx, APPROVAL, approval.id) is None:
        return None
    is_open = question.answered_at is None and approval.decided_at is None
    closed = "" if is_open else "已回答" if question.answer else "已结束"
    facts = card_facts(ctx, approval, question) | {"closed": closed}
    return Reply("company/question", facts, _reply(approval) if is_open else (), subject_of(question))


def _tell(
    ctx: Context,
    approval: Approval,
    question: ApprovalQuestion,
    persons: Sequence[int],
    buttons: tuple[Button, ...],
    subject: Subject,
) -> None:
    topic = "approval.asked" if question.answered_at is None else "approval.answered"
    ctx.tell(
        Notice(
            topic, "company/question", card_facts(ctx, approval, question), approval.ref, tuple(persons), buttons,
            subject, robots=False, is_urgent=True, prefer=approval.platform,
            key=f"{ctx.walk}|{topic}|{question.id}",
        )
    )  # fmt: skip

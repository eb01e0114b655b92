"""Who hears of an approval: those asked, the groups, and in the end submitter and owner (contract.md Chat)."""

from collections.abc import Sequence

from handlers.company import approval_cards, documents, turns
from handlers.context import Context, Notice, unique
from handlers.presenting import instant, people
from models.base import Json
from models.company.approval import Approval
from models.company.robot import TOPICS


def request(ctx: Context, approval: Approval, asked: Sequence[int]) -> None:
    """Something new waits for approval: those whose turn it is, and once the groups."""
    file = approval_cards.read(ctx, approval)
    _ask(ctx, file, asked, "approval.requested")
    submitter = file.view["submitter"]
    group = _group(ctx, approval.noun, file.matter["document"], submitter)
    group |= {"subject": approval.noun, "approvers": turns.as_people(ctx, asked)}
    ctx.tell(
        Notice(
            "approval.requested", "company/approval", {}, approval.ref,
            concerned=approval.submitter_id, mentioned=unique(asked), group=group,
        )
    )  # fmt: skip


def copied(ctx: Context, approval: Approval, persons: Sequence[int]) -> None:
    """A cc step: these are told how it stands, and need not do anything (E.3.1)."""
    file = approval_cards.read(ctx, approval)
    facts: Json = {"approval": file.view, "document": file.matter["document"], "status": "copied", "by": None}
    ctx.tell(
        Notice(
            "approval.copied", "company/decided", facts, approval.ref, unique(persons), robots=False,
            prefer=approval.platform, key=f"{ctx.walk}|approval.copied|{approval.code}|{approval.step}",
        )
    )  # fmt: skip


def ask(ctx: Context, approval: Approval, asked: Sequence[int], topic: str = "approval.requested") -> None:
    """Those whose turn it is now; `approval.urged` and `approval.reminded` say that it has been for a while."""
    if asked:
        _ask(ctx, approval_cards.read(ctx, approval), asked, topic)


def _ask(ctx: Context, file: approval_cards.File, asked: Sequence[int], topic: str) -> None:
    """Each gets his own card: why he, and who is next. Only a reminder waits for the morning (E.12.7)."""
    approval = file.approval
    for person in unique(asked):
        card = approval_cards.card_for(ctx, file, person, urgent=topic != "approval.requested")
        ctx.tell(
            Notice(
                topic, card.template, card.facts, approval.ref, (person,), card.buttons, card.subject,
                robots=False, is_urgent=topic != "approval.reminded", prefer=approval.platform,
                key=f"{ctx.walk}|{topic}|{approval.code}",
            )
        )  # fmt: skip


def decided(
    ctx: Context,
    row: documents.Row,
    status: str,
    *,
    approval: Approval | None,
    by: int | None,
    reason: str | None = None,
    following: Sequence[int] = (),
) -> None:
    """Submitter and owner; the groups where there is such a topic. `status` is `in_review` when a step is done;
    no approval: nobody had to be asked."""
    noun, view = documents.noun_of(row), documents.view(ctx, row)
    who = people(ctx, [by])[by] or {"name": "系统"}
    topic = f"{noun}.{status}"
    facts: Json = {"approval": {"subject": noun}, "document": view, "status": status, "by": who, "reason": reason}
    facts["next"] = turns.as_people(ctx, following)
    heard = unique([approval.submitter_id if approval else row.creator_id, row.owner_id])
    group = _group(ctx, noun, view, view["owner"]) | {"by": who}
    ctx.tell(
        Notice(
            topic, "company/decided", facts, row.code, heard,
            concerned=row.owner_id, robots=topic in TOPICS, prefer=approval.platform if approval else None, group=group,
        )
    )  # fmt: skip


def _group(ctx: Context, noun: str, view: Json, who: Json) -> Json:
    """What a group may hear; the amount is shown only where its robot is told to."""
    told = {"code": view["code"], "name": view["customer"]["name"], "who": who, "amount": view["amount"]}
    told |= {"order": view["order"]["code"]} if noun == "payment" else {}
    return told | {"at": instant(ctx, ctx.now)}

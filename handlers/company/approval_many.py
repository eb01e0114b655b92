"""Several approvals at once, and the second look that a big one needs (domain.md E.3.2)."""

import hashlib
from collections.abc import Sequence

from cards import labels
from handlers.company import deciding, rules
from handlers.company.approval_finding import to_decide
from handlers.company.approval_view import APPROVAL
from handlers.context import Context
from handlers.nouns import one
from handlers.presenting import money
from handlers.reply import Reply
from models.amounts import fen
from models.base import Json
from models.company.approval import Approval
from models.company.flow import ApprovalLimits
from models.errors import Conflict, Limit, NeedsConfirmation

MOST = 20


def card_limit(ctx: Context) -> int:
    """In fen: above it a tap alone decides nothing."""
    return fen(rules.in_force(ctx, "approval_limits", ApprovalLimits)[0].card_limit)


def look_twice(ctx: Context, approval: Approval) -> None:
    """A tapped yes above the limit is asked back with the numbers; the answer holds for the approval as it is now. Who
    types the code has looked already."""
    if ctx.tapped_card is None or approval.amount_fen <= card_limit(ctx):
        return
    confirm = hashlib.sha256(f"{approval.code}|{approval.version}|{approval.step}".encode()).hexdigest()[:12]
    if ctx.confirmed == confirm:
        return
    what = f"{labels.noun(approval.noun)} {approval.ref}，{labels.money(money(approval.amount_fen))}"
    limit = labels.money(money(card_limit(ctx)))
    raise NeedsConfirmation(f"{what}，超过 {limit}，请再确认一次：同意吗？", confirm)


def approve_many(ctx: Context, refs: Sequence[str], comment: str | None) -> Reply:
    """All or none: every one waits for the actor, belongs to the same flow and is below the limit."""
    if len(refs) > MOST:
        raise Limit(f"一次最多同意 {MOST} 张", f"收到 {len(refs)} 张", "请分几次说")
    found = [to_decide(ctx, ref) for ref in sorted(refs)]
    _refuse_mixed([approval for approval, _ in found])
    limit = card_limit(ctx)
    big = [approval for approval, _ in found if approval.amount_fen > limit]
    if big:
        names = "、".join(f"{one.ref} {labels.money(money(one.amount_fen))}" for one in big)
        detail = f"超过 {labels.money(money(limit))} 的要单独审批：{names}"
        raise Conflict("有的单据不能批量同意", detail, f"请单独说，例如：同意 {big[0].ref}")
    done = [deciding.vote(ctx, approval, task, agree=True, comment=comment) for approval, task in found]
    items: list[Json] = [one(ctx, APPROVAL, approval) for approval in done]
    result: Json = {"items": items, "total": len(items)}
    return Reply("company/approval_list", {"scene": "agreed", **result}, result=result)


def _refuse_mixed(approvals: Sequence[Approval]) -> None:
    kinds = {(one.noun, one.rule_version, one.policy.get("flow", 0)) for one in approvals}
    if len(kinds) > 1:
        names = "、".join(one.ref for one in approvals)
        raise Conflict("只有走同一个审批流程的单据可以一起同意", names, f"请分别说，例如：同意 {approvals[0].ref}")

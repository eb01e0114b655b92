"""An opportunity on its way: into a stage, won, lost, invalid, open again (domain.md A.7, E.4)."""

from typing import Any

from handlers.args import Arg, Args, OpportunityRef, Words, Yuan
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.customers import follow_ups
from handlers.reply import Reply
from handlers.sales import opportunity_outcomes
from handlers.sales.opportunity_finding import hold
from handlers.sales.opportunity_view import process_of, shown
from models.amounts import fen
from models.customers.customer import Customer
from models.errors import Ambiguous, Conflict, Invalid
from models.rows import fetch_one
from models.sales.opportunity import Opportunity, OpportunityMove
from models.sales.process import SalesProcess, Stage


class AdvanceOpportunity(Args):
    ref: OpportunityRef = Arg("商机", "编号或名称")
    stage: Words | None = Arg("阶段", default=None)
    feedback: Words | None = Arg("反馈", default=None, labels=("阶段反馈",))


class WinOpportunity(Args):
    ref: OpportunityRef = Arg("商机", "编号或名称")
    amount: Yuan | None = Arg("成交金额", default=None, labels=("金额",))


class LoseOpportunity(Args):
    ref: OpportunityRef = Arg("商机", "编号或名称")
    reason: Words = Arg("输单原因", labels=("原因",))
    competitor: Words | None = Arg("竞争对手", default=None, labels=("竞品", "对手"))


class InvalidateOpportunity(Args):
    ref: OpportunityRef = Arg("商机", "编号或名称")
    reason: Words = Arg("无效原因", labels=("原因",))


class ReopenOpportunity(Args):
    ref: OpportunityRef = Arg("商机", "编号或名称")


def advance_opportunity(ctx: Context, args: AdvanceOpportunity) -> Reply:
    """To the stage that is named, else the next one; what is said of it is kept with the move, and as a follow-up of
    the opportunity (A.7)."""
    opportunity, customer = hold(ctx, args.ref)
    stage, more = _stage(process_of(ctx), opportunity, args.stage)
    feedback = " ".join(part for part in (more, args.feedback) if part) or None
    after = ctx.save(opportunity, **opportunity.entered(stage, ctx.now))
    _note(ctx, opportunity, after, customer, "opportunity.advanced", feedback)
    notes = []
    if feedback is not None and customer.owner_id is not None:
        row, _, _ = follow_ups.write(ctx, after, customer, follow_ups.AddFollowUp(ref=after.code, content=feedback))
        after = fetch_one(ctx.db, Opportunity, id=after.id) or after
        notes = [f"已记为跟进 {row.code}"]
    return shown(ctx, after, title=f"已进入{stage.name}", undo=True, notes=notes)


def _stage(process: SalesProcess, opportunity: Opportunity, said: str | None) -> tuple[Stage, str]:
    if said is None:
        following = process.after(opportunity.stage, opportunity.probability)
        if following is None:
            said_next = f"谈成了说「赢单 {opportunity.code}」，没谈成说「输单 {opportunity.code} 原因」"
            raise Conflict(f"{opportunity.name} 已在最后一个阶段", f"「{opportunity.stage}」之后就是结果", said_next)
        return following, ""
    return find_stage(process, said)


def find_stage(process: SalesProcess, said: str) -> tuple[Stage, str]:
    """The stage that is meant, and what was said behind its name. Raises `Invalid`, or `Ambiguous`."""
    found, more = process.said(said)
    if len(found) == 1:
        return found[0], more
    names = [stage.name for stage in process.stages]
    if found:
        raise Ambiguous("stage", said, [(stage.name, f"{stage.probability}%") for stage in found])
    raise Invalid("stage", f"没有阶段「{said}」", f"销售流程的阶段：{'、'.join(names)}", "请说其中一个")


def win_opportunity(ctx: Context, args: WinOpportunity) -> Reply:
    """Its amount stands from now on; may make the customer a won one, and groups hear of it."""
    opportunity, customer = hold(ctx, args.ref)
    amount = fen(args.amount) if args.amount is not None else None
    by = opportunity.holder(customer.owner_id)
    after = ctx.save(opportunity, **opportunity.won(ctx.now, by, amount))
    opportunity_outcomes.win(ctx, after, customer)
    return _moved(ctx, opportunity, after, customer, "opportunity.won", "赢单")


def lose_opportunity(ctx: Context, args: LoseOpportunity) -> Reply:
    """Why, and to whom (E.4)."""
    opportunity, customer = hold(ctx, args.ref)
    by = opportunity.holder(customer.owner_id)
    after = ctx.save(opportunity, **opportunity.lost(ctx.now, by, args.reason, args.competitor))
    return _moved(ctx, opportunity, after, customer, "opportunity.lost", "已输单")


def invalidate_opportunity(ctx: Context, args: InvalidateOpportunity) -> Reply:
    """It never was one: totals and conversion leave it out."""
    opportunity, customer = hold(ctx, args.ref)
    by = opportunity.holder(customer.owner_id)
    after = ctx.save(opportunity, **opportunity.invalidated(ctx.now, by, args.reason))
    return _moved(ctx, opportunity, after, customer, "opportunity.invalidated", "已标记无效")


def reopen_opportunity(ctx: Context, args: ReopenOpportunity) -> Reply:
    """In the stage where it was, with the customer's owner of now; what its winning set going is taken back."""
    opportunity, customer = hold(ctx, args.ref)
    after = ctx.save(opportunity, **opportunity.reopened(ctx.now))
    if opportunity.status == "won":
        opportunity_outcomes.unwin(ctx, customer)
    return _moved(ctx, opportunity, after, customer, "opportunity.reopened", "已重新打开")


def note_move(ctx: Context, before: Opportunity | None, after: Opportunity, feedback: str | None = None) -> None:
    """Every move is a row (E.4): the funnel and the sales cycle are counted from them."""
    by = ctx.actor.id if ctx.actor is not None else None
    ctx.insert(
        OpportunityMove, opportunity_id=after.id, from_stage=before.stage if before is not None else None,
        to_stage=after.stage, probability=after.probability, status=after.status, at=ctx.now, by_id=by,
        days=(ctx.now - before.stage_entered_at).days if before is not None else None, feedback=feedback,
    )  # fmt: skip


def _moved(
    ctx: Context, before: Opportunity, after: Opportunity, customer: Customer, event: str, title: str
) -> Reply:  # fmt: skip
    _note(ctx, before, after, customer, event)
    return shown(ctx, after, title=title, undo=True)


def _note(
    ctx: Context, before: Opportunity, after: Opportunity, customer: Customer, event: str, feedback: str | None = None
) -> None:
    note_move(ctx, before, after, feedback)
    facts: dict[str, Any] = {"stage": after.stage, "reason": after.reason, "feedback": feedback}
    owner = before.holder(customer.owner_id)
    ctx.record(event, after, customer_id=customer.id, owner_id=owner, facts=facts)
    ctx.refresh_cards("opportunity", after.id)
    ctx.refresh_cards("customer", customer.id)


ADVANCE_OPPORTUNITY = Command(
    name="opportunity.advance", title="推进商机",
    says=(
        "[把|将][商机]{ref:code}(推进到|推进至|推到|进入|进到|转到|转入|变更为|变为|改到|到|到了)[阶段|了]{stage}[阶段][{feedback}]",
        "[把|将]商机{ref}(推进到|推进至|推到|进入|进到|转到|转入|变更为|变为|改到)[阶段|了]{stage}[阶段][{feedback}]",
        "[把|将]{ref}[的|这个]商机(推进到|推进至|推到|进入|进到|转到|转入)[阶段|了]{stage}[阶段][{feedback}]",
        "[把|将]{ref}(推进到|推进至|推到){stage}[阶段][{feedback}]",
        "[把|将][商机]{ref:code}[的]阶段(改成|改为|变更为|改到|变成){stage}[{feedback}]",
        "推进[一下|下]商机{ref}[到{stage}]",
        "推进[一下|下]{ref:code}[到{stage}]",
        "[把|将]商机{ref}[往下|往前]推进[一下|下|一步|一个阶段]",
        "[把|将]{ref:code}[往下|往前]推进[一下|下|一步|一个阶段]",
    ),
    examples=("商机 O000018 推进到需求确认", "O000018 进入合同签订 客户法务已看过"),
    args=AdvanceOpportunity, needs=Permission.OPPORTUNITY_WRITE, run=advance_opportunity,
)  # fmt: skip
WIN_OPPORTUNITY = Command(
    name="opportunity.win", title="商机赢单",
    says=(
        "[商机]{ref:code}[已经|已](赢单|成单|赢了|签下|拿下|拿下来|谈成|中标|won)[了][成交][金额][{amount}]",
        "商机{ref}[已经|已](赢单|成单|赢了|签下|拿下|拿下来|谈成|中标|won)[了][成交][金额][{amount}]",
        "{ref}[的|这个][商机][已经|已](赢单|成单)[了][成交][金额][{amount}]",
        "(赢单|成单|拿下|win)[了][一下|下][商机]{ref:code}[成交][金额][{amount}]",
        "(赢单|成单|拿下|win)[了][一下|下]商机{ref}[成交][金额][{amount}]",
        "(赢单|成单)[了][一下|下]{ref}[成交][金额][{amount}]",
    ),
    examples=("商机 O000019 赢单", "O000019 赢单了 成交金额 11万"),
    args=WinOpportunity, needs=Permission.OPPORTUNITY_WRITE, run=win_opportunity,
)  # fmt: skip
LOSE_OPPORTUNITY = Command(
    name="opportunity.lose", title="商机输单",
    says=(
        "[商机]{ref:code}[已经|已](输单|丢单|输了|丢了|没谈成|lost)[了][原因[是|为]|因为|理由[是]]{reason}",
        "商机{ref}[已经|已](输单|丢单|输了|丢了|没谈成|lost)[了][原因[是|为]|因为|理由[是]]{reason}",
        "{ref}[的|这个][商机][已经|已](输单|丢单)[了][原因[是|为]|因为|理由[是]]{reason}",
        "[商机]{ref:code}[已经|已](输给|丢给)[了]{competitor}[原因[是|为]|因为|理由[是]]{reason}",
        "商机{ref}[已经|已](输给|丢给)[了]{competitor}[原因[是|为]|因为|理由[是]]{reason}",
        "(输单|丢单|lose)[了][一下|下][商机]{ref}[原因[是|为]|因为|理由[是]]{reason}",
    ),
    examples=("O000021 输单 客户选了同行", "商机 O000021 输给了海天科技 因为交期"),
    args=LoseOpportunity, needs=Permission.OPPORTUNITY_WRITE, run=lose_opportunity,
)  # fmt: skip
INVALIDATE_OPPORTUNITY = Command(
    name="opportunity.invalidate", title="商机无效",
    says=(
        "[把|将][商机]{ref:code}[已|标记为|标为|设为|标记](无效|作废)[了][原因[是|为]|因为|理由[是]]{reason}",
        "[把|将]商机{ref}[已|标记为|标为|设为|标记](无效|作废)[了][原因[是|为]|因为|理由[是]]{reason}",
        "(作废|废弃)商机{ref}[原因[是|为]|因为|理由[是]]{reason}",
    ),
    examples=("商机 O000022 无效 客户只是问问", "作废商机 O000022 因为重复录入"),
    args=InvalidateOpportunity, needs=Permission.OPPORTUNITY_WRITE, run=invalidate_opportunity,
)  # fmt: skip
REOPEN_OPPORTUNITY = Command(
    name="opportunity.reopen", title="重新打开商机",
    says=(
        "(重新打开|重启|重开|恢复|激活|reopen)[一下|下]商机{ref}",
        "(重新打开|重启|重开|恢复|激活|reopen)[一下|下]{ref:code}",
        "[把|将][商机]{ref:code}(重新打开|重启|重开|恢复)",
    ),
    examples=("重新打开商机 O000023", "O000023 重启"),
    args=ReopenOpportunity, needs=Permission.OPPORTUNITY_WRITE, run=reopen_opportunity,
)  # fmt: skip

COMMANDS = (
    ADVANCE_OPPORTUNITY, WIN_OPPORTUNITY, LOSE_OPPORTUNITY, INVALIDATE_OPPORTUNITY, REOPEN_OPPORTUNITY,
)  # fmt: skip

"""Answers to an offered lead, and who takes none for now (domain.md E.2.3, E.2.5)."""

from handlers.args import Arg, Args, LeadRef, Words
from handlers.command import Command, Permission
from handlers.context import Context
from handlers.presenting import instant
from handlers.reply import Button, Reply
from handlers.sales import assigning
from handlers.sales.assign_offers import asked, newest_offer, offer_of
from handlers.sales.lead_view import find_lead, shown
from models.errors import Conflict
from models.rows import fetch_all, fetch_one
from models.sales.assignment import Assignment, AssignmentPause
from models.sales.lead import Lead

WENT = {
    "declined": "你已经拒绝过", "lapsed": "你没有在时限内接受", "moot": "已经由别的同事跟进",
    "accepted": "你已经接受过",
    "assigned": "它直接分给了你，不用接受", "sticky": "它直接分给了你，不用接受",
}  # fmt: skip


class AcceptLead(Args):
    ref: LeadRef | None = Arg("线索", "编号或名称", default=None)


class DeclineLead(Args):
    ref: LeadRef | None = Arg("线索", "编号或名称", default=None)
    reason: Words | None = Arg("原因", default=None)


class Nothing(Args):
    """No arguments."""


def accept_lead(ctx: Context, args: AcceptLead) -> Reply:
    """The offered lead becomes his; claiming limits do not apply, the ledger notes that it was assigned."""
    lead, offer = _offered(ctx, args.ref)
    row = ctx.save(offer, status="accepted", due_at=None)
    lead = assigning.give(ctx, lead, ctx.me.id, row.why)
    return shown(ctx, lead, title="已接受")


def decline_lead(ctx: Context, args: DeclineLead) -> Reply:
    """The next candidate is asked at once."""
    lead, offer = _offered(ctx, args.ref)
    row = ctx.save(offer, status="declined", due_at=None, answer=args.reason)
    ctx.record("lead.declined", lead, facts={"reason": args.reason})
    assigning.next_hop(ctx, assigning.open_case(ctx, lead, row), row)
    ctx.refresh_cards("lead", lead.id)
    texts = ["这条线索不会再分给你，已转给下一位或管理员"]
    facts = {"title": f"已拒绝线索 {lead.label}", "texts": texts, "quote": args.reason or ""}
    return Reply("notice", facts, result={"code": lead.code, "status": "declined"})


def _offered(ctx: Context, ref: str | None) -> tuple[Lead, Assignment]:
    """The lead, locked, and the offer of it that waits for the actor. Raises what became of it otherwise."""
    if ref is None:
        newest = newest_offer(ctx)
        if newest is None:
            raise Conflict("现在没有等你接受的线索", "0 条待接受", "可以说「我的线索」看已经分给你的")
        ref = f"L{newest.lead_id:06d}"
    lead = find_lead(ctx, ref, lock=True, gate=asked)
    offer = offer_of(ctx, lead, lock=True)
    if offer is not None and lead.status == "unassigned":
        return lead, offer
    last = fetch_all(
        ctx.db, Assignment, Assignment.lead_id == lead.id, Assignment.person_id == ctx.me.id,
        order_by=[Assignment.id.desc()], limit=1,
    )  # fmt: skip
    state = WENT["moot" if last[0].status == "offered" else last[0].status]
    raise Conflict(f"线索 {lead.label} 现在不等你接受", state, f"可以说「查线索 {lead.code}」或「我的线索」")


def pause(ctx: Context, args: Nothing) -> Reply:
    """No lead is given to the actor by itself until he says otherwise; admins can still assign."""
    there = fetch_one(ctx.db, AssignmentPause, person_id=ctx.me.id)
    if there is not None:
        since = there.created_at.astimezone(ctx.zone)
        detail = f"从{since.month}月{since.day}日 {since:%H:%M} 起没有自动分给你"
        raise Conflict("你已经暂停接线索了", detail, "要恢复就说「开始接线索」")
    row = ctx.insert(AssignmentPause, person_id=ctx.me.id)
    ctx.record("assignment.paused", row, ref=ctx.me.code)
    return _said(ctx, "已暂停接线索", "线索池不会再自动分给你；已经分给你的不变。要恢复就说「开始接线索」", paused=True)


def resume(ctx: Context, args: Nothing) -> Reply:
    """Takes part in the distribution again, from the next lead on."""
    there = fetch_one(ctx.db, AssignmentPause, person_id=ctx.me.id, lock=True)
    if there is None:
        raise Conflict("你没有暂停接线索", "线索池会照常自动分给你", "要暂停就说「我不接线索了」")
    ctx.remove(there)
    ctx.record("assignment.resumed", there, ref=ctx.me.code)
    return _said(ctx, "已开始接线索", "从下一条线索起照常分配", paused=False)


def _said(ctx: Context, title: str, text: str, *, paused: bool) -> Reply:
    result = {"person": {"code": ctx.me.code, "name": ctx.me.name}, "paused": paused, "at": instant(ctx, ctx.now)}
    return Reply("notice", {"title": title, "texts": [text]}, (Button("撤销", "undo"),), result=result)


ACCEPT_LEAD = Command(
    name="lead.accept", title="接受线索",
    says=(
        "(接受|接下|accept)[这条|分给我的|分配的]线索[{ref}]",
        "(接受|接下|accept){ref:code}",
        "[把|将]线索{ref}接(下来|了)",
        "[线索]{ref:code}我(接受|接下|接了|接)[了]",
    ),
    examples=("接受线索 L000045", "L000045我接了"),
    args=AcceptLead, needs=Permission.LEAD_WRITE, run=accept_lead, undo="接受的线索可以退回线索池，不用撤销",
)  # fmt: skip


DECLINE_LEAD = Command(
    name="lead.decline", title="拒绝线索",
    says=(
        "(拒绝|不接受|不接|decline)[这条|分给我的|分配的]线索[{ref}[[原因[是|为]|因为|理由[是]]{reason}]]",
        "(拒绝|不接受|不接|decline){ref:code}[[原因[是|为]|因为|理由[是]]{reason}]",
        "[线索]{ref:code}我(不接受|拒绝|不接)[了][[原因[是|为]|因为|理由[是]]{reason}]",
    ),
    examples=("拒绝线索 L000045 手上太多了", "不接线索 L000046"),
    args=DeclineLead, needs=Permission.LEAD_WRITE, run=decline_lead,
    undo="线索已经转给下一位，要它就请管理员分配给你",
)  # fmt: skip


PAUSE = Command(
    name="assignment.pause", title="暂停接线索",
    says=(
        "[我][先|暂时|这几天|今天](不接|停止接|暂停接|停接)[新]线索[了]",
        "[我][先|暂时|这几天|今天]不要[再][给我]分[新]线索[给我][了]",
        "[我][先|暂时|这几天|今天](别|不要)[再]给我(分|派|分配)[新]线索[了]",
    ),
    examples=("我不接线索了", "今天别给我分新线索"),
    args=Nothing, needs=Permission.LEAD_WRITE, run=pause,
)  # fmt: skip


RESUME = Command(
    name="assignment.resume", title="开始接线索",
    says=(
        "[我][又|可以](开始|恢复|继续|重新|可以)接[新]线索[了]",
        "[我][又|可以](开始|恢复|继续|重新|可以)给我(分|派|分配)[新]线索[了]",
    ),
    examples=("我开始接线索了", "恢复接线索"),
    args=Nothing, needs=Permission.LEAD_WRITE, run=resume,
)  # fmt: skip

COMMANDS = (ACCEPT_LEAD, DECLINE_LEAD, PAUSE, RESUME)

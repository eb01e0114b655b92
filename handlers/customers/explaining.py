"""Why and when a record goes back, in words: made of the very verdict by which the job takes it (domain.md D5)."""

from dataclasses import replace
from datetime import datetime

from handlers.context import Context
from handlers.customers import reclaim, seas
from handlers.customers.reclaim import Deadline, Deed, Verdict
from handlers.customers.verdicts import judged
from handlers.presenting import instant
from models.base import Json
from models.company.pool_rules import SeaRules
from models.customers.activity import FollowUp
from models.customers.customer import Customer
from models.rows import fetch_all

RULES = {
    "no_follow_up": "超期未跟进", "first_follow_up": "领取后未及时首次跟进", "no_deal": "超期未成交",
    "no_opportunity": "超期未建商机", "stage_stall": "商机阶段停滞", "post_contract": "到期未续约",
    "protection_max": "最长保护期已满",
}  # fmt: skip
EXEMPTIONS = {
    "won": "已成交", "open_opportunity": "有进行中的商机", "pending_approval": "有待审批的单据",
    "unpaid_receivable": "有未收的款",
}  # fmt: skip
DEEDS = {
    "follow_up": "有效跟进", "order_approved": "订单通过", "payment_approved": "回款到账", "visit": "拜访",
    "stage_advance": "商机推进", "max": "已到最长期限", "extension": "上级同意延期", "lock": "已申请保护",
    "created": "自建客户保护期", "ending": "保护已取消，留 3 个工作日",
}  # fmt: skip
STARTS = {
    "no_follow_up": "最近一次有效跟进", "no_opportunity": "成为负责人", "stage_stall": "商机阶段最近变动",
    "post_contract": "最近一张通过的订单",
}  # fmt: skip


def of_customer(ctx: Context, customer: Customer) -> Json:
    """The facts of the card and of the API."""
    clocks = seas.clocks_of(ctx, customer) if customer.owner_id is not None else None
    if clocks is None or customer.home_sea_id is None:
        return _never("在公海里，没有负责人", None)
    _, version = seas.rules_of(ctx, customer.home_sea_id)
    subject = f"sea/{customer.home_sea_id}"
    verdict = judged(ctx, subject, SeaRules, clocks)
    if verdict.first is None:
        return _never(_why_never(clocks, verdict), verdict)
    found = said(ctx, verdict, clocks, version)
    if verdict.first.reclaim_at <= ctx.now:
        found["extensions"].append("期限已过：要等提醒送达满一个工作日才收回")
    return found | {
        "follow_ups": follow_ups_of(ctx, "customer", customer.id, clocks.owned_at),
        "action": _cheapest(ctx, verdict.first, clocks, subject),
    }


def said(ctx: Context, verdict: Verdict, clocks: reclaim.Clocks, version: int) -> Json:
    """What holds for customers and leads alike."""
    due = verdict.first
    if due is None:
        return _never("没有设回收规则", verdict)
    return {
        "rule": RULES[due.rule],
        "version": version,
        "days": due.days,
        "day_type": due.day_type,
        "clock_start": instant(ctx, due.started_at),
        "clock_reason": STARTS.get(due.rule, "成为负责人") if due.started_at > clocks.owned_at else "成为负责人",
        "skipped": [{"day": one.day.isoformat(), "why": one.why} for one in due.skipped],
        "extensions": _extensions(ctx, due),
        "exemptions": _exemptions(verdict),
        "others": [{"rule": RULES[one.rule], "deadline": instant(ctx, one.reclaim_at)} for one in verdict.others],
        "deadline": instant(ctx, due.reclaim_at),
        "last_day": due.last_day.isoformat(),
        "does": due.does,
        "by_rule_at": instant(ctx, due.by_rule_at),
        "exempt": None,
        "action": due.action,
    }


def follow_ups_of(ctx: Context, noun: str, ident: int, since: datetime) -> list[Json]:
    """The newest five since then, with whether each counts."""
    of_it = (FollowUp.noun == noun, FollowUp.record_id == ident, FollowUp.at >= since)
    rows = fetch_all(ctx.db, FollowUp, *of_it, order_by=[FollowUp.id.desc()], limit=5)
    return [
        {"at": instant(ctx, f.at), "content": f.content[:40], "counted": f.is_effective, "why": f.why_not} for f in rows
    ]


def _never(why: str, verdict: Verdict | None) -> Json:
    return {"deadline": None, "exempt": why, "exemptions": _exemptions(verdict) if verdict is not None else []}


def _why_never(clocks: reclaim.Clocks, verdict: Verdict) -> str:
    held = dict.fromkeys(_exemption(one) for one in verdict.exempt if one.holds)
    if held:
        return "、".join(held)
    return "已成交" if clocks.won_at is not None else "公海没有设回收规则"


def _exemption(one: reclaim.Exempt) -> str:
    title = EXEMPTIONS[one.name]
    return f"{title}（{one.words}）" if one.words else title


def _exemptions(verdict: Verdict) -> list[str]:
    """Each once: what keeps a rule from taking, and what would but does not hold."""
    found: dict[str, None] = {}
    for one in verdict.exempt:
        held = f"{RULES[one.rule]}：{_exemption(one)}，不按这条回收"
        found[held if one.holds else f"没有豁免：不是「{EXEMPTIONS[one.name]}」"] = None
    return list(found)


def _extensions(ctx: Context, due: Deadline) -> list[str]:
    lines = []
    for step in due.steps:
        when = f"{step.at.astimezone(ctx.zone):%m-%d} " if step.at is not None else ""
        lines.append(f"{when}{DEEDS.get(step.kind, step.kind)}，期限到 {step.last_day.isoformat()}")
    if due.by_rule_at is not None:
        by_rule = due.by_rule_at.astimezone(ctx.zone)
        lines.append(f"规则改短了，按新规则是 {by_rule:%Y-%m-%d %H:%M}，照顾到改动生效后 3 个工作日")
    return lines


def _cheapest(ctx: Context, due: Deadline, clocks: reclaim.Clocks, subject: str) -> str:
    """A follow-up where it moves the deadline, asked of the same rules; else what the rule itself wants."""
    deeds = (*clocks.deeds, Deed(ctx.now, "follow_up"))
    written = judged(ctx, subject, SeaRules, replace(clocks, clock_at=ctx.now, deeds=deeds))
    if written.first is None or written.first.reclaim_at > due.reclaim_at:
        return reclaim.ACTIONS["no_follow_up"]
    return due.action if due.rule not in ("no_follow_up", "first_follow_up") else reclaim.ACTIONS["protection_max"]

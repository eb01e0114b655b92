"""Why and when a lead goes back to its pool: by the same verdict as the job (domain.md D5)."""

from typing import Any

from handlers.args import Arg, Args, LeadRef
from handlers.command import Command, Permission
from handlers.context import Context, subject_of
from handlers.customers import explaining
from handlers.reply import Button, Reply
from handlers.sales import lead_pools
from handlers.sales.lead_view import find_lead, present
from models.base import Json
from models.sales.lead import ACTIVE, STATES, Lead


class ExplainLead(Args):
    ref: LeadRef = Arg("线索", "编号或姓名")


def explain_lead(ctx: Context, args: ExplainLead) -> Reply:
    """As `customer.explain`."""
    lead = find_lead(ctx, args.ref)
    view = present(ctx, [lead])[0]
    facts: dict[str, Any] = {"customer": {"code": lead.code, "name": lead.label}, "explain": _explained(ctx, lead)}
    is_mine = ctx.actor is not None and lead.owner_id == ctx.actor.id and lead.status in ACTIVE
    buttons = (Button("写跟进", "follow_up.add", {"ref": lead.code}, "primary"),) if is_mine else ()
    result = {"lead": view, "explain": facts["explain"]}
    return Reply("customers/explain", facts, buttons=buttons, subject=subject_of(lead), result=result)


def _explained(ctx: Context, lead: Lead) -> Json:
    clocks = lead_pools.clocks_of(ctx, lead)
    if clocks is None or lead.home_pool_id is None:
        why = "在线索池里，没有负责人" if lead.status == "unassigned" else f"线索{STATES[lead.status]}"
        return {"deadline": None, "exempt": why if lead.status not in ACTIVE else "没有线索池，不回收"}
    verdict = lead_pools.verdict_of(ctx, lead)
    if verdict is None or verdict.first is None:
        return {"deadline": None, "exempt": "线索池没有设回收规则"}
    version = lead_pools.rules_of(ctx, lead.home_pool_id)[1]
    followed = explaining.follow_ups_of(ctx, "lead", lead.id, clocks.owned_at)
    return explaining.said(ctx, verdict, clocks, version) | {"follow_ups": followed}


EXPLAIN_LEAD = Command(
    name="lead.explain", title="解释线索回收",
    says=(
        "线索{ref}(为什么|为啥|为何|怎么)[就|快|又][要|会|要被|会被|被|快](回收|收回)[到线索池|线索池][了]",
        "(为什么|为啥|为何)[要|会]回收线索{ref}",
        "线索{ref}(什么时候|啥时候|哪天|何时|几号|多久)[要|会|要被|会被|被|快](回收|收回)[到线索池|线索池]",
        "线索{ref}还(有|剩)(几天|多久|多少天|多长时间)[要|会|被|会被|就][回收|到期]",
        "{ref:code}(什么时候|啥时候|哪天|何时|几号|多久)[要|会|要被|会被|被|快](回收|收回)[到线索池|线索池]",
        "{ref:code}(为什么|为啥|为何|怎么)[就|快|又][要|会|要被|会被|被|快](回收|收回)[到线索池|线索池][了]",
    ),
    examples=("线索 L000045 什么时候回收", "线索高峰为什么要回收"),
    args=ExplainLead, needs=Permission.BASIC, run=explain_lead, reads=True,
)  # fmt: skip

COMMANDS = (EXPLAIN_LEAD,)

"""Budget, authority, need and time of a lead: what is known, by whom, and what is still open (domain.md A.2, S4)."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from cards.wording import group_safe
from handlers.args import Arg, Args, LeadRef, Text, Words
from handlers.command import Command, Permission
from handlers.company import rules
from handlers.context import Context
from handlers.presenting import instant, people
from handlers.reply import Reply
from handlers.sales import scoring
from handlers.sales.lead_view import find_lead, masks_of, shown
from models.base import Json
from models.company.qualify_rules import Criterion, Qualification
from models.errors import Conflict, Invalid
from models.rows import fetch_all
from models.sales.lead import OPEN, STATES, Lead
from models.sales.qualification import LeadCriterion

SUBJECT = "qualification"
USUAL = ("budget", "authority", "need", "time")
Others = Annotated[dict[str, Text], Field(max_length=20)]


class QualifyLead(Args):
    """`criteria` are the company's own, by key or label."""

    ref: LeadRef = Arg("线索", "编号或名称")
    budget: Words | None = Arg("预算", default=None)
    authority: Words | None = Arg("决策人", default=None, labels=("拍板人", "关键人"))
    need: Words | None = Arg("需求", default=None, labels=("需要",))
    time: Words | None = Arg("时间", default=None, labels=("采购时间", "时间计划"))
    criteria: Others | None = Arg("其他标准", default=None)


def qualify(ctx: Context, args: QualifyLead) -> Reply:
    """Notes what is said; what was said before of the same criterion gives way. The score follows."""
    lead = find_lead(ctx, args.ref, lock=True, write=True)
    if lead.status not in OPEN:
        raise Conflict(f"线索 {lead.label} 已经{STATES[lead.status]}", "只有没有结束的线索可以补充资质")
    wanted = criteria(ctx)
    said = {name: value for name in USUAL if (value := getattr(args, name)) is not None} | (args.criteria or {})
    given = {(one := _criterion(wanted, name)).key: _checked(one, value) for name, value in said.items()}
    if not given:
        labels = "、".join(one.label for one in wanted)
        example = f"例如：{lead.code} 预算10万 决策人张总"
        raise Invalid("budget", "没说知道了什么", f"可以说：{labels}", example)
    there = {row.key: row for row in _rows(ctx, lead.id)}
    for key, value in given.items():
        if key in there:
            ctx.save(there[key], value=value, person_id=ctx.me.id)
        else:
            ctx.insert(LeadCriterion, lead_id=lead.id, key=key, value=value, person_id=ctx.me.id)
    lead = ctx.save(lead, score=scored(ctx, lead).points)
    ctx.record("lead.qualified", lead, facts=given)
    ctx.refresh_cards("lead", lead.id)
    reply = shown(ctx, lead, title="已记下", undo=True, notes=notes(ctx, lead))
    return Reply(reply.template, reply.facts, reply.buttons, reply.subject, {**(reply.result or {}), **view(ctx, lead)})


def _criterion(wanted: tuple[Criterion, ...], name: str) -> Criterion:
    found = next((one for one in wanted if name in (one.key, one.label)), None)
    if found is None:
        known = "、".join(one.label for one in wanted)
        raise Invalid(name if name in USUAL else "criteria", f"没有「{name}」这项标准", f"现在的标准：{known}")
    return found


def _checked(one: Criterion, value: str) -> str:
    if one.options and value not in one.options:
        field, allowed = one.key if one.key in USUAL else "criteria", "、".join(one.options)
        raise Invalid(field, f"「{one.label}」不能是「{value}」", next_step=f"可选：{allowed}")
    return value


def criteria(ctx: Context) -> tuple[Criterion, ...]:
    """Those in force, in their order."""
    return rules.in_force(ctx, SUBJECT, Qualification)[0].criteria


def _rows(ctx: Context, lead_id: int) -> list[LeadCriterion]:
    return fetch_all(ctx.db, LeadCriterion, LeadCriterion.lead_id == lead_id, order_by=[LeadCriterion.id])


def answers(ctx: Context, lead: Lead) -> dict[str, str]:
    """By key, what is known of it."""
    return {row.key: row.value for row in _rows(ctx, lead.id)}


def scored(ctx: Context, lead: Lead) -> scoring.Score:
    """The score of this moment, with its reasons."""
    return scoring.of_values(ctx, _values(lead), answers(ctx, lead), lead.created_at)


def _values(lead: Lead) -> Mapping[str, object]:
    return {column.key: getattr(lead, column.key) for column in Lead.__table__.c}


def view(ctx: Context, lead: Lead) -> Json:
    """What the API shows of one lead besides its columns."""
    rows = {row.key: row for row in _rows(ctx, lead.id)}
    known = people(ctx, [row.person_id for row in rows.values()])
    hides = bool(masks_of(ctx, lead))
    found: list[Json] = []
    for one in criteria(ctx):
        row = rows.get(one.key)
        value = None if row is None else group_safe(row.value) if hides else row.value
        who = {"by": known[row.person_id] if row else None, "at": instant(ctx, row.updated_at) if row else None}
        found.append({"key": one.key, "label": one.label, "value": value, **who})
    return {"qualification": found, **scored(ctx, lead).as_json()}


def notes(ctx: Context, lead: Lead) -> list[str]:
    """The same for the card: the grade with its reasons, what is known, what is still open."""
    seen = view(ctx, lead)
    reasons = "，".join(f"{one['text']} {one['points']:+d}" for one in seen["score_reasons"][:6])
    known = [f"{one['label']}：{one['value']}" for one in seen["qualification"] if one["value"]]
    missing = "、".join(one["label"] for one in seen["qualification"] if not one["value"])
    lines = [f"评分 {seen['grade']}（{seen['score']} 分）" + (f"：{reasons}" if reasons else "")]
    return [*lines, *known, *([f"还不清楚：{missing}"] if missing else [])]


QUALIFY_LEAD = Command(
    name="lead.qualify", title="补充线索资质",
    says=(
        "[线索]{ref:code}[的]{...!}",
        "线索{ref}[的]资质{...!}",
        "[线索]{ref:code}[的]资质{...!}",
    ),
    examples=("L000045 预算10万 决策人张总", "线索L000046 需求打印机20台 时间下个月"),
    args=QualifyLead, needs=Permission.LEAD_WRITE, run=qualify,
)  # fmt: skip

COMMANDS = (QUALIFY_LEAD,)

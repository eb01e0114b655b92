"""Who sits in the steps of a flow, as the rule says it: before anybody is replaced (domain.md E.3.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cards import labels
from handlers.company import organisation
from handlers.company.approving import Office
from handlers.company.rounds import Patience, Round, Seat
from handlers.context import Context
from models.company.flow import Step
from models.company.people import Department, Person
from models.errors import Invalid
from models.rows import fetch_all

DUTIES = {"finance": "财务", "warehouse": "仓库", "service": "客服", "order_admin": "订单管理员"}


@dataclass(frozen=True)
class Asked:
    """For whom seats are looked for: his office, whom he named, and the people whom the document itself names."""

    office: Office
    chosen: Person | None
    fields: Mapping[str, int | None]


def seated(ctx: Context, step: Step, asked: Asked) -> Round:
    """One step with its seats. Raises `Invalid` for a choice that is not on the step's list."""
    is_choice = step.approver == "submitter_choice"
    return Round(
        step.mode,
        _seats(ctx, step, asked),
        is_choice=is_choice,
        kind=step.kind,
        percent=step.percent,
        collects=step.collect,
        name=step.name,
        patience=Patience(step.remind_hours, step.escalate_hours, step.reject_hours),
    )


def _seats(ctx: Context, step: Step, asked: Asked) -> tuple[Seat, ...]:
    if step.people:
        return _named(ctx, step.people)
    if step.role is not None:
        return _in_role(ctx, step.role)
    if step.duty is not None:
        return _on_duty(ctx, step.duty, near=step.by_department)
    if step.field is not None:
        ident = asked.fields.get(step.field)
        return (Seat(ident, "单据上指定你审批"),) if ident is not None else ()
    if step.approver == "submitter_choice":
        return _chosen(ctx, step, asked)
    return _by_office(ctx, step.approver, step.level, asked.office) if step.approver is not None else ()


def chosen_why(ctx: Context) -> str:
    """Why somebody sits where the submitter put him."""
    return f"{ctx.me.name}选择了你审核"


def _chosen(ctx: Context, step: Step, asked: Asked) -> tuple[Seat, ...]:
    if asked.chosen is None:
        return _by_office(ctx, step.default or "manager", 1, asked.office)
    if step.choose_from and asked.chosen.name not in step.choose_from:
        title, rule = f"{asked.chosen.name}不能审核这张单据", f"可以选{'、'.join(step.choose_from)}"
        raise Invalid("approver", title, rule, f"例如：审核人 {step.choose_from[0]}")
    return (Seat(asked.chosen.id, chosen_why(ctx)),)


def _named(ctx: Context, names: Sequence[str]) -> tuple[Seat, ...]:
    """Also those who left: their superiors take over."""
    found = {row.name: row.id for row in fetch_all(ctx.db, Person, Person.name.in_(names))}
    return tuple(Seat(found[name], "审批流程指定你审批") for name in names if name in found)


def _in_role(ctx: Context, role: str) -> tuple[Seat, ...]:
    rows = fetch_all(ctx.db, Person, Person.role == role, Person.is_active, order_by=[Person.id])
    return tuple(Seat(row.id, f"由{labels.status(role, 'role')}审批") for row in rows)


def _on_duty(ctx: Context, duty: str, *, near: bool) -> tuple[Seat, ...]:
    rows = fetch_all(ctx.db, Person, Person.duties.contains([duty]), Person.is_active, order_by=[Person.id])
    if near:
        places = {row.department_id for row in rows}
        own = next((place for place in _line(ctx) if place in places), None)
        rows = [row for row in rows if own is None or row.department_id == own]
    return tuple(Seat(row.id, f"由{DUTIES[duty]}审批") for row in rows)


def _by_office(ctx: Context, who: str, level: int, office: Office) -> tuple[Seat, ...]:
    """Empty where there is nobody: the next superior or an admin is asked then."""
    if who == "department_head":
        heads = _heads(ctx)
        return tuple(Seat(ident, "你是部门负责人") for ident in heads[level - 1 : level] or heads[-1:])
    if who == "admin":
        return tuple(Seat(ident, "由管理员审批") for ident in office.admins)
    line = [*office.above(office.submitter_id)]
    if who == "managers":
        return tuple(Seat(ident, f"你是{ctx.me.name}的上级") for ident in line[:level])
    if len(line) < level:
        return tuple(Seat(ident, f"没有第 {level} 级上级，由管理员审批") for ident in office.admins[:1])
    return (Seat(line[level - 1], f"你是{ctx.me.name}的上级"),)


def _line(ctx: Context) -> list[int]:
    """The submitter's department and those above, nearest first."""
    parents = {row.id: row.parent_id for row in fetch_all(ctx.db, Department)}
    return [*organisation.upwards(ctx.me.department_id, parents)]


def _heads(ctx: Context) -> list[int]:
    """Heads of the submitter's department and of those above, nearest first, without himself."""
    managers = fetch_all(ctx.db, Person, Person.role == "dept_manager", Person.is_active, order_by=[Person.id])
    return [row.id for place in _line(ctx) for row in managers if row.department_id == place and row.id != ctx.me.id]

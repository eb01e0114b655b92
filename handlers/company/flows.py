"""Which flow a document takes, and who sits in its rounds (domain.md E.3.1; contract.md company file)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select

from cards import labels
from handlers.company import conditions, organisation, rules
from handlers.company.approving import Colleague, Office, Round, Seat, settle, with_authority
from handlers.context import Context
from models.company.flow import Discounts, Flow, Flows, Step
from models.company.people import Department, Person
from models.errors import Invalid, MissingArgument
from models.rows import fetch_all

DUTIES = {"finance": "财务", "warehouse": "仓库", "service": "客服", "order_admin": "订单管理员"}
_WITHOUT_RULES = {
    noun: Flow(subject=noun, steps=(Step(approver="submitter_choice", default="manager"),))
    for noun in ("order", "payment")
}


@dataclass(frozen=True)
class Matter:
    """What a flow is chosen by. `rate` is the lowest rate of an order, None where there is no discount to grant;
    `chosen` the approver whom the submitter named."""

    noun: str
    facts: conditions.Facts
    rate: Decimal | None = None
    chosen: Person | None = None


@dataclass(frozen=True)
class Plan:
    """Who will be asked; no rounds: approved at once. `rule_version` is 0 where nobody ever made a flow."""

    rounds: tuple[Round, ...]
    rule_version: int


def plan(ctx: Context, matter: Matter) -> Plan:
    """The first flow whose condition fits; with no rule at all the manager approves, with none that fits nobody must.

    Raises `Invalid` for an approver who has no place in the flow and `MissingArgument` where nobody can be found.
    """
    flows, version = rules.current(ctx.db, f"flow/{matter.noun}", Flows, ctx.now)
    fitting = (flow for flow in flows.flows if conditions.fits(flow.when, matter.facts))
    flow = next(fitting, None) if version else _WITHOUT_RULES[matter.noun]
    if flow is None:
        return Plan((), version)
    discounts, _ = rules.current(ctx.db, "discounts", Discounts, ctx.now)
    raw = tuple(_narrowed([_round(ctx, step, matter.chosen) for step in flow.steps], matter.chosen))
    office = office_of(ctx, ctx.me.id, [person for one in raw for person in one.people], discounts)
    if matter.rate is not None:
        raw = with_authority(office, settle(office, raw), matter.rate, _below(office, matter.rate))
    return Plan(_filled(ctx, settle(office, raw), matter.chosen), version)


def authority_of(ctx: Context, person: Person) -> Decimal | None:
    """The lowest rate that this person may grant alone; None where no limit is set for him."""
    found = rules.current(ctx.db, "discounts", Discounts, ctx.now)[0].lowest(person.role)
    return found or None


def office_of(ctx: Context, submitter_id: int, named: Iterable[int], discounts: Discounts | None = None) -> Office:
    """The submitter, all that are named, everyone above them, and the admins."""
    if discounts is None:
        discounts = rules.current(ctx.db, "discounts", Discounts, ctx.now)[0]
    above = select(Person.id, Person.superior_id).where(Person.id.in_({submitter_id, *named})).cte(recursive=True)
    higher = select(Person.id, Person.superior_id).where(Person.id == above.c.superior_id)
    line = above.union(higher)  # a union, not a union all: a ring ends
    wanted = Person.id.in_(select(line.c.id)) | ((Person.role == "admin") & Person.is_active)
    rows = fetch_all(ctx.db, Person, wanted, order_by=[Person.id])
    people = {
        row.id: Colleague(row.id, row.name, row.superior_id, row.is_active, discounts.lowest(row.role)) for row in rows
    }
    admins = tuple(row.id for row in rows if row.role == "admin" and row.is_active)
    return Office(people, admins, submitter_id)


def _below(office: Office, rate: Decimal) -> str:
    own = labels.rate(office.submitter.authority)
    return f"折扣 {labels.rate(rate)} 低于{office.submitter.name}的权限 {own}"


def _round(ctx: Context, step: Step, chosen: Person | None) -> Round:
    """The seats of one step as the rule says them, before anybody is replaced."""
    if step.people:
        return Round(step.mode, _named(ctx, step.people))
    if step.duty is not None:
        return Round(step.mode, _on_duty(ctx, step.duty))
    if step.approver == "submitter_choice":
        named = (Seat(chosen.id, _chosen(ctx)),) if chosen is not None else None
        return Round(step.mode, named or _by_office(ctx, step.default or "manager", 1), is_choice=True)
    return Round(step.mode, _by_office(ctx, step.approver or "manager", step.level))


def _named(ctx: Context, names: Sequence[str]) -> tuple[Seat, ...]:
    """Also those who left: their superiors take over."""
    found = {row.name: row.id for row in fetch_all(ctx.db, Person, Person.name.in_(names))}
    return tuple(Seat(found[name], "审批流程指定你审批") for name in names if name in found)


def _on_duty(ctx: Context, duty: str) -> tuple[Seat, ...]:
    rows = fetch_all(ctx.db, Person, Person.duties.contains([duty]), Person.is_active, order_by=[Person.id])
    return tuple(Seat(row.id, f"由{DUTIES[duty]}审批") for row in rows)


def _by_office(ctx: Context, who: str, level: int) -> tuple[Seat, ...]:
    """Empty where there is nobody: the next superior or an admin is asked then."""
    if who == "department_head":
        return tuple(Seat(ident, "你是部门负责人") for ident in _heads(ctx)[:1])
    office = office_of(ctx, ctx.me.id, ())
    if who == "admin":
        return tuple(Seat(ident, "由管理员审批") for ident in office.admins)
    line = [*office.above(ctx.me.id)]
    if len(line) < level:
        return tuple(Seat(ident, f"没有第 {level} 级上级，由管理员审批") for ident in office.admins[:1])
    return (Seat(line[level - 1], f"你是{ctx.me.name}的上级"),)


def _heads(ctx: Context) -> list[int]:
    """Heads of the submitter's department and of those above, nearest first, without himself."""
    parents = {row.id: row.parent_id for row in fetch_all(ctx.db, Department)}
    managers = fetch_all(ctx.db, Person, Person.role == "dept_manager", Person.is_active, order_by=[Person.id])
    line = organisation.upwards(ctx.me.department_id, parents)
    return [row.id for place in line for row in managers if row.department_id == place and row.id != ctx.me.id]


def _narrowed(rounds: list[Round], chosen: Person | None) -> list[Round]:
    """A named approver where the flow leaves no choice means him alone among a group of which anyone may decide."""
    if chosen is None or any(one.is_choice for one in rounds):
        return rounds
    for number, one in enumerate(rounds):
        if one.mode == "any" and chosen.id in one.people:
            seat = tuple(seat for seat in one.seats if seat.person_id == chosen.id)
            return [*rounds[:number], replace(one, seats=seat), *rounds[number + 1 :]]
    return rounds


def _filled(ctx: Context, rounds: Sequence[Round], chosen: Person | None) -> tuple[Round, ...]:
    """Rounds without anybody go to whom the submitter named; a named one who has no place is refused."""
    if chosen is not None and chosen.id != ctx.me.id:
        seats = (Seat(chosen.id, _chosen(ctx)),)
        rounds = [one if one.seats else replace(one, seats=seats) for one in rounds]
        if not any(one.is_choice or chosen.id in one.people for one in rounds):
            raise _no_place(ctx, rounds, chosen)
    if not rounds or not all(one.seats for one in rounds):
        raise MissingArgument("approver", "没有上级可以审批，请说明由谁审核")
    return tuple(rounds)


def _chosen(ctx: Context) -> str:
    return f"{ctx.me.name}选择了你审核"


def _no_place(ctx: Context, rounds: Sequence[Round], chosen: Person) -> Invalid:
    idents = {person for one in rounds for person in one.people}
    names = "、".join(row.name for row in fetch_all(ctx.db, Person, Person.id.in_(idents), order_by=[Person.id]))
    title, rule = f"{chosen.name}不在这张单据的审批流程里", f"流程规定由{names}审批"
    return Invalid("approver", title, rule, "不用指定审核人，会自动送审")

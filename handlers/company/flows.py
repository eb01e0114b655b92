"""Which flow a document or a command takes, and who sits in its rounds (domain.md E.3.1; contract.md company file)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sqlalchemy import select

from cards import labels
from handlers.company import conditions, organisation, rules
from handlers.company.approving import Colleague, Office, settle, with_authority
from handlers.company.rounds import DEFAULT, Policy, Round, Seat
from handlers.company.seating import Asked, chosen_why, seated
from handlers.context import Context
from models.company.flow import Discounts, Flow, Flows, Step
from models.company.people import Department, Person
from models.errors import Conflict, Invalid, MissingArgument
from models.rows import fetch_all

_WITHOUT_RULES = {
    noun: Flow(subject=noun, steps=(Step(approver="submitter_choice", default="manager"),))
    for noun in ("order", "payment")
}


@dataclass(frozen=True)
class Matter:
    """What a flow is chosen by: `noun` is its rule's name (a document's noun, else a command), `rate` the lowest rate
    of an order (None: no discount to grant), `chosen` the approver whom the submitter named, `fields` the people whom
    the document itself names."""

    noun: str
    facts: conditions.Facts
    rate: Decimal | None = None
    chosen: Person | None = None
    fields: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Who will be asked; no step that asks: approved at once. `rule_version` is 0 where nobody ever made a flow."""

    rounds: tuple[Round, ...]
    rule_version: int
    policy: Policy = DEFAULT

    @property
    def asks(self) -> bool:
        """Whether anybody has to agree."""
        return any(one.kind == "approve" for one in self.rounds)


def plan(ctx: Context, matter: Matter) -> Plan:
    """The first flow whose condition fits; with no rule at all the manager approves, with none that fits nobody must.

    Raises `Invalid` for an approver who has no place in the flow, `MissingArgument` where nobody can be found and
    `Conflict` where the flow says no by itself.
    """
    flows, version = rules.current(ctx.db, f"flow/{matter.noun}", Flows, ctx.now)
    flow = _fitting(ctx, flows, matter.facts) if version else _WITHOUT_RULES.get(matter.noun)
    if flow is None:
        return Plan((), version)
    policy = _policy(ctx, flow, flows)
    discounts, _ = rules.current(ctx.db, "discounts", Discounts, ctx.now)
    steps = [step for step in flow.steps if conditions.fits(step.when, matter.facts)]
    asked = Asked(office_of(ctx, ctx.me.id, ()), matter.chosen, matter.fields)
    raw = tuple(_narrowed([seated(ctx, step, asked) for step in steps], matter.chosen))
    _refuse_by_itself(raw)
    named = [person for one in raw for person in one.people]
    office = office_of(ctx, ctx.me.id, named, discounts, policy=policy)
    if matter.rate is not None:
        raw = with_authority(office, settle(office, raw), matter.rate, _below(office, matter.rate))
    return Plan(_filled(ctx, settle(office, raw), matter.chosen), version, policy)


def _fitting(ctx: Context, flows: Flows, facts: conditions.Facts) -> Flow | None:
    """By priority, then in the order of the file; a flow of departments is for theirs and those below (E.3.1)."""
    where = set(_departments(ctx)) if any(flow.departments for flow in flows.flows) else set()
    for flow in sorted(flows.flows, key=lambda flow: flow.priority):
        in_scope = not flow.departments or not where.isdisjoint(flow.departments)
        if in_scope and conditions.fits(flow.when, facts):
            return flow
    return None


def _departments(ctx: Context) -> list[str]:
    """The names of the submitter's department and those above."""
    rows = {row.id: row for row in fetch_all(ctx.db, Department)}
    parents = {ident: row.parent_id for ident, row in rows.items()}
    return [rows[ident].name for ident in organisation.upwards(ctx.me.department_id, parents)]


def _policy(ctx: Context, flow: Flow, flows: Flows) -> Policy:
    fallback = fetch_all(ctx.db, Person, Person.name == flow.fallback) if flow.fallback is not None else []
    ident = fallback[0].id if fallback else None
    place = flows.flows.index(flow) if flow in flows.flows else 0
    return Policy(flow.repeats, flow.own, flow.empty, ident, flow.resubmit, place)


def _refuse_by_itself(rounds: Sequence[Round]) -> None:
    """A step that rejects before anybody is asked: nothing is written then."""
    for one in rounds:
        if one.kind == "approve":
            return
        if one.kind == "reject":
            raise Conflict("按审批流程不能提交", one.name or "流程规定这种情况自动驳回", "请修改后再提交")


def authority_of(ctx: Context, person: Person) -> Decimal | None:
    """The lowest rate that this person may grant alone; None where no limit is set for him."""
    found = rules.current(ctx.db, "discounts", Discounts, ctx.now)[0].lowest(person.role)
    return found or None


def office_of(
    ctx: Context,
    submitter_id: int,
    named: Iterable[int],
    discounts: Discounts | None = None,
    *,
    policy: Policy = DEFAULT,
) -> Office:
    """The submitter, all that are named, everyone above them, and the admins."""
    if discounts is None:
        discounts = rules.current(ctx.db, "discounts", Discounts, ctx.now)[0]
    wanted_ids = {submitter_id, *named} | ({policy.fallback_id} if policy.fallback_id is not None else set())
    above = select(Person.id, Person.superior_id).where(Person.id.in_(wanted_ids)).cte(recursive=True)
    higher = select(Person.id, Person.superior_id).where(Person.id == above.c.superior_id)
    line = above.union(higher)  # a union, not a union all: a ring ends
    wanted = Person.id.in_(select(line.c.id)) | ((Person.role == "admin") & Person.is_active)
    rows = fetch_all(ctx.db, Person, wanted, order_by=[Person.id])
    people = {
        row.id: Colleague(row.id, row.name, row.superior_id, row.is_active, discounts.lowest(row.role)) for row in rows
    }
    admins = tuple(row.id for row in rows if row.role == "admin" and row.is_active)
    return Office(people, admins, submitter_id, policy)


def _below(office: Office, rate: Decimal) -> str:
    own = labels.rate(office.submitter.authority)
    return f"折扣 {labels.rate(rate)} 低于{office.submitter.name}的权限 {own}"


def _narrowed(rounds: list[Round], chosen: Person | None) -> list[Round]:
    """A named approver where the flow leaves no choice means him alone among a group of which anyone may decide."""
    if chosen is None or any(one.is_choice for one in rounds):
        return rounds
    for number, one in enumerate(rounds):
        if one.kind == "approve" and one.mode == "any" and chosen.id in one.people:
            seat = tuple(seat for seat in one.seats if seat.person_id == chosen.id)
            return [*rounds[:number], replace(one, seats=seat), *rounds[number + 1 :]]
    return rounds


def _filled(ctx: Context, rounds: Sequence[Round], chosen: Person | None) -> tuple[Round, ...]:
    """Rounds without anybody go to whom the submitter named; a named one who has no place is refused."""
    if chosen is not None and chosen.id != ctx.me.id:
        seats = (Seat(chosen.id, chosen_why(ctx)),)
        rounds = [one if one.seats or one.kind != "approve" else replace(one, seats=seats) for one in rounds]
        if not any(one.is_choice or chosen.id in one.people for one in rounds):
            raise _no_place(ctx, rounds, chosen)
    if not all(one.seats for one in rounds if one.kind == "approve"):
        raise MissingArgument("approver", "没有上级可以审批，请说明由谁审核")
    return tuple(rounds)


def _no_place(ctx: Context, rounds: Sequence[Round], chosen: Person) -> Invalid:
    idents = {person for one in rounds for person in one.people}
    names = "、".join(row.name for row in fetch_all(ctx.db, Person, Person.id.in_(idents), order_by=[Person.id]))
    title, rule = f"{chosen.name}不在这张单据的审批流程里", f"流程规定由{names}审批"
    return Invalid("approver", title, rule, "不用指定审核人，会自动送审")
